/*
 * replay-cost FILE.trace [RUNS]: what a replay costs beside its allocator, in ns per event: CPU
 * time of compiling the trace (its program with the most events), and of playing its slices against
 * an allocator that does nothing (null_malloc.h), the least of RUNS; what is done between slices is
 * left out, as in the CPU time of rows. Prints one line: events, compile,
 * engine, bytes of the compiled trace per event. scripts/bench-replay puts it into the table.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "compile.h"
#include "ensemble.h"
#include "temporary.h"

enum { RUNS = 3, SLICES = 20, EXIT_FAILED = 3 };

static double cpu_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

__attribute__((noreturn)) static void failed(void *context, const char *reason)
{
    (void)context;
    (void)fprintf(stderr, "replay-cost: %s\n", reason);
    _exit(EXIT_FAILED);
}

static int compile(const char *path, int fd, struct compiled_facts *facts, struct err *err)
{
    AUTO(trace_file) struct trace_file file = {.fd = -1};
    int code = trace_file_open(path, &file, err);
    const struct traced_image *image = code == 0 ? trace_file_main_image(&file) : NULL;
    if (code < 0)
        return code;
    return image ? compile_trace(&file, image, SLICES, fd, facts, err)
                 : err_set(err, -1, "%s: it holds no program", path);
}

static int play(const char *path, double *out_ns, struct err *err)
{
    AUTO(compiled_map) struct compiled_map map = {.header = NULL};
    struct ensemble ensemble;
    const struct ensemble_how how = {.failed = failed};
    int code = compiled_map_open(path, &map, err);
    if (code == 0)
        code = ensemble_open(&ensemble, &map, &how, err);
    if (code < 0)
        return code;
    double took_ns = 0;
    for (uint32_t i = 0; i < map.header->slice_count; i++) {
        ensemble_fetch(&ensemble);
        took_ns -= cpu_ns();
        ensemble_play(&ensemble, i);
        took_ns += cpu_ns();
        ensemble_forget(&ensemble);
    }
    ensemble_close(&ensemble);
    *out_ns = took_ns < *out_ns ? took_ns : *out_ns;
    return 0;
}

int main(int argc, char **argv)
{
    char path[64];
    struct compiled_facts facts = {0};
    struct err err = ERR_INIT;
    double played_ns = 1e300;
    if (argc < 2) {
        (void)fprintf(stderr, "usage: replay-cost FILE.trace [RUNS]\n");
        return 2;
    }
    long runs = argc > 2 ? strtol(argv[2], NULL, 10) : RUNS;
    AUTO_CLOSE int fd = temporary_file(&err);
    double began_ns = cpu_ns();
    int code = fd < 0 ? fd : compile(argv[1], fd, &facts, &err);
    double compiled_ns = cpu_ns() - began_ns;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    for (long i = 0; code == 0 && i < runs; i++)
        code = play(path, &played_ns, &err);
    if (code < 0) {
        (void)fprintf(stderr, "replay-cost: %s\n", err.text);
        return EXIT_FAILED;
    }
    double events = (double)facts.events;
    (void)printf("%" PRIu64 " %.1f %.2f %.1f\n", facts.events, compiled_ns / events,
                 played_ns / events, (double)lseek(fd, 0, SEEK_END) / events);
    return 0;
}
