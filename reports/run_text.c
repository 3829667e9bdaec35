#include "run_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "columns.h"
#include "memory_stream.h"

static const char *known(const char *text)
{
    return text ? text : "unknown";
}

bool run_text_uses_libzmq(const struct run *run)
{
    bool uses = false;
    for (size_t i = 0; i < run->workload_count; i++)
        uses = uses || !workload_is_own(&run->workloads[i]);
    return uses;
}

const char *run_text_host(const struct result *result, char *out, size_t size)
{
    const struct run *run = &result->stored->run;
    const struct host *host = &run->host;
    char more[48] = "";
    char libzmq[80] = "";
    if (run_text_uses_libzmq(run))
        (void)snprintf(libzmq, sizeof libzmq, ", libzmq %s", known(host->libzmq));
    if (run->more_host_count > 0)
        (void)snprintf(more, sizeof more, "; and on %zu more host%s", run->more_host_count,
                       run->more_host_count == 1 ? "" : "s");
    (void)snprintf(out, size, "heapchurn %s, %s: %s, Linux %s, %lld x %s, THP %s, ASLR %s%s%s",
                   known(host->heapchurn), known(run->started_utc), known(host->distribution),
                   known(host->kernel), (long long)host->cores, known(host->cpu_model),
                   known(host->thp), run->aslr ? "on" : "off", libzmq, more);
    return out;
}

/* Rows of one allocator and one library are of one version. */
static bool same_library(const struct run_row *a, const struct run_row *b)
{
    return strcmp(a->allocator, b->allocator) == 0 &&
           strcmp(a->library ? a->library : "", b->library ? b->library : "") == 0;
}

static const char *version_of(const struct result *result, const struct run_row *of)
{
    for (size_t i = 0; i < result->workload_count; i++)
        for (size_t r = 0; r < result->workloads[i].row_count; r++) {
            const struct result_row *row = &result->workloads[i].rows[r];
            if (row->version && same_library(row->row, of))
                return row->version;
        }
    return NULL;
}

static bool named_before(const struct run *run, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (same_library(&run->rows[i], &run->rows[index]))
            return true;
    return false;
}

const char *run_text_versions(const struct result *result, char *out, size_t size)
{
    const struct run *run = &result->stored->run;
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < run->row_count && used < size; i++) {
        const struct run_row *row = &run->rows[i];
        const char *version = version_of(result, row);
        if (!version || named_before(run, i))
            continue;
        const char *name = row->library ? row->name : row->allocator;
        used += (size_t)snprintf(out + used, size - used, "%s%.*s %s%s%s%s", used ? ", " : "",
                                 (int)strcspn(name, "+"), name, version, row->library ? " (" : "",
                                 row->library ? row->library : "", row->library ? ")" : "");
    }
    return out;
}

/* "1 life", "6 lives", "8 guests". */
static void put_count(char *out, size_t size, int64_t count, const char *what)
{
    size_t stem = strlen(what);
    bool leaf = stem > 2 && strcmp(what + stem - 2, "fe") == 0;
    const char *plural = count == 1 ? "" : leaf ? "ves" : "s";
    (void)snprintf(out, size, "%lld %.*s%s", (long long)count,
                   (int)(count != 1 && leaf ? stem - 2 : stem), what, plural);
}

/* What one trial is: "8 x 84 rounds = 672 cycles, a request each", "one run a trial". */
static void put_trial(char *out, size_t size, const struct workload *spec)
{
    char crowd[CELL_TEXT_MAX] = "", rounds[CELL_TEXT_MAX], unit[CELL_TEXT_MAX] = "";
    int64_t cycles = workload_round_cycles(spec);
    if (spec->ends) {
        (void)snprintf(out, size, cycles > 1 ? "one run of %lld cycles" : "one run a trial",
                       (long long)cycles);
        return;
    }
    if (spec->crowd)
        put_count(crowd, sizeof crowd, cycles, spec->crowd);
    else if (cycles > 1)
        (void)snprintf(crowd, sizeof crowd, "%lld", (long long)cycles);
    put_count(rounds, sizeof rounds, spec->rounds, spec->round ? spec->round : "round");
    if (spec->cycle_unit)
        (void)snprintf(unit, sizeof unit, ", a %s each", spec->cycle_unit);
    (void)snprintf(out, size, "%s%s%s = %lld cycles%s", crowd, *crowd ? " x " : "", rounds,
                   (long long)workload_cycles(spec), unit);
}

const char *run_text_plan(const struct result *result, const struct result_workload *workload,
                          char *out, size_t size)
{
    const struct workload *spec = workload->workload;
    long long blocks = (long long)result->stored->run.blocks;
    char trials[CELL_TEXT_MAX], trial[4 * CELL_TEXT_MAX];
    put_trial(trial, sizeof trial, spec);
    (void)snprintf(out, size, "%s; %lld %s, %s valid", trial, blocks,
                   blocks == 1 ? "block" : "blocks",
                   cell_valid_trials(result, workload, trials, sizeof trials));
    return out;
}

static bool same_reason(const struct run_absent *a, const struct run_absent *b)
{
    return strcmp(a->reason, b->reason) == 0;
}

static bool reason_before(const struct run *run, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (same_reason(&run->absent[i], &run->absent[index]))
            return true;
    return false;
}

char *run_text_absent(const struct result *result, size_t reasons_max)
{
    const struct run *run = &result->stored->run;
    size_t reasons = 0;
    if (run->absent_count == 0)
        return NULL;
    for (size_t i = 0; i < run->absent_count; i++)
        reasons += !reason_before(run, i);
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    (void)fputs("Not available here: ", out);
    const char *before = "";
    for (size_t i = 0; i < run->absent_count; i++) {
        if (reason_before(run, i))
            continue;
        for (size_t k = i; k < run->absent_count; k++)
            if (same_reason(&run->absent[i], &run->absent[k])) {
                (void)fprintf(out, "%s%s", before, run->absent[k].name);
                before = ", ";
            }
        if (reasons <= reasons_max)
            (void)fprintf(out, " (%s)", run->absent[i].reason);
    }
    (void)fputs(reasons <= reasons_max ? "." : "; report.md says why.", out);
    return memory_stream_close(&memory);
}
