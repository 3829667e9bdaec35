/* What no single key can say of programs of a user's. */
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "program_look.h"
#include "program_state.h"

static bool no_program(const struct workload *workload)
{
    return !workload_is_own(workload);
}

static bool no_round(const struct workload *workload)
{
    return !spec_command_given(workload->each.command);
}

static bool counts_nothing(const struct workload *workload)
{
    return workload->each.count == 0;
}

static bool command_of_work_alone(const struct workload *workload)
{
    return spec_command_given(workload->work.command) && !workload->work.equal;
}

static bool no_pattern(const struct workload *workload)
{
    regex_t pattern;
    if (!workload->work.equal || regcomp(&pattern, workload->work.equal, REG_EXTENDED) != 0)
        return workload->work.equal != NULL;
    bool groups = pattern.re_nsub > 0;
    regfree(&pattern);
    return !groups;
}

static bool has_round(const struct workload *workload)
{
    return !no_round(workload);
}

static bool many_rounds(const struct workload *workload)
{
    return workload->rounds != 1;
}

const struct spec_rule program_rules[] = {
    {"load", no_program, "with 'program' needs 'program: {command: …}', what is to be measured"},
    {"load", no_round, "with 'program' needs 'round: {command: …}', what drives it"},
    {"round.count", counts_nothing, "is 0; what is one round? 1 where nothing is counted"},
    {"work.command", command_of_work_alone, "needs work.equal: which number it must print"},
    {"work.equal", no_pattern, "is no extended regular expression with a group for the number"},
    {.key = NULL},
};

const struct spec_rule batch_rules[] = {
    {"load", no_program, "with 'batch' needs 'program: {command: …}', what is to be measured"},
    {"round.command", has_round,
     "drives a program that runs on ('load: program'); a batch is its own load"},
    {"rounds", many_rounds, "is 1 for a program that ends by itself"},
    {"round.count", counts_nothing, "is 0; what is one run? 1 where nothing is counted"},
    {"work.command", command_of_work_alone, "needs work.equal: which number it must print"},
    {"work.equal", no_pattern, "is no extended regular expression with a group for the number"},
    {.key = NULL},
};

/* It calls another allocator by names of that one's own, and would mix blocks of the two. */
static const char *calls_another(const struct workload *workload, const char *allocator)
{
    static char why[256];
    struct program_look look;
    if (!spec_command_given(workload->program.command) ||
        program_look(workload->program.command[0], &look, NULL) < 0 || !look.own_name ||
        strncmp(allocator, look.own_name_of, strlen(look.own_name_of)) == 0)
        return NULL;
    (void)snprintf(why, sizeof why,
                   "the program calls %s by names of its own (%s), and would mix blocks of two "
                   "allocators; give a build for it in 'program: commands'",
                   look.own_name_of, look.own_name);
    return why;
}

const char *program_lacks(const struct workload *workload, const char *allocator)
{
    bool has = !spec_command_given(workload->program.commands) ||
               workload_build(workload, allocator) ||
               (strcmp(allocator, "glibc") == 0 && spec_command_given(workload->program.command));
    if (!has)
        return "'program: commands' has no build for it";
    return workload_build(workload, allocator) ? NULL : calls_another(workload, allocator);
}
