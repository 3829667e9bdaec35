/*
 * recorded_command: a command, or a trial of a workload, under the recorder, and what it did
 * without: from there to the trace file.
 *
 *     recorded_command(&request, &recorded, &err);
 *     … say what recorded tells …
 *     recorded_release(&recorded);
 *
 * The events go to OUT.raw, which is packed into OUT and removed. When the driver is killed
 * meanwhile OUT.raw stays, and recorded_recover() makes a trace of it.
 */
#pragma once

#include "program_look.h"
#include "recording.h"
#include "spec.h"

struct recorded_request {
    const char *out_path;
    char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH */
    const struct program_look *look;
    const struct workload *workload; /* in place of these two; NULL: a command */
    struct recording_settings settings;
    int64_t originals;       /* so often it is run again without the recorder, … */
    const char *const *rows; /* … on each of these; NULL: on glibc and on jemalloc */
    int level;               /* of zstd */
    const char *programs;    /* folder of the programs of trials: they prove allocators */
    const char *recorder;    /* the library */
    int interrupt_fd;
    void (*progress)(const char *what); /* what is done now; or NULL */
};

struct recorded {
    struct trace_facts facts;
    struct trace_control control; /* as it was at the end */
    uint64_t calls;
    uint64_t event_bytes;                 /* as recorded */
    int64_t file_bytes;                   /* as packed */
    uint64_t chunks, unfinished, damaged; /* of the raw file: trace_raw.h */
    int full;                             /* errno that kept events from being written; 0 */
    int refused;           /* errno that kept the recorder from looking at living blocks; 0 */
    int64_t driver_cpu_ns; /* of this process, while it was recorded; -1: not told */
    int wait_status;
    struct err no_original; /* why it was not held against a run without the recorder, or not all */
    bool interrupted;
    bool recovered; /* from what a recording left behind */
};

/* 0, whatever became of the command, when there is a trace. -errno with a sentence. */
int recorded_command(const struct recorded_request *request, struct recorded *out, struct err *err);

/* A trace of what a recording left behind whose driver was killed; the raw file stays. */
int recorded_recover(const char *raw_path, const char *out_path, struct recorded *out,
                     struct err *err);

/* Nothing is missing in it. */
bool recorded_is_whole(const struct recorded *recorded);

void recorded_release(struct recorded *recorded);
DEFINE_AUTO(recorded, recorded_release)
