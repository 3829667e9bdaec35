/*
 * planning: what commands that measure are told about what is to be measured, and the folder of a
 * run that is made of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clock.h"
#include "err.h"
#include "lock.h"
#include "options.h"
#include "own_program.h"
#include "own_trace.h"
#include "shared_options.h"
#include "store.h"

struct planning {
    struct option_list workloads;
    struct option_list rows;
    int64_t blocks;
    const char *output;
    const char *programs;
    struct option_list leak_tools;
    bool quick;
    bool no_aslr;
    bool no_passes;
    int64_t seed; /* -1: from the clock */
    int64_t sample_period_ns;
    struct own_program own;
    const struct own_trace *traces; /* in place of workloads; NULL: none */
};

/* Are the names of tools good? -ENOENT with the nearest one. */
int planning_check(const struct planning *planning, struct err *err);

/* Rows and workloads by name, and whether their programs are there; before anything is made. */
int planning_resolve(const struct planning *planning, const char *line, struct run *out,
                     struct err *err);

/* Make the run's folder, `dir`, and what is stored of it before the first trial; locked. `line` is
 * the command as it was typed. What is skipped is said on standard error. */
int planning_open(const struct planning *planning, const char *line, char *dir, size_t size,
                  struct store_lock *lock, struct stored_run *stored, struct err *err);

/* A run that could not begin: its folder goes, unless it was named by --output or by the error. */
void planning_forget(const struct planning *planning, const char *dir, const struct err *err);

/* The exit status of a command that could not open a run. */
int planning_exit(int code);

/* Rows of options (options.h) for a struct with a member of this type; one by one, for commands
 * that have some of them, and all that say what is measured. */
#define PLANNING_MEASURED               "What is measured"
#define PLANNING_AT(type, member, what) offsetof(type, member) + offsetof(struct planning, what)
#define PLANNING_OPTION_WORKLOADS(type, member)                                      \
    {                                                                                \
        .name = "workload", .letter = 'w', .argument = "NAME", .kind = OPTION_LIST,  \
        .at = PLANNING_AT(type, member, workloads), .completes = COMPLETE_WORKLOADS, \
        .group = PLANNING_MEASURED, .help = "Workload name or path of a YAML file"   \
    }
#define PLANNING_OPTION_ROWS(type, member, text)                                          \
    {                                                                                     \
        .name = "allocator", .letter = 'a', .argument = "ROW", .kind = OPTION_LIST,       \
        .at = PLANNING_AT(type, member, rows), .completes = COMPLETE_ROWS, .help = (text) \
    }
#define PLANNING_ROWS_TEXT "Row to compare, 'all', or path of a row's YAML file"
#define PLANNING_OPTION_BLOCKS(type, member)                                           \
    {                                                                                  \
        .name = "repetitions", .letter = 'r', .argument = "N", .kind = OPTION_NUMBER,  \
        .at = PLANNING_AT(type, member, blocks), .least = 1, .most = STORE_BLOCKS_MAX, \
        .fallback = "3", .help = "Blocks: each holds one trial of every row"           \
    }
#define PLANNING_OPTION_QUICK(type, member)                      \
    {                                                            \
        .name = "quick", .at = PLANNING_AT(type, member, quick), \
        .help = "Fewer rounds, for a first look"                 \
    }
#define PLANNING_OPTIONS_SAMPLING(type, member)                                                    \
    {.name = "seed",                                                                               \
     .argument = "N",                                                                              \
     .kind = OPTION_NUMBER,                                                                        \
     .at = PLANNING_AT(type, member, seed),                                                        \
     .most = INT64_MAX,                                                                            \
     .help = "Seed of the order within blocks (default: from the clock)"},                         \
        {.name = "no-aslr",                                                                        \
         .at = PLANNING_AT(type, member, no_aslr),                                                 \
         .help = "Subjects without address randomisation: about 1 % of a small RSS is its noise"}, \
    {                                                                                              \
        .name = "period", .argument = "TIME", .kind = OPTION_DURATION,                             \
        .at = PLANNING_AT(type, member, sample_period_ns), .least = CLOCK_NS_PER_MS,               \
        .fallback = "20ms",                                                                        \
        .help = "Sampling period, 1ms or more: below, it would measure the sampler"                \
    }
#define PLANNING_OPTION_OUTPUT(type, member, text)                                            \
    {                                                                                         \
        .name = "output", .letter = 'o', .argument = "DIR", .kind = OPTION_TEXT,              \
        .at = PLANNING_AT(type, member, output), .completes = COMPLETE_FOLDER, .help = (text) \
    }
#define PLANNING_OPTIONS(type, member)                                             \
    PLANNING_OPTION_WORKLOADS(type, member),                                       \
        PLANNING_OPTION_ROWS(type, member, PLANNING_ROWS_TEXT),                    \
        PLANNING_OPTION_BLOCKS(type, member), PLANNING_OPTION_QUICK(type, member), \
        PLANNING_OPTIONS_SAMPLING(type, member),                                   \
        PLANNING_OPTION_OUTPUT(type, member,                                       \
                               "Folder of this run (default: results/<UTC>-<workloads>)")
#define PLANNING_OPTIONS_PASSES(type, member)                                              \
    {.name = "leak-tool",                                                                  \
     .argument = "NAME",                                                                   \
     .kind = OPTION_LIST,                                                                  \
     .at = PLANNING_AT(type, member, leak_tools),                                          \
     .completes = COMPLETE_LEAK_TOOLS,                                                     \
     .help = "Leak tool instead of the default ones ('heapchurn calibrate' shows all)"},   \
    {                                                                                      \
        .name = "no-passes", .at = PLANNING_AT(type, member, no_passes),                   \
        .help = "Without the short trials under leak tools, heap profilers and the ledger" \
    }
#define PLANNING_OPTIONS_OWN(type, member)                                                        \
    {.name = "load",                                                                              \
     .argument = "CMD",                                                                           \
     .kind = OPTION_TEXT,                                                                         \
     .at = PLANNING_AT(type, member, own.load),                                                   \
     .group = "A program of your own, after --",                                                  \
     .help = "Drives it: run once a round, must end with status 0; none: it ends by itself"},     \
        {.name = "rounds",                                                                        \
         .argument = "N",                                                                         \
         .kind = OPTION_NUMBER,                                                                   \
         .at = PLANNING_AT(type, member, own.rounds),                                             \
         .least = 1,                                                                              \
         .most = 1000000,                                                                         \
         .help = "How often (default: 20)"},                                                      \
        {.name = "count",                                                                         \
         .argument = "N",                                                                         \
         .kind = OPTION_NUMBER,                                                                   \
         .at = PLANNING_AT(type, member, own.count),                                              \
         .least = 1,                                                                              \
         .most = INT64_C(1) << 40,                                                                \
         .help = "How much one round is, such as requests: growth is told per one of them"},      \
        {.name = "ready",                                                                         \
         .argument = "HOW",                                                                       \
         .kind = OPTION_LIST,                                                                     \
         .at = PLANNING_AT(type, member, own.ready),                                              \
         .help = "When it is ready: port, notify, line:TEXT, file:PATH or check:CMD"},            \
        {.name = "prepare",                                                                       \
         .argument = "CMD",                                                                       \
         .kind = OPTION_TEXT,                                                                     \
         .at = PLANNING_AT(type, member, own.prepare),                                            \
         .help = "Run before each start"},                                                        \
        {.name = "work",                                                                          \
         .argument = "CMD",                                                                       \
         .kind = OPTION_TEXT,                                                                     \
         .at = PLANNING_AT(type, member, own.work),                                               \
         .help = "Asks it what it has done (default: what the load printed)"},                    \
        {.name = "equal",                                                                         \
         .argument = "REGEX",                                                                     \
         .kind = OPTION_TEXT,                                                                     \
         .at = PLANNING_AT(type, member, own.equal),                                              \
         .help = "Finds in that the numbers that must be the same in every row"},                 \
        {.name = "user",                                                                          \
         .argument = "NAME",                                                                      \
         .kind = OPTION_TEXT,                                                                     \
         .at = PLANNING_AT(type, member, own.user),                                               \
         .help = "Who runs it where heapchurn is run by root"},                                   \
        {.name = "setup",                                                                         \
         .argument = "CMD",                                                                       \
         .kind = OPTION_TEXT,                                                                     \
         .at = PLANNING_AT(type, member, own.setup),                                              \
         .help = "Run once, to fill {data}; each trial gets a copy of it"},                       \
        {.name = "build",                                                                         \
         .argument = "A=CMD",                                                                     \
         .kind = OPTION_LIST,                                                                     \
         .at = offsetof(type, member) + offsetof(struct planning, own.builds),                    \
         .help = "Your own build for allocator A, in place of a preload"},                        \
        {.name = "during",                                                                        \
         .at = PLANNING_AT(type, member, own.during),                                             \
         .help = "A round counts with the most there was under its load, not with its end"},      \
        {.name = "stop",                                                                          \
         .argument = "SIGNAL",                                                                    \
         .kind = OPTION_TEXT,                                                                     \
         .at = PLANNING_AT(type, member, own.stop),                                               \
         .help = "How it is asked to end: TERM, INT, QUIT, HUP, USR1 or USR2 (default: TERM)"},   \
        {.name = "stop-command",                                                                  \
         .argument = "CMD",                                                                       \
         .kind = OPTION_TEXT,                                                                     \
         .at = offsetof(type, member) + offsetof(struct planning, own.stop_command),              \
         .help = "Asks it to end, in place of the signal"},                                       \
        {.name = "stop-status",                                                                   \
         .argument = "N",                                                                         \
         .kind = OPTION_TEXT,                                                                     \
         .at = offsetof(type, member) + offsetof(struct planning, own.stop_status),               \
         .help = "Status it may end with beside 0; or 'any'"},                                    \
        {.name = "agent",                                                                         \
         .argument = "WHERE",                                                                     \
         .kind = OPTION_TEXT,                                                                     \
         .at = PLANNING_AT(type, member, own.agent),                                              \
         .help = "Our agent: in 'all' processes (default), the 'first' alone, 'off': RSS alone"}, \
    {                                                                                             \
        .name = "save", .argument = "FILE", .kind = OPTION_TEXT,                                  \
        .at = PLANNING_AT(type, member, own.save), .completes = COMPLETE_FILE,                    \
        .help = "Write it all to this workload file too, for the next time"                       \
    }
