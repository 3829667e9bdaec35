#include "processes_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "number.h"

#define MIB (1024.0 * 1024.0)

const char *const processes_caption =
    "Processes: memory is the sum of their proportional shares, so that a page which several of "
    "them use counts once; as long as there was one, RSS was its own, with all that it shared with "
    "others. Live is what each counts itself: one that was forked counts what it "
    "inherited, too, so these may add up to more than is resident.";

const struct record_role *processes_role(const struct result_row *row)
{
    const struct record_role *role = row->valid ? record_primary(row->records[0]) : NULL;
    return role && role->process_count > 0 ? role : NULL;
}

const char *processes_count(const struct result_row *row, char *out, size_t size)
{
    int64_t least = INT64_MAX, most = 0;
    for (size_t r = 0; r < row->valid; r++)
        for (size_t i = 0; i < row->records[r]->sample_count; i++) {
            const struct record_sample *sample = &row->records[r]->samples[i];
            if (sample->role != RECORD_PRIMARY || !sample->at_round_end || sample->processes < 0)
                continue;
            least = sample->processes < least ? sample->processes : least;
            most = sample->processes > most ? sample->processes : most;
        }
    if (most == 0)
        (void)snprintf(out, size, "n/a");
    else if (least == most)
        (void)snprintf(out, size, "%" PRId64, most);
    else
        (void)snprintf(out, size, "%" PRId64 " to %" PRId64, least, most);
    return out;
}

size_t processes_unproved(const struct record_role *role)
{
    size_t count = 0;
    for (size_t i = 0; i < role->process_count; i++)
        count += role->processes[i].allocator == NULL;
    return count;
}

const struct record_process *processes_largest(const struct record_role *role)
{
    const struct record_process *largest = &role->processes[0];
    for (size_t i = 1; i < role->process_count; i++)
        if (role->processes[i].last_pss_anon_bytes > largest->last_pss_anon_bytes)
            largest = &role->processes[i];
    return largest;
}

const char *processes_mib(int64_t bytes, char *out, size_t size)
{
    return number_format(bytes < 0 ? (double)NAN : (double)bytes / MIB, out, size);
}
