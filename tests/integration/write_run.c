/*
 * write_run DIR KIND BLOCKS: a synthetic run, stored as if it had been measured.
 *
 *     drained   two rows, all flat        leaking   live grows on both
 *     grown     drained, 40 % more RSS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "synthetic_run.h"

static const struct synthetic_row drained[] = {
    {"glibc", "glibc", "2.36", 1900, 1916, 1180, 410, 0, 460, 2.2},
    {"jemalloc", "jemalloc", "5.3.0", 2900, 2950, 2500, 560, 0, 485, 2.3},
};
static const struct synthetic_row leaking[] = {
    {"glibc", "glibc", "2.36", 1900, 26744, 1180, 410, 35200, 460, 2.2},
    {"jemalloc", "jemalloc", "5.3.0", 2900, 29500, 2500, 560, 43000, 485, 2.3},
};
static const struct synthetic_row grown[] = {
    {"glibc", "glibc", "2.36", 2660, 2680, 1180, 410, 0, 460, 2.2},
    {"jemalloc", "jemalloc", "5.3.0", 4060, 4130, 2500, 560, 0, 485, 2.3},
};

static const struct kind {
    const char *name;
    struct synthetic_workload load;
} kinds[] = {
    {"drained", {"discovery-drained", "?", 4, 64, drained, 2}},
    {"leaking", {"discovery-drained", "?", 4, 64, leaking, 2}},
    {"grown", {"discovery-drained", "?", 4, 64, grown, 2}},
};

static int store_run(const char *dir, const struct stored_run *stored)
{
    struct err err = ERR_INIT;
    int code = store_create(dir, &stored->run, &err);
    for (size_t i = 0; code == 0 && i < stored->record_count; i++)
        code = store_append(dir, &stored->records[i], &err);
    if (code < 0)
        (void)fprintf(stderr, "write_run: %s\n", err.text);
    return code < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 4 && i < ARRAY_LENGTH(kinds); i++) {
        const struct synthetic_run plan = {.workloads = &kinds[i].load,
                                           .workload_count = 1,
                                           .blocks = strtol(argv[3], NULL, 10),
                                           .noise = 0.01};
        AUTO(stored_run) struct stored_run stored = {.record_count = 0};
        if (strcmp(argv[2], kinds[i].name) != 0)
            continue;
        synthetic_run_build(&plan, &stored);
        return store_run(argv[1], &stored);
    }
    (void)fputs("usage: write_run DIR drained|leaking|grown BLOCKS\n", stderr);
    return 2;
}
