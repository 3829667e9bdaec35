/*
 * workload: what a workload file says, as data. spec.h reads it, spec_keys.h is its table.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { SPEC_NAME_MAX = 64, SPEC_PEERS_MAX = 128 };

enum spec_drain {
    SPEC_DRAIN_NONE,
    SPEC_DRAIN_POLL,
    SPEC_DRAIN_SEND,
    SPEC_DRAIN_EVENTS,
    SPEC_DRAIN_POLLSET
};

/* Names as users type them, in the order of the enums, NULL-terminated. */
extern const char *const spec_drain_names[];

/* State the subject keeps for each joined peer (workload `sessions`). blocks 0: none. */
struct spec_session {
    int64_t blocks;         /* allocated per join */
    int64_t size_min_bytes; /* sizes are log-uniform between these */
    int64_t size_max_bytes;
    int64_t outlive_percent; /* share of blocks that stay when the peer leaves … */
    int64_t outlive_cycles;  /* … and go when this many further peers have left */
};

/* In whom the row's allocator is, and our agent, which answers for it. */
enum spec_agent {
    SPEC_AGENT_OFF,   /* the allocator in all; nobody answers, it is looked at from outside */
    SPEC_AGENT_FIRST, /* both in the process that is started, which alone is measured */
    SPEC_AGENT_ALL,   /* both in whatever comes of it, too */
};
extern const char *const spec_agent_names[];
/* Threads of the subject that build and take apart that state (workload `threads`). */
struct spec_workers {
    int64_t count;    /* 0: none, the subject's main thread does it */
    int64_t sessions; /* that a thread serves before another takes its place; 0: it stays */
};

/* A program of the user's own, and how it is driven (bench/scenarios/scenario_program.c). Commands
 * are words, in which placeholders are filled in (placeholders.h). */
struct spec_program {
    char **command;  /* NULL: none */
    char **commands; /* builds of its own: an allocator and a command in turn; NULL: none */
    char *user;      /* who runs it where heapchurn is run by root; NULL: the same */
    char **setup;    /* once, and what it leaves is copied for each trial; NULL: nothing */
    char **prepare;  /* before each start; NULL: nothing */
    enum spec_agent agent;
};

struct spec_ready {
    bool port;    /* {port} takes connections */
    char *line;   /* it prints this text */
    char *file;   /* this file is there */
    char **check; /* this command ends with status 0 */
    bool notify;  /* it says READY=1, sd_notify(3) */
    int64_t within_ns;
};

/* When the memory of a round is looked at. */
enum spec_sample { SPEC_SAMPLE_QUIET, SPEC_SAMPLE_DURING };
extern const char *const spec_sample_names[];

struct spec_round {
    char **command;
    char **prepare; /* once, before the baseline */
    int64_t count;  /* cycles of one round */
    enum spec_sample sample;
    int64_t within_ns;
};

struct spec_proof {
    char **command; /* asked when the last round is over; NULL: the load's own output */
    char *equal; /* an extended regular expression: what it finds must be the same in every row */
};

/* Is there a command? Where none is given it is NULL, or read back as an empty one. */
static inline bool spec_command_given(char *const *command)
{
    return command && *command;
}

enum spec_signal { SPEC_TERM, SPEC_INT, SPEC_QUIT, SPEC_HUP, SPEC_USR1, SPEC_USR2 };
extern const char *const spec_signal_names[];

struct spec_stop {
    enum spec_signal signal;
    char **command; /* in place of the signal; NULL: none */
    int64_t status; /* with which it may end, beside 0 */
    bool any_status;
    int64_t within_ns;
};

/* A recorded allocation stream, and how it is played (bench/scenarios/scenario_trace.c). */
enum spec_trace_mode { SPEC_TRACE_VIRTUAL, SPEC_TRACE_PACED, SPEC_TRACE_ONE_THREAD };
extern const char *const spec_trace_mode_names[];

struct spec_trace {
    char *file; /* NULL: none; as it is stored, an absolute path */
    enum spec_trace_mode mode;
    int64_t image; /* which program of it, by number; 0: the one with the most events */
};

/* Is there one? Where none is given it is NULL, or read back as an empty one. */
static inline bool spec_trace_given(const struct spec_trace *trace)
{
    return trace->file && *trace->file;
}

struct workload {
    char name[SPEC_NAME_MAX]; /* file name without .yaml */
    char *path;
    char *question;
    char *load; /* a word of a scenario: how it is played */
    /* What the scenario calls things; NULL in runs that are older than these. */
    char *cycle_unit; /* "peer life" */
    char *crowd;      /* "peer": `peers` of them take part in a round; NULL: nobody */
    char *round;      /* "round" */
    bool ends;        /* what is measured ends by itself: one round */
    int64_t peers;
    int64_t rounds;       /* in processes mode: lives per slot, so cycles = peers x rounds always */
    int64_t quick_rounds; /* rounds under --quick; 0: a quarter of rounds, at least 1 */
    bool mesh;            /* peers connect to each other too, not only to the subject */
    enum spec_drain drain;
    int64_t messages; /* sent by each peer after its join, or in each round */
    int64_t message_bytes;
    int64_t leak_bytes; /* lost per cycle on purpose by the subject */
    struct spec_session session;
    struct spec_workers workers;
    int64_t life_ns;          /* processes mode */
    int64_t quiet_ns;         /* after the churn, before the release call */
    int64_t released_ns;      /* after the release call */
    int64_t step_deadline_ns; /* one join or leave */
    int64_t seed;
    struct spec_program program;
    struct spec_ready ready;
    struct spec_round each; /* round */
    struct spec_proof work;
    struct spec_stop stop;
    struct spec_trace trace;
    char *broken; /* set by spec_list() alone: why the file cannot be used; NULL when it can */
};

/* Cycles of one trial. */
int64_t workload_cycles(const struct workload *workload);

/* Is it about a program of the user's own? */
bool workload_is_own(const struct workload *workload);

/* The build of it that rows of this allocator run, in one text; NULL: what all run. */
const char *workload_build(const struct workload *workload, const char *allocator);

/* Of one round. */
int64_t workload_round_cycles(const struct workload *workload);

/* "peer life" or "burst of messages": what one cycle is. */
const char *workload_cycle_unit(const struct workload *workload);
