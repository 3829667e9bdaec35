#include "steps.h"

#include <stdio.h>

#include "clock.h"
#include "work.h"

/* A statistics read this slow disturbs the subject; after so many in a row it is read at the ends
 * of phases only (allocators.md 2.2; one slow read alone is a preemption). */
static const int64_t slow_read_ns = 5LL * CLOCK_NS_PER_MS;
enum { SLOW_READS_IN_A_ROW = 3 };

int steps_ask_stats(struct trial *trial, size_t role, const char *counter, int64_t goal,
                    struct allocator_stats *out, int64_t *out_read_ns)
{
    struct supervisor *supervisor = &trial->supervisor;
    struct control_line request;
    control_begin(&request, "stats");
    if (counter) {
        char key[64];
        (void)snprintf(key, sizeof key, "at.%s", counter);
        control_add_i64(&request, key, goal);
    }
    int code = supervisor_send(supervisor, steps_subject(role), &request);
    if (code == 0)
        code = supervisor_await(supervisor, steps_subject(role), "stats",
                                clock_now_ns() + trial->options->deadlines.answer_ns);
    if (code < 0)
        return code;
    if (work_read_stats(&trial->record->roles[role], &supervisor->line, out, out_read_ns) < 0)
        return supervisor_fail(supervisor, "%s sent statistics that are none: '%.80s'",
                               trial->record->roles[role].name, supervisor->line.text);
    bool slow = *out_read_ns > slow_read_ns;
    trial->slow_reads[role] = slow ? trial->slow_reads[role] + 1 : 0;
    if (trial->slow_reads[role] >= SLOW_READS_IN_A_ROW)
        trial->record->roles[role].stats_at_phase_ends_only = true;
    return 0;
}

int steps_sample_round_end(struct trial *trial, const char *counter, int64_t goal)
{
    for (size_t i = 0; i < RECORD_ROLE_COUNT; i++) {
        size_t role = i;
        struct allocator_stats stats;
        int64_t read_ns = 0;
        if (trial->record->roles[role].stats_at_phase_ends_only)
            continue;
        int code = steps_ask_stats(trial, role, role == RECORD_PEER ? counter : NULL, goal, &stats,
                                   &read_ns);
        if (code < 0)
            return code;
        sampler_add(&trial->sampler, role, &stats, counter != NULL);
    }
    return 0;
}

int steps_end_phase(struct trial *trial, enum record_phase phase)
{
    for (size_t i = 0; i < RECORD_ROLE_COUNT; i++) {
        struct allocator_stats stats;
        int64_t read_ns = 0;
        int code = steps_ask_stats(trial, i, NULL, 0, &stats, &read_ns);
        if (code < 0)
            return code;
        sampler_snapshot(&trial->sampler, i, phase, &stats, read_ns);
        sampler_add(&trial->sampler, i, &stats, false);
    }
    trial->record->phase_end_ns[phase] = sampler_elapsed_ns(&trial->sampler);
    if (phase + 1 < PHASE_COUNT)
        trial->sampler.phase = phase + 1;
    else
        trial->sampler.ended = true;
    return 0;
}
