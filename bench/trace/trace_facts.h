/*
 * trace_facts: what is known of a recording beside its events: what was run, where, and what the
 * original did: the same program without the recorder, which a replay is checked against. JSON in
 * the trace file (replay/trace_format.h), described by one table of fields.
 *
 * Memory of the recorded run itself is told as `recorded`. Its heap is that of a program whose
 * large blocks had their pages taken away when they were given (so that touches could be seen),
 * which lets it be too low where such memory comes again and is not written. It stands for an
 * original only where there is none, and that is said.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "err.h"

/* Of a process tree, at one moment. Not available: -1. */
struct trace_sample {
    int64_t ms;         /* since the run began */
    int64_t anon_bytes; /* RssAnon */
    int64_t heap_bytes; /* anonymous pages but those of files and of stacks: what those take is
                           looked at more seldom, since it needs smaps */
};

/* One run of the program. Originals are run after the recording, in the same way. */
struct trace_run {
    char *allocator; /* row that served it: "glibc" */
    char *version;
    int64_t elapsed_ns;
    int64_t cpu_ns;           /* of the tree, user and system */
    int64_t start_heap_bytes; /* at the first look */
    int64_t peak_heap_bytes;
    int64_t end_heap_bytes; /* at the last look before it ended */
    int64_t peak_anon_bytes;
    int64_t end_anon_bytes;
    int64_t processes; /* the most that were seen at once */
    int64_t cores;     /* that it might run on when it was looked at last */
    /* Of a recorded run, 1: what the recorder has in it was looked at as often as the rest, and is
     * no part of what is told as heap. */
    int64_t exact;
    struct trace_sample *samples;
    size_t sample_count;
};

struct trace_image {
    int64_t image; /* its number in the trace */
    int64_t pid;
    char *program;
    /* The allocator it is linked against, "libjemalloc.so.2", and what is put before that so that
     * libc serves (program_look.h). NULL: none, or not told. */
    char *linked, *libc;
};

/* A process whose events are not in the trace, and why. */
struct trace_unrecorded {
    int64_t pid;
    char *program;
    char *reason;
};

struct trace_phase {
    int64_t ms; /* of the clock word, when it began */
    char *name; /* "round 3", "quiet" */
};

/* A slice of a replay. */
struct trace_slice {
    int64_t end_us; /* recorded time */
};

struct trace_facts {
    char *heapchurn; /* version that recorded */
    char *started_utc;
    char **command; /* NULL: not told */
    char *workload; /* NULL: it was a command */
    char *kernel, *cpu_model, *libc;
    int64_t cores;             /* that the program might run on */
    char *cpus;                /* which: "0-1,4" */
    char *allocator, *version; /* that served the recorded program */
    int64_t elapsed_ns;        /* of the recorded run */
    int64_t cpu_ns;
    int64_t cycles; /* what the load did, as it counts; -1: not counted */
    char *cycle_unit;
    struct trace_run *originals; /* some per allocator, in turns; none with --no-compare */
    size_t original_count;
    struct trace_run *recorded; /* one, or none */
    size_t recorded_count;
    struct trace_image *images; /* that were executed; forked ones are in the chunks alone */
    size_t image_count;
    struct trace_unrecorded *unrecorded;
    size_t unrecorded_count;
    struct trace_phase *phases;
    size_t phase_count;
    struct trace_slice *slices; /* of the copy that is kept with a replay; else none */
    size_t slice_count;
};

/* Every number not available, every text NULL. */
void trace_facts_init(struct trace_facts *facts);
void trace_facts_release(struct trace_facts *facts);
DEFINE_AUTO(trace_facts, trace_facts_release)

/* As JSON. The caller frees. Aborts when out of memory. */
char *trace_facts_text(const struct trace_facts *facts);

/* An empty object tells nothing. Texts are made printable. -EINVAL with a sentence when it is no
 * JSON, or says something of another kind than expected. */
int trace_facts_read(const char *text, size_t bytes, struct trace_facts *out, struct err *err);

/* Leave no text but versions: neither what was run, nor where, nor when. */
void trace_facts_anonymise(struct trace_facts *facts);

/* On how many cores the recorded program might run, which is what allocators make their arenas by;
 * -1: it is not told. */
int64_t trace_facts_cores(const struct trace_facts *facts);

/* How long the program would have taken, in ns, for what took a millisecond while it was recorded:
 * less the CPU time that it took more than its original, which its busy threads, as many as there
 * were on average, took at once. Real time is no measure: what else the machine does is more than
 * that. 0: it is not known. */
uint32_t trace_facts_original_ns_per_ms(const struct trace_facts *facts);

/* What is told of this program of the trace; NULL: nothing, as of a forked one. */
const struct trace_image *trace_facts_image(const struct trace_facts *facts, int64_t number);

/* The recorded run itself where it can stand for the original, and there is no other; else NULL. */
const struct trace_run *trace_facts_stand_in(const struct trace_facts *facts);
