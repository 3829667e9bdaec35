/*
 * batch: an unmodified program of the user's that ends by itself: a compiler, an import. It is its
 * own load, and one run of it is the round. Nothing is asked of it, and nothing is said of growth:
 * what is compared is the most it held, its CPU time and its faults. That rows did the same is told
 * by its work, and by the calls that the ledger's pass counts.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "path.h"
#include "program_state.h"

enum { LOOKS_LEAST = 20 };

/* After which most scripts have started what they are for. */
static const int64_t a_while_ns = 200LL * CLOCK_NS_PER_MS;

static const struct scenario_role roles[] = {
    [PROGRAM_ROLE] = {.name = "program", .measured = true, .tree = true},
    [LOAD_ROLE] = {.name = "load"},
    [WORK_ROLE] = {.name = "work"},
    [SETUP_ROLE] = {.name = "setup"},
    {.name = NULL},
};

/* Its own and those of what it started: each that ended by exit(3) wrote a line. */
static int read_ledger(struct trial *trial)
{
    struct program_state *state = play_state(trial);
    static const char *const names[] = {"ledger_blocks", "ledger_live_bytes", "ledger_calls",
                                        "ledger_requested_bytes"};
    int64_t sum[ARRAY_LENGTH(names)] = {0}, processes = 0;
    char *line = NULL;
    size_t size = 0;
    AUTO_FREE char *path = path_join(state->scratch, PROGRAM_LEDGER);
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    while (file && getline(&line, &size, file) > 0) {
        int64_t one[ARRAY_LENGTH(names)];
        if (sscanf(line, /* NOLINT(cert-err34-c): lines of ours */
                   "ledger: %" SCNd64 " blocks, %" SCNd64 " bytes live; %" SCNd64 " calls, %" SCNd64
                   " bytes asked for",
                   &one[0], &one[1], &one[2], &one[3]) != (int)ARRAY_LENGTH(names))
            continue;
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
            sum[i] += one[i];
        processes++;
    }
    free(line);
    int code = 0;
    for (size_t i = 0; processes && code == 0 && i < ARRAY_LENGTH(names); i++)
        code = play_set_counter(trial, PROGRAM_ROLE, names[i], sum[i] < 0 ? 0 : sum[i]);
    return code == 0 && processes
               ? play_set_counter(trial, PROGRAM_ROLE, "ledger_processes", processes)
               : code;
}

static int await_end(struct trial *trial)
{
    const struct workload *workload = play_workload(trial);
    const struct spec_stop *how = &workload->stop;
    int64_t within_ns = workload->each.within_ns;
    int code = 0;
    int64_t left_ns = within_ns;
    /* Some take longer: looked at each time after twice as long. */
    for (int64_t next_ns = a_while_ns;
         code == 0 && left_ns > 0 && !play_has_ended(trial, PROGRAM_ROLE); next_ns *= 2) {
        int64_t idle_ns = next_ns < left_ns ? next_ns : left_ns;
        code = play_idle_while(trial, PROGRAM_ROLE, idle_ns);
        left_ns -= idle_ns;
        if (code == 0)
            program_find_linked(trial);
    }
    if (code < 0)
        return code;
    if (!play_has_ended(trial, PROGRAM_ROLE))
        return play_fail(trial,
                         "program did not end by itself within %.0f s: 'round: {within: …}' gives "
                         "it more, and with a load (--load, 'load: program') it may run on",
                         (double)within_ns / CLOCK_NS_PER_S);
    play_allow_status(trial, PROGRAM_ROLE, how->any_status ? -1 : (int)how->status);
    code = play_await_end(trial, PROGRAM_ROLE, 0);
    size_t left = play_processes_left(trial, PROGRAM_ROLE);
    if (code == 0 && left > 0)
        return play_fail(trial,
                         "program ended and left %zu process%s running: keep it in the foreground",
                         left, left == 1 ? "" : "es");
    if (code == 0 && play_looks(trial) < LOOKS_LEAST)
        return play_fail(trial,
                         "program ended too soon for its peak to be seen: it was looked at %" PRId64
                         " times, and %d are needed; give it more to do",
                         play_looks(trial), LOOKS_LEAST);
    play_set_cycles(trial, workload->each.count);
    return code;
}

static int leave(struct trial *trial)
{
    int code = read_ledger(trial);
    return code < 0 ? code : program_ask_work(trial);
}

static const struct spec_load loads[] = {
    {.word = "batch", .cycle_unit = "run", .round = "run", .rules = batch_rules, .ends = true},
    {.word = NULL},
};

const struct scenario scenario_batch = {
    .name = "batch",
    .loads = loads,
    .roles = roles,
    .state_bytes = sizeof(struct program_state),
    .start = program_start,
    .load = await_end,
    .leave = leave,
    .heard = program_heard,
    .knock = program_knock,
    .explain = program_explain,
    .close = program_close,
    .lacks = program_lacks,
    .foreign = true,
    .ends = true,
};
