#include "record_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "originals_text.h"
#include "process.h"
#include "trace_originals.h"
#include "units.h"

static void print_sizes(const struct recorded *recorded, const char *path)
{
    char file[64], elapsed[64];
    const struct trace_facts *facts = &recorded->facts;
    double calls = recorded->calls ? (double)recorded->calls : 1.0;
    (void)printf("%s: %" PRIu64 " calls by %" PRIu32 " thread%s in %" PRIu32 " program%s, %s\n",
                 path, recorded->calls, recorded->control.streams,
                 recorded->control.streams == 1 ? "" : "s", recorded->control.images,
                 recorded->control.images == 1 ? "" : "s",
                 units_format_duration(facts->elapsed_ns, elapsed, sizeof elapsed));
    (void)printf("size: %s, %.2f bytes per call (%.2f before it was packed)\n",
                 units_format_bytes((double)recorded->file_bytes, file, sizeof file),
                 (double)recorded->file_bytes / calls, (double)recorded->event_bytes / calls);
}

/* Trees are not played together. */
static void print_programs(const struct recorded *recorded)
{
    if (recorded->control.images > 1)
        (void)printf("programs: a replay plays one of them, by default the one that does most; "
                     "'heapchurn trace' lists them\n");
}

static void print_cost(const struct recorded *recorded)
{
    char with[64], without[64];
    const struct trace_facts *facts = &recorded->facts;
    const int64_t original_ns = trace_originals_on(facts, "glibc").cpu_ns.median;
    if (original_ns <= 0 || facts->cpu_ns < 0) {
        (void)printf("cost: n/a, it was not run without the recorder\n");
        return;
    }
    double more_ns = (double)(facts->cpu_ns - original_ns);
    (void)printf("cost: CPU %s with the recorder, %s without",
                 units_format_duration(facts->cpu_ns, with, sizeof with),
                 units_format_duration(original_ns, without, sizeof without));
    if (more_ns < 0)
        (void)printf("; the program's own differs by more than that costs\n");
    else
        (void)printf(" (%+.0f %%); %+.1f ns per call\n", 100.0 * more_ns / (double)original_ns,
                     recorded->calls ? more_ns / (double)recorded->calls : 0.0);
}

/* What this process took, beside those that were recorded. */
static void print_driver(const struct recorded *recorded)
{
    char cpu[64];
    const int64_t elapsed_ns = recorded->facts.elapsed_ns;
    if (recorded->driver_cpu_ns < 0)
        return;
    (void)printf("driver: CPU %s beside it",
                 units_format_duration(recorded->driver_cpu_ns, cpu, sizeof cpu));
    if (elapsed_ns >= CLOCK_NS_PER_S)
        (void)printf(" (%.1f %% of a core)",
                     100.0 * (double)recorded->driver_cpu_ns / (double)elapsed_ns);
    (void)putchar('\n');
}

/* What is missing in the trace, each in a line. */
static void print_missing(const struct recorded *recorded)
{
    const struct trace_facts *facts = &recorded->facts;
    const struct trace_control *control = &recorded->control;
    if (control->lost_events)
        (void)printf(
            "LOST: %" PRIu64 " events: %s\n", control->lost_events,
            recorded->full == ENOSPC  ? "the disk is full"
            : recorded->full == EFBIG ? "the events came to more than --limit"
            : recorded->full == EOVERFLOW
                ? "there were more than 16 777 215 threads; what comes after them is missing"
            : recorded->full == ENOMEM ? "a process's address space is limited (RLIMIT_AS)"
            : recorded->full           ? strerror(recorded->full)
                                       : "there was no memory for the recorder's tables");
    if (recorded->damaged)
        (void)printf("DAMAGED: %" PRIu64 " of %" PRIu64 " chunks do not match their checksums and "
                     "are left out; of the others what comes after the first of them is not "
                     "played\n",
                     recorded->damaged, recorded->chunks);
    if (control->unknown_frees)
        (void)printf("UNKNOWN: %" PRIu64 " block%s given back that the recorder did not see being "
                     "got: by calls of the allocator's own, or given back twice\n",
                     control->unknown_frees, control->unknown_frees == 1 ? " was" : "s were");
    for (size_t i = 0; i < facts->unrecorded_count; i++)
        (void)printf("NOT RECORDED: %s (process %" PRId64 "): %s\n", facts->unrecorded[i].program,
                     facts->unrecorded[i].pid, facts->unrecorded[i].reason);
    if (control->images == 0 && facts->unrecorded_count == 0)
        (void)printf("NOT RECORDED: it allocated nothing, or the recorder was not loaded or could "
                     "not reach heapchurn (no descriptor left, a filter of system calls)\n");
    if (recorded->no_original.code < 0 && !recorded->interrupted)
        (void)printf("NO ORIGINAL %s: that run is left out, and there was none after it\n",
                     recorded->no_original.text);
}

/* What is not known of blocks whose calls all stand there. */
static void print_unseen(const struct recorded *recorded)
{
    if (recorded->refused)
        (void)printf("NOT SEEN: how far blocks that lived were written: the kernel refused "
                     "process_vm_readv (%s; a filter of system calls?). It is known of those that "
                     "were given back; the others are taken for written\n",
                     strerror(recorded->refused));
    if (recorded->recovered)
        (void)printf("RECOVERED: of %" PRIu64 " chunks %" PRIu64 " were being written when it was "
                     "killed: they have no checksums, and are read up to their last whole event; "
                     "what the program takes without the recorder is not known\n",
                     recorded->chunks, recorded->unfinished);
}

static void print_end(const struct recorded *recorded)
{
    char end[128];
    if (recorded->wait_status != 0 && !recorded->interrupted)
        (void)printf("the command ended: %s\n",
                     process_describe_end(recorded->wait_status, end, sizeof end));
}

void record_text_print(const struct recorded *recorded, const char *path)
{
    print_sizes(recorded, path);
    print_programs(recorded);
    print_cost(recorded);
    print_driver(recorded);
    originals_text_print(&recorded->facts, stdout);
    print_end(recorded);
    print_unseen(recorded);
    print_missing(recorded);
}
