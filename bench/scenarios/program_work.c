/*
 * What a program says it has done: numbers that a regular expression finds in what a command, or
 * the last round of the load, printed. They become counters "work.NAME" of the program, and must be
 * the same in every row.
 */
#include <errno.h>
#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "path.h"
#include "program_state.h"

enum { GROUPS_MAX = 8, NAME_SIZE = 64 };

static char *read_log(const struct trial *trial, const char *role)
{
    AUTO_FREE char *path = path_join(play_folder(trial), "%s.log", role);
    char *text = NULL;
    size_t size = 0;
    AUTO_FCLOSE FILE *log = fopen(path, "re");
    if (!log || getdelim(&text, &size, '\0', log) < 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* The last group is the number, the one before it the name. */
static bool take_match(const char *text, const regmatch_t *groups, size_t count, char *name,
                       int64_t *out_value)
{
    const regmatch_t *number = &groups[count];
    char *end = NULL;
    if (count == 0 || number->rm_so < 0)
        return false;
    errno = 0;
    *out_value = strtoll(text + number->rm_so, &end, 10);
    if (errno || end == text + number->rm_so || *out_value < 0)
        return false;
    int length = count > 1 ? (int)(groups[count - 1].rm_eo - groups[count - 1].rm_so) : 0;
    (void)snprintf(name, NAME_SIZE, "work%s%.*s", length ? "." : "", length,
                   length ? text + groups[count - 1].rm_so : "");
    for (char *c = name; *c; c++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._", *c))
            *c = '_';
    return true;
}

static int take_all(struct trial *trial, const regex_t *pattern, const char *text)
{
    regmatch_t groups[GROUPS_MAX];
    char name[NAME_SIZE];
    size_t found = 0;
    int64_t value = 0;
    while (regexec(pattern, text, GROUPS_MAX, groups, found ? REG_NOTBOL : 0) == 0) {
        size_t count = pattern->re_nsub < GROUPS_MAX ? pattern->re_nsub : GROUPS_MAX - 1;
        if (take_match(text, groups, count, name, &value) &&
            play_set_counter(trial, PROGRAM_ROLE, name, value) == 0)
            found++;
        text += groups[0].rm_eo > 0 ? groups[0].rm_eo : 1;
        if (!*text)
            break;
    }
    return found ? 0
                 : play_fail(trial, "what says how much was done has nothing that 'work: equal' "
                                    "finds: is the program not what it was?");
}

int program_ask_work(struct trial *trial)
{
    const struct workload *workload = play_workload(trial);
    regex_t pattern;
    if (!workload->work.equal)
        return 0;
    int code = spec_command_given(workload->work.command)
                   ? program_run(trial, WORK_ROLE, workload->work.command, AS_ONESELF,
                                 workload->each.within_ns)
                   : 0;
    if (code < 0)
        return code;
    const char *role = spec_command_given(workload->work.command) ? "work"
                       : workload->ends                           ? "program"
                                                                  : "load";
    AUTO_FREE char *text = read_log(trial, role);
    if (!text || regcomp(&pattern, workload->work.equal, REG_EXTENDED | REG_NEWLINE) != 0)
        return play_fail(trial, "%s.log has nothing to count", role);
    code = take_all(trial, &pattern, text);
    regfree(&pattern);
    return code;
}
