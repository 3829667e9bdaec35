#include "measured_hosts.h"

#include <stdlib.h>
#include <string.h>

static size_t index_of(struct measured_hosts *hosts, const struct host *host)
{
    for (size_t h = 0; h < hosts->count; h++)
        if (hosts->list[h] == host)
            return h;
    hosts->list[hosts->count] = host;
    return hosts->count++;
}

static bool counts(const struct record *record, const char *workload)
{
    return record->outcome == RECORD_VALID && strcmp(record->workload, workload) == 0;
}

/* Those that have a valid trial, in the order of run.json. */
static void take_hosts(const struct stored_run *stored, const char *workload,
                       struct measured_hosts *out)
{
    const struct run *run = &stored->run;
    for (size_t h = 0; h <= run->more_host_count; h++) {
        const struct host *host = h == 0 ? &run->host : &run->more_hosts[h - 1];
        size_t i = 0;
        while (i < stored->record_count && !(counts(&stored->records[i], workload) &&
                                             run_host(run, stored->records[i].host) == host))
            i++;
        if (i < stored->record_count)
            (void)index_of(out, host);
    }
}

void measured_hosts_find(const struct stored_run *stored, const char *workload,
                         struct measured_hosts *out)
{
    const struct run *run = &stored->run;
    size_t blocks = (size_t)run->blocks;
    *out = (struct measured_hosts){
        .list = calloc(run->more_host_count + 2, sizeof *out->list),
        .block_count = calloc(run->more_host_count + 2, sizeof *out->block_count),
        .of_block = calloc(blocks ? blocks : 1, sizeof *out->of_block),
        .blocks = blocks,
    };
    AUTO_FREE bool *measured = calloc(blocks ? blocks : 1, sizeof *measured);
    if (!out->list || !out->block_count || !out->of_block || !measured)
        abort();
    take_hosts(stored, workload, out);
    for (size_t i = 0; i < stored->record_count; i++) {
        const struct record *record = &stored->records[i];
        const struct host *host = run_host(run, record->host);
        if (!host || !counts(record, workload) || record->block < 1 ||
            (size_t)record->block > blocks || measured[record->block - 1])
            continue;
        size_t index = index_of(out, host);
        measured[record->block - 1] = true;
        out->of_block[record->block - 1] = index;
        out->block_count[index]++;
    }
    if (out->count == 0)
        (void)index_of(out, &run->host);
}

void measured_hosts_release(struct measured_hosts *hosts)
{
    free(hosts->list);
    free(hosts->block_count);
    free(hosts->of_block);
    *hosts = (struct measured_hosts){0};
}

const char *measured_hosts_name(const struct measured_hosts *hosts, size_t index)
{
    const char *name = hosts->list[index]->name;
    return name ? name : "unknown";
}

void measured_hosts_say(FILE *out, const struct measured_hosts *hosts, const bool *which,
                        const char *last)
{
    size_t count = 0, said = 0;
    for (size_t h = 0; h < hosts->count; h++)
        count += which[h];
    if (count > MEASURED_HOSTS_NAMED) {
        (void)fprintf(out, "%zu hosts", count);
        return;
    }
    for (size_t h = 0; h < hosts->count; h++) {
        if (!which[h])
            continue;
        said++;
        (void)fprintf(out, "%s%s",
                      said == 1       ? ""
                      : said == count ? last
                                      : ", ",
                      measured_hosts_name(hosts, h));
    }
}

size_t measured_hosts_machines(const struct measured_hosts *hosts)
{
    size_t machines = 0;
    for (size_t h = 0; h < hosts->count; h++) {
        const char *boot = hosts->list[h]->boot;
        size_t other = 0;
        while (other < h &&
               !(boot && hosts->list[other]->boot && strcmp(boot, hosts->list[other]->boot) == 0))
            other++;
        machines += other == h;
    }
    return machines;
}

size_t measured_hosts_of(const struct measured_hosts *hosts, const struct record *record)
{
    return hosts->of_block[record->block - 1];
}
