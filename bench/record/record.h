/*
 * record: what one trial becomes. Plain data: made by run, written and read by store, judged by
 * everything below. After it was made it is only ever passed as const.
 *
 * A subject that crashed, hung or lied is a record too: its outcome says so and why. Numbers of a
 * trial that is not valid are kept for diagnosis and used by nobody.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allocator.h"
#include "cleanup.h"

enum record_outcome {
    RECORD_VALID,
    RECORD_INVALID, /* ran, but is no measurement: identity refused, work does not match */
    RECORD_FAILED,  /* did not run to its end: died, hung, protocol error */
};
extern const char *const record_outcome_names[]; /* "valid", "invalid", "failed" */

/* Phases in order. A snapshot is taken at the END of each. */
enum record_phase {
    PHASE_START,    /* ready and settled, before the load: the baseline */
    PHASE_CHURN,    /* the load */
    PHASE_QUIET,    /* all gone, nothing happens */
    PHASE_RELEASED, /* after the release call */
    PHASE_COUNT
};
extern const char *const record_phase_names[]; /* "start", "churn", "quiet", "released" */

enum { RECORD_NA = -1 }; /* any int64_t below that could not be told */

/* One look from outside, every 20 ms and at the end of each round. At the end of a round it is
 * exact, as long as that costs little (record_role.exact_round_ends); what follows rss_anon_bytes
 * is told then alone. `stat` is filled only where the role was asked (at the end of a round, when
 * all have left); ALLOCATOR_NA elsewhere. A further number is a member here and a row in
 * record_fields.c. */
struct record_sample {
    int64_t elapsed_ns; /* since the trial's baseline */
    int64_t cycle;      /* cycles completed */
    size_t role;        /* index into record.roles; a measured one */
    enum record_phase phase;
    bool at_round_end; /* population is 0 and the subject has confirmed it */
    int64_t rss_bytes;
    int64_t rss_anon_bytes; /* where not exact: statm resident - shared */
    int64_t pss_bytes;
    int64_t pss_shmem_bytes;
    int64_t lazy_free_bytes;
    int64_t anon_huge_bytes;
    int64_t swap_bytes;
    int64_t stack_bytes; /* of all threads; more seldom than the others: it needs smaps */
    int64_t processes;   /* of roles that may be several; of others RECORD_NA */
    int64_t stat[ALLOCATOR_STAT_COUNT];
};

/* The dear look at the end of a phase: status, smaps_rollup, stat, schedstat, statistics. */
struct record_snapshot {
    bool taken;
    int64_t elapsed_ns;
    int64_t rss_bytes;
    int64_t rss_anon_bytes;
    int64_t rss_file_bytes;
    int64_t rss_peak_bytes; /* VmHWM since the phase began */
    int64_t pss_bytes;
    int64_t lazy_free_bytes; /* MADV_FREE pages: resident, but the kernel's for the asking */
    int64_t anon_huge_bytes; /* AnonHugePages */
    int64_t huge_zero_bytes; /* small pages of zeros within them: padding, at most */
    int64_t swap_bytes;
    int64_t pss_shmem_bytes;
    int64_t stack_bytes; /* of all threads */
    int64_t threads;
    int64_t cpu_ns;      /* all threads, ended ones too; exact: its clock */
    int64_t cpu_user_ns; /* in clock ticks: stat */
    int64_t cpu_system_ns;
    int64_t minor_faults;
    int64_t major_faults;
    int64_t run_delay_ns; /* waiting for a core: schedstat, all threads */
    int64_t voluntary_switches;
    int64_t involuntary_switches;
    int64_t stat[ALLOCATOR_STAT_COUNT];
    int64_t stat_read_ns; /* what the read cost in the subject */
};

struct record_pair { /* option, counter, … */
    char *name;
    char *value;
};

struct record_counter {
    char *name;       /* "leaves_heard" */
    int64_t value;    /* as the program counted */
    int64_t expected; /* closed formula of the plan; RECORD_NA: not checked */
};

/*
 * One of the processes of a role that is several, from the first exact look at it to the last. What
 * it shares with others counts here by its share.
 */
struct record_process {
    char *name;      /* the command's name, and which one it is: "nginx/2" */
    char *allocator; /* that its agent proved; NULL: none did */
    char *proof;     /* the agent's sentence, or why there is none */
    int64_t first_ns, last_ns;
    int64_t first_pss_bytes, last_pss_bytes;
    int64_t first_pss_anon_bytes, last_pss_anon_bytes;
    int64_t first_live_bytes, last_live_bytes; /* a forked one counts what it inherited, too */
};

enum { RECORD_PROCESSES_MAX = 64 }; /* in the table of a role */

/*
 * One process (or tree of them) of a trial. A measured role, also called a subject, is sampled,
 * judged and shown; one that only helps is load or company: of it are kept its name, program, how
 * it ended, and the CPU time it said it took.
 */
struct record_role {
    char *name; /* unique in its record */
    bool measured;
    char *program; /* path */
    char *allocator;
    char *version;
    char *identity; /* the sentence of proof */
    char *library;  /* the file that serves malloc; NULL: not told */
    char *library_sha256;
    char *linked; /* the allocator it would run on if nothing were preloaded; NULL: libc's */
    char *libc;   /* what must be preloaded then so that libc serves; NULL: "libc.so.6" */
    char *endpoint;
    char *unavailable[ALLOCATOR_STAT_COUNT]; /* reason per statistic, NULL when told */
    /* Why of statistics growth alone means something, and not how much there is; NULL: both do. */
    char *level_unavailable;
    struct record_pair *options;
    size_t option_count;
    struct record_counter *counters;
    size_t counter_count;
    struct record_snapshot snapshot[PHASE_COUNT];
    int64_t release_ns;  /* time of the release call */
    char *release_call;  /* what it is named; NULL: not told */
    char *release_reach; /* whose memory it reaches */
    int64_t exit_blocks; /* live at exit */
    int64_t exit_bytes;
    int64_t exit_cpu_ns;           /* all its CPU time, as it said when it left */
    int64_t wait_status;           /* of waitpid; RECORD_NA: it did not end by itself */
    bool stats_at_phase_ends_only; /* a read took over 5 ms */
    int64_t exact_round_ends;      /* of its samples at ends of rounds; of ends of phases all are */
    int64_t exact_cpu_ns;          /* what they cost the driver */
    /* Of a role that is, or was, several processes; the one that was started is the first. */
    struct record_process *processes;
    size_t process_count;
    int64_t processes_seen; /* also those that are not in the table; RECORD_NA: it was one */
};

/* Witnesses of noise during the churn; NAN: not known. */
struct record_noise {
    int64_t pressure_cpu_us; /* /proc/pressure/cpu, some, delta */
    int64_t steal_ticks;     /* /proc/stat, delta; of the cores of steal_share */
    double load_average;     /* 1 min, at the start */
    double run_delay_share;  /* subjects: waiting for a core / (waiting + running) */
    double foreign_share; /* of the subjects' core: taken by others / elapsed; bench/run/noise.h */
    double load_foreign_share; /* of the load's core, likewise */
    double steal_share; /* of both (of all when not pinned): taken by the hypervisor / elapsed */
    bool noisy;
    char *reason; /* what made it noisy, NULL */
};

struct record {
    int64_t id; /* position in the plan, from 1 */
    char *workload;
    char *row;
    int64_t block;   /* from 1 */
    int64_t attempt; /* from 1; a noisy trial is run again */
    enum record_outcome outcome;
    char *reason; /* NULL when valid */
    char *started_utc;
    char *host; /* by name; NULL: not known. All trials of a block have the same one */
    int64_t cycles_planned;
    int64_t cycles_done;
    int64_t phase_end_ns[PHASE_COUNT]; /* elapsed; RECORD_NA: not reached */
    /* The measured ones first. The first of all is the primary one: tables, verdict and advice are
     * about it, and the others are shown beside it. */
    struct record_role *roles;
    size_t role_count;
    struct record_sample *samples; /* in order of time */
    size_t sample_count;
    int64_t *join_ns; /* one per join, as the load timed them */
    size_t join_count;
    int64_t sampler_cpu_ns; /* of all ticks together, and of finding who belongs to a role */
    int64_t sampler_ticks;
    struct record_noise noise;
};

void record_release(struct record *record);
DEFINE_AUTO(record, record_release)

/* Keep of it only names, outcome, and whose allocator the primary role had. */
void record_outline(struct record *record);

/* Append one sample; grows geometrically. Aborts when out of memory (the driver cannot go on). */
void record_add_sample(struct record *record, const struct record_sample *sample);
void record_add_join(struct record *record, int64_t join_ns);

enum { RECORD_PRIMARY = 0 }; /* index of the primary role */

/* One more role whose every number is RECORD_NA; measured ones come before the others. Moves the
 * roles: pointers to them are good no longer. Aborts when out of memory. */
struct record_role *record_add_role(struct record *record, const char *name, bool measured);

/* How many are measured. */
size_t record_subject_count(const struct record *record);

/* The primary role; an empty one, named "subject", where the trial never came to have roles. */
const struct record_role *record_primary(const struct record *record);

/* One more row of a role's table of processes, with every number RECORD_NA; NULL: it is full. Moves
 * the rows. */
struct record_process *record_add_process(struct record_role *role);

/* Index of the role of this name, or -1. */
int record_find_role(const struct record *record, const char *name);

/* What the role counted under this name; RECORD_NA: it did not. */
int64_t record_counter(const struct record_role *role, const char *name);

/* A sample and a role whose every number is RECORD_NA and every pointer NULL. */
void record_sample_init(struct record_sample *sample);
void record_role_init(struct record_role *role);
void record_init(struct record *record);
