#include "run_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "columns.h"

static const char *known(const char *text)
{
    return text ? text : "unknown";
}

const char *run_text_host(const struct result *result, char *out, size_t size)
{
    const struct run *run = &result->stored->run;
    const struct host *host = &run->host;
    (void)snprintf(out, size,
                   "heapchurn %s, %s: %s, Linux %s, %lld x %s, THP %s, ASLR %s, libzmq %s",
                   known(host->heapchurn), known(run->started_utc), known(host->distribution),
                   known(host->kernel), (long long)host->cores, known(host->cpu_model),
                   known(host->thp), run->aslr ? "on" : "off", known(host->libzmq));
    return out;
}

static const char *version_of(const struct result *result, const char *allocator)
{
    for (size_t i = 0; i < result->workload_count; i++)
        for (size_t r = 0; r < result->workloads[i].row_count; r++) {
            const struct result_row *row = &result->workloads[i].rows[r];
            if (row->version && strcmp(row->row->allocator, allocator) == 0)
                return row->version;
        }
    return NULL;
}

static bool named_before(const struct run *run, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(run->rows[i].allocator, run->rows[index].allocator) == 0)
            return true;
    return false;
}

const char *run_text_versions(const struct result *result, char *out, size_t size)
{
    const struct run *run = &result->stored->run;
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < run->row_count && used < size; i++) {
        const char *version = version_of(result, run->rows[i].allocator);
        if (!version || named_before(run, i))
            continue;
        used += (size_t)snprintf(out + used, size - used, "%s%s %s", used ? ", " : "",
                                 run->rows[i].allocator, version);
    }
    return out;
}

static const char *round_word(const struct workload *spec)
{
    if (spec->load == SPEC_PROCESSES)
        return spec->rounds == 1 ? "life" : "lives";
    return spec->rounds == 1 ? "round" : "rounds";
}

const char *run_text_plan(const struct result *result, const struct result_workload *workload,
                          char *out, size_t size)
{
    const struct workload *spec = workload->workload;
    long long blocks = (long long)result->stored->run.blocks;
    char trials[CELL_TEXT_MAX];
    (void)snprintf(out, size, "%lld %s x %lld %s = %lld cycles, a %s each; %lld %s, %s valid",
                   (long long)spec->peers, spec->peers == 1 ? "peer" : "peers",
                   (long long)spec->rounds, round_word(spec), (long long)workload_cycles(spec),
                   workload_cycle_unit(spec), blocks, blocks == 1 ? "block" : "blocks",
                   cell_valid_trials(result, workload, trials, sizeof trials));
    return out;
}

const char *run_text_absent(const struct result *result, char *out, size_t size)
{
    const struct run *run = &result->stored->run;
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < run->absent_count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s (%s)",
                                 i ? ", " : "Not available here: ", run->absent[i].name,
                                 run->absent[i].reason);
    if (used && used < size)
        (void)snprintf(out + used, size - used, ".");
    return out;
}
