#include "synthetic_hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *numbered(size_t host)
{
    char *name = NULL;
    if (asprintf(&name, "n%zu", host + 1) < 0)
        abort();
    return name;
}

static char *own(const char *text)
{
    char *copy = text ? strdup(text) : NULL;
    if (text && !copy)
        abort();
    return copy;
}

static struct host like(const struct host *first, size_t number)
{
    struct host host = *first; /* its numbers */
    host.name = numbered(number);
    for (const struct field *field = host_fields; field->name; field++)
        if (field->kind == FIELD_TEXT && strcmp(field->name, "name") != 0)
            *(char **)((char *)&host + field->offset) =
                own(*(char *const *)((const char *)first + field->offset));
    return host;
}

void synthetic_hosts_spread(struct stored_run *stored, size_t hosts)
{
    struct run *run = &stored->run;
    free(run->host.name);
    run->host.name = numbered(0);
    run->more_hosts = calloc(hosts, sizeof *run->more_hosts);
    if (!run->more_hosts)
        abort();
    for (size_t h = 1; h < hosts; h++)
        run->more_hosts[run->more_host_count++] = like(&run->host, h);
    for (size_t i = 0; i < stored->record_count; i++) {
        struct record *record = &stored->records[i];
        free(record->host);
        record->host = numbered((size_t)(record->block - 1) % hosts);
    }
}

static int64_t scaled(int64_t bytes, double factor)
{
    return bytes < 0 ? bytes : (int64_t)((double)bytes * factor / 4096) * 4096;
}

void synthetic_hosts_scale(struct stored_run *stored, const char *row, size_t host, double factor)
{
    char name[24];
    (void)snprintf(name, sizeof name, "n%zu", host + 1);
    for (size_t i = 0; i < stored->record_count; i++) {
        struct record *record = &stored->records[i];
        if (strcmp(record->row, row) != 0 || strcmp(record->host, name) != 0)
            continue;
        for (size_t s = 0; s < record->sample_count; s++) {
            struct record_sample *sample = &record->samples[s];
            int64_t file = sample->rss_bytes - sample->rss_anon_bytes;
            sample->rss_anon_bytes = scaled(sample->rss_anon_bytes, factor);
            sample->rss_bytes = sample->rss_anon_bytes + file;
        }
        for (int phase = 0; phase < PHASE_COUNT; phase++) {
            struct record_snapshot *at = &record->roles[RECORD_PRIMARY].snapshot[phase];
            at->rss_anon_bytes = scaled(at->rss_anon_bytes, factor);
            at->rss_bytes = at->rss_anon_bytes + at->rss_file_bytes;
        }
    }
}
