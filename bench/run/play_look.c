/* Looks at the measured roles, with the statistics that they tell: in the load, at the ends of
 * rounds and of phases. */
#include <stdio.h>

#include "play.h"
#include "trial_state.h"
#include "trial_tree.h"
#include "work.h"

/* A statistics read this slow disturbs the subject; after so many in a row it is read at the ends
 * of phases only (allocators.md 2.2; one slow read alone is a preemption). */
static const int64_t slow_read_ns = 5LL * CLOCK_NS_PER_MS;
enum { SLOW_READS_IN_A_ROW = 3 };

/* Ask one role for its statistics, answered when `counter` (NULL: none) has reached `goal`. One
 * without a channel has none. */
static int ask_stats(struct trial *trial, size_t role, const char *counter, int64_t goal,
                     struct allocator_stats *out, int64_t *out_read_ns)
{
    struct record_role *of = &trial->record->roles[role];
    struct control_line request;
    allocator_stats_init(out);
    *out_read_ns = RECORD_NA;
    if (!trial_has_channel(trial, role))
        return 0;
    control_begin(&request, "stats");
    if (counter) {
        char key[64];
        (void)snprintf(key, sizeof key, "at.%s", counter);
        control_add_i64(&request, key, goal);
    }
    int code = play_send(trial, role, &request);
    if (code == 0)
        code = play_await(trial, role, "stats", 0);
    if (code < 0)
        return code;
    if (work_read_stats(of, play_answer(trial), out, out_read_ns) < 0)
        return play_fail(trial, "%s sent statistics that are none: '%.80s'", of->name,
                         play_answer(trial)->text);
    bool slow = *out_read_ns > slow_read_ns;
    trial->slow_reads[role] = slow ? trial->slow_reads[role] + 1 : 0;
    if (trial->slow_reads[role] >= SLOW_READS_IN_A_ROW)
        of->stats_at_phase_ends_only = true;
    return trial_tree_add_stats(trial, role, out);
}

static int look(struct trial *trial, const char *counter, int64_t goal, enum sampler_look how)
{
    trial_tree_walk(trial, true);
    for (size_t role = 0; role < trial->sampler.count; role++) {
        struct allocator_stats stats;
        int64_t read_ns = 0;
        if (trial->record->roles[role].stats_at_phase_ends_only)
            continue;
        int code =
            ask_stats(trial, role, role == RECORD_PRIMARY ? counter : NULL, goal, &stats, &read_ns);
        if (code < 0)
            return code;
        sampler_add(&trial->sampler, role, &stats, how);
        code = how != LOOK_CHEAP ? trial_tree_check(trial, role) : 0;
        if (code < 0)
            return code;
    }
    return 0;
}

int play_end_round(struct trial *trial, const char *counter, int64_t goal)
{
    return look(trial, counter, goal, LOOK_ROUND_END);
}

int play_look(struct trial *trial)
{
    return look(trial, NULL, 0, LOOK_CHEAP);
}

int play_look_loaded(struct trial *trial)
{
    const struct record *record = trial->record;
    size_t before = record->sample_count;
    int code = look(trial, NULL, 0, LOOK_EXACT);
    for (size_t i = before; code == 0 && i < record->sample_count; i++) {
        int64_t most = trial->loaded ? record->samples[trial->loaded - 1].rss_anon_bytes : -1;
        if (record->samples[i].role == RECORD_PRIMARY && record->samples[i].rss_anon_bytes > most &&
            record->samples[i].pss_bytes >= 0)
            trial->loaded = i + 1;
    }
    return code;
}

bool play_end_loaded_round(struct trial *trial)
{
    struct record *record = trial->record;
    size_t loaded = trial->loaded;
    trial->loaded = 0;
    if (loaded == 0)
        return false;
    record->samples[loaded - 1].at_round_end = true;
    for (size_t i = loaded - 1; i < record->sample_count; i++) /* cycles only ever grow */
        record->samples[i].cycle = record->cycles_done;
    return true;
}

int play_await_counter(struct trial *trial, size_t role, const char *counter, int64_t goal)
{
    struct allocator_stats stats;
    int64_t read_ns = 0;
    return ask_stats(trial, role, counter, goal, &stats, &read_ns);
}

/* Of what ends by itself: from its start to its end. */
static int end_phase_of_life(struct trial *trial, enum record_phase phase)
{
    int code = 0;
    for (size_t role = 0; code == 0 && role < trial->sampler.count; role++) {
        sampler_snapshot_life(&trial->sampler, role, phase);
        code = phase == PHASE_START ? 0 : trial_tree_check_past(trial, role);
    }
    return code;
}

static int end_phase_of_living(struct trial *trial, enum record_phase phase)
{
    for (size_t role = 0; role < trial->sampler.count; role++) {
        struct allocator_stats stats;
        int64_t read_ns = 0;
        int code = ask_stats(trial, role, NULL, 0, &stats, &read_ns);
        if (code < 0)
            return code;
        sampler_snapshot(&trial->sampler, role, phase, &stats, read_ns);
        sampler_add(&trial->sampler, role, &stats, LOOK_CHEAP);
        code = trial_tree_check(trial, role);
        if (code < 0)
            return code;
    }
    return 0;
}

int trial_end_phase(struct trial *trial, enum record_phase phase)
{
    trial_tree_walk(trial, true);
    int code =
        trial->scenario->ends ? end_phase_of_life(trial, phase) : end_phase_of_living(trial, phase);
    if (code < 0)
        return code;
    trial->record->phase_end_ns[phase] = sampler_elapsed_ns(&trial->sampler);
    if (phase + 1 < PHASE_COUNT)
        trial->sampler.phase = phase + 1;
    else
        trial->sampler.ended = true;
    return 0;
}
