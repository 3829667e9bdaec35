#include "manual_page.h"

#include <ctype.h>
#include <string.h>

#include "cleanup.h"
#include "help.h"
#include "manual.h"

/* As it stands: no letter of it is a request, and a hyphen is one that can be copied. */
static void put(const char *text, FILE *out)
{
    if (*text == '.' || *text == '\'')
        (void)fputs("\\&", out);
    for (; *text; text++) {
        if (*text == '\\')
            (void)fputs("\\e", out);
        else if (*text == '-')
            (void)fputs("\\-", out);
        else
            (void)fputc(*text, out);
    }
}

static void put_between(const char *before, const char *text, const char *after, FILE *out)
{
    (void)fputs(before, out);
    put(text, out);
    (void)fputs(after, out);
}

static void print_paragraphs(const char *text, FILE *out)
{
    for (const char *begin = text; *text;) {
        size_t length = strcspn(text, "\n");
        AUTO_FREE char *paragraph = strndup(text, length);
        put_between(text == begin ? "" : ".PP\n", paragraph ? paragraph : "", "\n", out);
        text += length + strspn(text + length, "\n");
    }
}

static void print_lines(const char *heading, const struct help_line *lines, FILE *out)
{
    if (lines)
        (void)fputs(heading, out);
    for (; lines && lines->term; lines++) {
        put_between(".TP\n.B \"", lines->term, "\"\n", out);
        put_between("", lines->text ? lines->text : "", "\n", out);
    }
}

/* What it does above what is typed. */
static void print_examples(const char *heading, const struct help_line *lines, FILE *out)
{
    if (lines)
        (void)fputs(heading, out);
    for (const struct help_line *line = lines; line && line->term; line++) {
        (void)fputs(line == lines ? "" : ".PP\n", out);
        if (line->text)
            put_between("", line->text, "\n", out);
        put_between(".RS 4\n.EX\n", line->term, "\n.EE\n.RE\n", out);
    }
}

static void print_option(const struct option_row *row, FILE *out)
{
    AUTO_FREE char *text = help_option_text(row);
    (void)fputs(".TP\n", out);
    if (row->letter)
        (void)fprintf(out, "\\fB\\-%c\\fR, ", row->letter);
    put_between("\\fB\\-\\-", row->name, "\\fR", out);
    if (row->argument)
        put_between(" \\fI", row->argument, "\\fR", out);
    put_between("\n", text, "\n", out);
}

static void print_command(const struct command *command, FILE *out)
{
    char arguments[256];
    struct help_line line;
    (void)fprintf(out, ".SS \"heapchurn %s ", command->name);
    put_between("", help_arguments(command, arguments, sizeof arguments), "\"\n", out);
    print_paragraphs(command->description, out);
    for (const struct option_row *row = command->options; row && row->name; row++)
        print_option(row, out);
    if (command->more)
        put_between(".PP\n", command->more_title, ":\n", out);
    for (size_t i = 0; command->more && command->more(i, &line); i++)
        print_lines("", (const struct help_line[]){line, {NULL, NULL}}, out);
    print_lines(".PP\nExit status:\n", command->statuses, out);
    print_examples(".PP\nExamples:\n", command->examples, out);
}

void manual_page_print(const struct command *const *table, const char *version, FILE *out)
{
    (void)fprintf(out,
                  ".\\\" Made by 'heapchurn help --man' from the tables of its commands.\n"
                  ".TH HEAPCHURN 1 \"\" \"heapchurn %s\" \"User Commands\"\n"
                  ".SH NAME\n",
                  version);
    put_between("heapchurn \\- ", manual.summary, "\n", out);
    (void)fputs(".SH SYNOPSIS\n.B heapchurn\n\\fICOMMAND\\fR [\\fIOPTION\\fR...]\n"
                ".SH DESCRIPTION\n",
                out);
    print_paragraphs(manual.description, out);
    print_lines(".SH OPTIONS\n", manual.options, out);
    (void)fputs(".SH COMMANDS\n", out);
    for (size_t i = 0; table[i]; i++)
        print_command(table[i], out);
    print_lines(".SH EXIT STATUS\n", manual.statuses, out);
    print_lines(".SH ENVIRONMENT\n", manual.environment, out);
    print_lines(".SH FILES\n", manual.files, out);
    print_examples(".SH EXAMPLES\n", manual.examples, out);
}
