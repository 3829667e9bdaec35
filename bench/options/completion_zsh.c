#include "completion.h"

#include <string.h>

static const char *const prologue =
    "#compdef heapchurn\n"
    "# Completion of heapchurn for zsh; made by 'heapchurn completion zsh'.\n"
    "\n"
    "_heapchurn_names() { # [options of compadd] KIND\n"
    "    local -a names\n"
    "    names=(${(f)\"$(_call_program names ${(q)heapchurn} list --names ${@[-1]} "
    "2>/dev/null)\"})\n"
    "    compadd \"${@[1,-2]}\" -a names\n"
    "}\n"
    "\n"
    "_heapchurn_names_or_files() { # [options of compadd] KIND\n"
    "    _alternative \"names:${@[-1]}:_heapchurn_names ${@[-1]}\" 'files:file:_files -g "
    "\"*.yaml\"'\n"
    "}\n"
    "\n"
    "_heapchurn_processes() {\n"
    "    local -a processes\n"
    "    processes=(/proc/<->(N:t))\n"
    "    compadd \"$@\" -a processes\n"
    "}\n"
    "\n"
    "_heapchurn() {\n"
    "    local heapchurn=$words[1] curcontext=$curcontext state\n"
    "    local -a subcommands\n"
    "    subcommands=(\n";

static const char *const middle =
    "    )\n"
    "    _arguments -C '(- *)'{-h,--help}'[help]' '(- *)'{-V,--version}'[version]' \\\n"
    "        '1:command:->command' '*::argument:->argument' && return\n"
    "    if [[ $state == command ]]; then\n"
    "        _describe command subcommands\n"
    "        return\n"
    "    fi\n"
    "    curcontext=${curcontext%:*}-$words[1]:\n"
    "    case $words[1] in\n"
    "    help) _describe command subcommands ;;\n";

static const char *const last = "    esac\n"
                                "}\n"
                                "\n"
                                "_heapchurn \"$@\"\n";

/* Within quotes: `'` ends them; `special` letters are escaped for who reads the word then. */
static void put(const char *text, const char *special, FILE *out)
{
    for (; *text; text++) {
        if (*text == '\'')
            (void)fputs("'\\'", out);
        else if (strchr(special, *text))
            (void)fputc('\\', out);
        (void)fputc(*text, out);
    }
}

static void print_action(enum option_completion completes, FILE *out)
{
    static const char *const actions[COMPLETIONS] = {
        [COMPLETE_NOTHING] = " ",
        [COMPLETE_FILE] = "_files",
        [COMPLETE_FOLDER] = "_files -/",
        [COMPLETE_PROCESS] = "_heapchurn_processes",
        [COMPLETE_COMMAND] = "_command_names -e",
        [COMPLETE_ROWS] = "_heapchurn_names_or_files rows",
        [COMPLETE_WORKLOADS] = "_heapchurn_names_or_files workloads",
    };
    if (actions[completes])
        (void)fputs(actions[completes], out);
    else
        (void)fprintf(out, "_heapchurn_names %s", option_names[completes]);
}

/* '(-o --output)'{-o+,--output=}'[Write to FILE]:FILE:_files' */
static void print_option(const struct option_row *row, FILE *out)
{
    const char *value = row->argument ? "=" : "";
    (void)fputs(" \\\n            ", out);
    if (row->kind == OPTION_LIST)
        (void)fputs("'*'", out);
    else if (row->letter)
        (void)fprintf(out, "'(-%c --%s)'", row->letter, row->name);
    if (row->letter)
        (void)fprintf(out, "{-%c%s,--%s%s}'[", row->letter, row->argument ? "+" : "", row->name,
                      value);
    else
        (void)fprintf(out, "'--%s%s[", row->name, value);
    put(row->help, "[]\\", out);
    (void)fputc(']', out);
    if (row->argument) {
        (void)fprintf(out, ":%s:", row->argument);
        print_action(row->completes, out);
    }
    (void)fputc('\'', out);
}

static void print_arguments(const struct option_arguments *arguments, FILE *out)
{
    if (!arguments->usage)
        return;
    if (arguments->command) {
        (void)fputs(" \\\n            '(-)1:command:_command_names -e' \\\n"
                    "            '*::argument:_normal'",
                    out);
        return;
    }
    (void)fputs(arguments->most == 1 ? " \\\n            '1:" : " \\\n            '*:", out);
    put(arguments->usage, ":[]\\", out);
    (void)fputc(':', out);
    print_action(arguments->completes, out);
    (void)fputc('\'', out);
}

void completion_zsh(const struct command *const *table, FILE *out)
{
    (void)fputs(prologue, out);
    for (size_t i = 0; table[i]; i++) {
        (void)fprintf(out, "        '%s:", table[i]->name);
        put(table[i]->summary, "", out);
        (void)fputs("'\n", out);
    }
    (void)fputs(middle, out);
    for (size_t i = 0; table[i]; i++) {
        (void)fprintf(out, "    %s)\n        _arguments -s -S '(- *)'{-h,--help}'[help]'",
                      table[i]->name);
        for (const struct option_row *row = table[i]->options; row && row->name; row++)
            print_option(row, out);
        print_arguments(&table[i]->arguments, out);
        (void)fputs("\n        ;;\n", out);
    }
    (void)fputs(last, out);
}
