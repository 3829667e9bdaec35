#include "comparable.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "memory_stream.h"
#include "spec_keys.h"

/* Where the hosts of a run agree, the first one stands for all. */
static void compare_within(FILE *out, const struct run *run, const char *where)
{
    struct host_difference differences[HOST_DIFFERENCES_MAX];
    for (size_t i = 0; i < run->more_host_count; i++) {
        const struct host *more = &run->more_hosts[i];
        size_t count = host_differences(&run->host, more, differences);
        for (size_t d = 0; d < count; d++)
            (void)fprintf(out, "%s: %s on %s and %s on %s, both %s\n", differences[d].what,
                          differences[d].a, run->host.name ? run->host.name : "the first host",
                          differences[d].b, more->name, where);
    }
}

/* The first one, and then those that trials were measured on since. */
static const struct host *host_at(const struct run *run, size_t index)
{
    return index == 0 ? &run->host : &run->more_hosts[index - 1];
}

/* Has each host of one run its like in the other? */
static bool has_all(const struct run *run, const struct run *other)
{
    struct host_difference differences[HOST_DIFFERENCES_MAX];
    for (size_t i = 0; i <= run->more_host_count; i++) {
        size_t k = 0;
        while (k <= other->more_host_count &&
               host_differences(host_at(run, i), host_at(other, k), differences) > 0)
            k++;
        if (k > other->more_host_count)
            return false;
    }
    return true;
}

static void compare_settings(FILE *out, const struct run *here, const struct run *there);
static void compare_workload(FILE *out, const struct workload *here, const struct workload *there);
static void compare_row(FILE *out, const struct result_row *here, const struct result_row *there);

const struct result_workload *comparable_workload(const struct result *there, const char *name)
{
    for (size_t i = 0; i < there->workload_count; i++)
        if (strcmp(there->workloads[i].workload->name, name) == 0)
            return &there->workloads[i];
    return NULL;
}

static const struct result_row *find_row(const struct result_workload *workload, const char *name)
{
    for (size_t i = 0; workload && i < workload->row_count; i++)
        if (strcmp(workload->rows[i].row->name, name) == 0)
            return &workload->rows[i];
    return NULL;
}

const struct result_row *comparable_row(const struct result *there, const char *workload,
                                        const char *row)
{
    return find_row(comparable_workload(there, workload), row);
}

char *comparable_differences(const struct result *here, const struct result *there)
{
    size_t common = 0;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    compare_settings(out, &here->stored->run, &there->stored->run);
    for (size_t w = 0; w < here->workload_count; w++) {
        const struct result_workload *mine = &here->workloads[w];
        const struct result_workload *other = comparable_workload(there, mine->workload->name);
        if (!other)
            continue;
        compare_workload(out, mine->workload, other->workload);
        for (size_t r = 0; r < mine->row_count; r++) {
            const struct result_row *row = find_row(other, mine->rows[r].row->name);
            if (!row)
                continue;
            common++;
            compare_row(out, &mine->rows[r], row);
        }
    }
    if (common == 0)
        (void)fputs("rows: no row was run under the same workload in both\n", out);
    char *text = memory_stream_close(&memory);
    if (memory.size == 0) {
        free(text);
        return NULL;
    }
    return text;
}

static void differ_text(FILE *out, const char *what, const char *here, const char *there)
{
    if (strcmp(here ? here : "unknown", there ? there : "unknown") != 0)
        (void)fprintf(out, "%s: %s here, %s there\n", what, here ? here : "unknown",
                      there ? there : "unknown");
}

static void differ_number(FILE *out, const char *what, int64_t here, int64_t there)
{
    if (here != there)
        (void)fprintf(out, "%s: %" PRId64 " here, %" PRId64 " there\n", what, here, there);
}

/* Runs of several hosts are comparable where both were on hosts that are alike, one by one. */
static void compare_hosts(FILE *out, const struct run *here, const struct run *there)
{
    struct host_difference differences[HOST_DIFFERENCES_MAX];
    if (has_all(here, there) && has_all(there, here))
        return;
    size_t count = host_differences(&here->host, &there->host, differences);
    for (size_t i = 0; i < count; i++)
        differ_text(out, differences[i].what, differences[i].a, differences[i].b);
    compare_within(out, here, "here");
    compare_within(out, there, "there");
}

static void compare_settings(FILE *out, const struct run *here, const struct run *there)
{
    compare_hosts(out, here, there);
    differ_text(out, "pinning", here->pinning, there->pinning);
    differ_text(out, "ASLR of the subjects", here->aslr ? "on" : "off", there->aslr ? "on" : "off");
    differ_number(out, "sampling period, ns", here->sample_period_ns, there->sample_period_ns);
}

static void compare_workload(FILE *out, const struct workload *here, const struct workload *there)
{
    char before[SPEC_NAME_MAX + sizeof "workload , "];
    (void)snprintf(before, sizeof before, "workload %s, ", here->name);
    fields_differences(spec_keys, before, here, there, out);
}

static void compare_row(FILE *out, const struct result_row *here, const struct result_row *there)
{
    static const struct field environment[] = {
        FIELD(struct run_row, FIELD_WORDS, environment),
        {FIELD_AT(struct run_row, huge_pages), .kind = FIELD_NAME,
         .names = allocator_huge_pages_names},
        {.name = NULL},
    };
    char what[256];
    (void)snprintf(what, sizeof what, "row %s, version of %s", here->row->name,
                   here->row->allocator);
    /* Without a valid trial there is no version, and nothing to compare either. */
    if (here->version && there->version)
        differ_text(out, what, here->version, there->version);
    (void)snprintf(what, sizeof what, "row %s, ", here->row->name);
    fields_differences(environment, what, here->row, there->row, out);
}
