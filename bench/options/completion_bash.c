#include "completion.h"

static const char *const prologue =
    "# Completion of heapchurn for bash; made by 'heapchurn completion bash'.\n"
    "\n"
    "# _heapchurn_offer KIND WORD: fills COMPREPLY.\n"
    "_heapchurn_offer() {\n"
    "    local program=${COMP_WORDS[0]/#\\~/$HOME}\n"
    "    case $1 in\n"
    "    nothing) ;;\n"
    "    files) compopt -o filenames && mapfile -t COMPREPLY < <(compgen -f -- \"$2\") ;;\n"
    "    folders) compopt -o filenames && mapfile -t COMPREPLY < <(compgen -d -- \"$2\") ;;\n"
    "    commands) mapfile -t COMPREPLY < <(compgen -c -- \"$2\") ;;\n"
    "    processes) mapfile -t COMPREPLY < <(compgen -W \"$(cd /proc && echo [0-9]*)\" -- \"$2\") "
    ";;\n"
    "    rows | workloads)\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$(\"$program\" list --names \"$1\" "
    "2>/dev/null)\" "
    "-- \"$2\"\n"
    "            compgen -f -X '!*.yaml' -- \"$2\"\n"
    "            [[ $2 != */* ]] || compgen -d -S / -- \"$2\") ;;\n"
    "    *) mapfile -t COMPREPLY < <(compgen -W \"$(\"$program\" list --names \"$1\" "
    "2>/dev/null)\" "
    "-- \"$2\") ;;\n"
    "    esac\n"
    "}\n"
    "\n"
    "_heapchurn() {\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} i\n"
    "    local command=${COMP_WORDS[1]} options='--help' rest=nothing\n"
    "    COMPREPLY=()\n";

static const char *const epilogue =
    "    esac\n"
    "    for ((i = 2; i < COMP_CWORD; i++)); do\n"
    "        if [[ ${COMP_WORDS[i]} == -- ]]; then\n"
    "            [[ $rest != commands || $i == $((COMP_CWORD - 1)) ]] || rest=files\n"
    "            _heapchurn_offer \"$rest\" \"$word\"\n"
    "            return\n"
    "        fi\n"
    "    done\n"
    "    # --name=value comes as three words\n"
    "    if [[ $word == '=' ]]; then\n"
    "        word=''\n"
    "    elif [[ $before == '=' ]]; then\n"
    "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n"
    "    case $command:$before in\n";

static const char *const last =
    "    *)\n"
    "        if [[ $word == -* || $rest == commands ]]; then\n"
    "            mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
    "        else\n"
    "            _heapchurn_offer \"$rest\" \"$word\"\n"
    "        fi\n"
    "        ;;\n"
    "    esac\n"
    "}\n"
    "complete -F _heapchurn heapchurn\n";

static const char *kind_of(enum option_completion completes)
{
    static const char *const kinds[COMPLETIONS] = {
        [COMPLETE_NOTHING] = "nothing",  [COMPLETE_FILE] = "files",
        [COMPLETE_FOLDER] = "folders",   [COMPLETE_PROCESS] = "processes",
        [COMPLETE_COMMAND] = "commands",
    };
    return kinds[completes] ? kinds[completes] : option_names[completes];
}

static void print_first_word(const struct command *const *table, FILE *out)
{
    (void)fputs("    if ((COMP_CWORD == 1)) || [[ $command == help && $COMP_CWORD == 2 ]]; then\n"
                "        mapfile -t COMPREPLY < <(compgen -W 'help",
                out);
    for (size_t i = 0; table[i]; i++)
        (void)fprintf(out, " %s", table[i]->name);
    (void)fputs(" --help --version' -- \"$word\")\n"
                "        return\n"
                "    fi\n"
                "    case $command in\n",
                out);
}

/* What a command has besides values of options. */
static void print_words(const struct command *command, FILE *out)
{
    (void)fprintf(out, "    %s)\n        rest=%s options='--help", command->name,
                  kind_of(command->arguments.completes));
    for (const struct option_row *row = command->options; row && row->name; row++)
        (void)fprintf(out, " --%s", row->name);
    (void)fputs("'\n        ;;\n", out);
}

static void print_values(const struct command *command, FILE *out)
{
    for (const struct option_row *row = command->options; row && row->name; row++) {
        if (!row->argument)
            continue;
        (void)fputs("    ", out);
        if (row->letter)
            (void)fprintf(out, "%s:-%c | ", command->name, row->letter);
        (void)fprintf(out, "%s:--%s) _heapchurn_offer %s \"$word\" ;;\n", command->name, row->name,
                      kind_of(row->completes));
    }
}

void completion_bash(const struct command *const *table, FILE *out)
{
    (void)fputs(prologue, out);
    print_first_word(table, out);
    for (size_t i = 0; table[i]; i++)
        print_words(table[i], out);
    (void)fputs(epilogue, out);
    for (size_t i = 0; table[i]; i++)
        print_values(table[i], out);
    (void)fputs(last, out);
}
