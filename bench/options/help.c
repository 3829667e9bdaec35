#include "help.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "manual.h"
#include "wrap.h"

enum { OPTION_INDENT = 28, TERM_INDENT_MAX = 46, MARK_MAX = 256 };

const char *help_option(const struct option_row *row, char *out, size_t size)
{
    char letter[8] = "    ";
    if (row->letter)
        (void)snprintf(letter, sizeof letter, "-%c, ", row->letter);
    (void)snprintf(out, size, "%s--%s%s%s", letter, row->name, row->argument ? " " : "",
                   row->argument ? row->argument : "");
    return out;
}

char *help_option_text(const struct option_row *row)
{
    char *text = NULL;
    if (asprintf(&text, "%s%s%s%s%s", row->help, row->kind == OPTION_LIST ? "; repeatable" : "",
                 row->fallback ? " (default " : "", row->fallback ? row->fallback : "",
                 row->fallback ? ")" : "") < 0)
        abort();
    return text;
}

const char *help_arguments(const struct command *command, char *out, size_t size)
{
    const char *arguments = command->arguments.usage;
    (void)snprintf(out, size, "[OPTION...]%s%s", arguments ? " " : "", arguments ? arguments : "");
    return out;
}

static void print_paragraphs(const char *text, FILE *out, const struct text_style *style)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        AUTO_FREE char *paragraph = strndup(text, length);
        if (!paragraph)
            abort();
        (void)fputc('\n', out);
        wrap_print(out, style, LOOK_PLAIN, "", 0, paragraph);
        text += length + strspn(text + length, "\n");
    }
}

/* What does not fit before the text gets a line of its own. */
static void print_line(const char *term, const char *text, int indent, FILE *out,
                       const struct text_style *style)
{
    char mark[MARK_MAX];
    (void)snprintf(mark, sizeof mark, "  %s", term);
    bool fits = (int)strlen(mark) + 2 <= indent;
    if (!fits || !text)
        (void)fprintf(out, "%s\n", mark);
    if (text)
        wrap_print(out, style, LOOK_PLAIN, fits ? mark : "", indent, text);
}

static void print_options(const struct option_row *row, FILE *out, const struct text_style *style)
{
    static const struct option_row help = {.name = "help", .letter = 'h', .help = "This text"};
    char term[MARK_MAX];
    if (!row || !row->name || !row->group)
        (void)fprintf(out, "\nOptions:\n");
    for (; row && row->name; row++) {
        AUTO_FREE char *text = help_option_text(row);
        if (row->group)
            (void)fprintf(out, "\n%s:\n", row->group);
        print_line(help_option(row, term, sizeof term), text, OPTION_INDENT, out, style);
    }
    print_line(help_option(&help, term, sizeof term), help.help, OPTION_INDENT, out, style);
}

static void print_lines(const char *title, const struct help_line *lines, FILE *out,
                        const struct text_style *style)
{
    int indent = 0;
    for (const struct help_line *line = lines; line && line->term; line++) {
        int width = (int)strlen(line->term) + 4;
        if (width <= TERM_INDENT_MAX && width > indent)
            indent = width;
    }
    if (lines)
        (void)fprintf(out, "\n%s:\n", title);
    for (; lines && lines->term; lines++)
        print_line(lines->term, lines->text, indent ? indent : TERM_INDENT_MAX, out, style);
}

static void print_more(const struct command *command, FILE *out, const struct text_style *style)
{
    struct help_line line;
    if (command->more)
        (void)fprintf(out, "\n%s:\n", command->more_title);
    for (size_t i = 0; command->more && command->more(i, &line); i++)
        print_line(line.term, line.text, 16, out, style);
}

void help_print(const struct command *command, FILE *out)
{
    struct text_style style;
    char arguments[MARK_MAX];
    text_style_detect(out, &style);
    (void)fprintf(out, "Usage: heapchurn %s %s\n", command->name,
                  help_arguments(command, arguments, sizeof arguments));
    print_paragraphs(command->description, out, &style);
    print_options(command->options, out, &style);
    print_more(command, out, &style);
    print_lines("Exit status", command->statuses, out, &style);
    print_lines("Examples", command->examples, out, &style);
}

void help_print_program(const struct command *const *table, FILE *out)
{
    struct text_style style;
    text_style_detect(out, &style);
    (void)fputs("Usage: heapchurn COMMAND [OPTION...]\n", out);
    print_paragraphs(manual.description, out, &style);
    (void)fputs("\nCommands ('heapchurn COMMAND --help' says more):\n", out);
    for (size_t i = 0; table[i]; i++)
        print_line(table[i]->name, table[i]->summary, 14, out, &style);
    print_lines("Options", manual.options, out, &style);
    print_lines("Exit status", manual.statuses, out, &style);
    print_lines("Environment", manual.environment, out, &style);
    print_lines("Files", manual.files, out, &style);
    print_lines("Examples", manual.examples, out, &style);
}
