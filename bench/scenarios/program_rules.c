/* What no single key can say of programs of a user's. */
#include <regex.h>
#include <string.h>

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

const char *program_lacks(const struct workload *workload, const char *allocator)
{
    bool has = !spec_command_given(workload->program.commands) ||
               program_build(workload, allocator) ||
               (strcmp(allocator, "glibc") == 0 && spec_command_given(workload->program.command));
    return has ? NULL : "'program: commands' has no build for it";
}
