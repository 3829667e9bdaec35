#include "sampler.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "record_fields.h"

void sampler_init(struct sampler *sampler, struct record *record)
{
    *sampler = (struct sampler){
        .record = record, .phase = PHASE_START, .count = record_subject_count(record)};
    sampler->trees = calloc(sampler->count + 1, sizeof *sampler->trees);
    if (!sampler->trees)
        abort();
}

int sampler_attach(struct sampler *sampler, size_t role, pid_t pid, struct err *err)
{
    return role_tree_attach(&sampler->trees[role], pid, err);
}

void sampler_begin(struct sampler *sampler)
{
    sampler->base_ns = clock_now_ns();
    for (size_t i = 0; i < sampler->count; i++)
        role_tree_begin(&sampler->trees[i]);
}

int64_t sampler_elapsed_ns(const struct sampler *sampler)
{
    return sampler->base_ns ? clock_now_ns() - sampler->base_ns : 0;
}

/* Has looking at this role taken more of a core so far than it may? */
static bool too_dear(const struct sampler *sampler, const struct record_role *role,
                     int64_t elapsed_ns)
{
    return (double)role->exact_cpu_ns * (double)sampler->count >
           SAMPLER_EXACT_SHARE * (double)elapsed_ns;
}

/* From the page tables, unless that has cost too much so far, and a cheap look will do. Stacks are
 * dearer, and change less. */
static void make_exact(struct sampler *sampler, size_t role, enum sampler_look look,
                       struct record_sample *sample)
{
    struct record_role *of = &sampler->record->roles[role];
    struct role_tree *tree = &sampler->trees[role];
    int64_t before_ns = clock_thread_cpu_ns();
    if (of->exact_round_ends < 0)
        of->exact_round_ends = 0;
    if (of->exact_cpu_ns < 0)
        of->exact_cpu_ns = 0;
    if ((look == LOOK_ROUND_END && !tree->changed && too_dear(sampler, of, sample->elapsed_ns)) ||
        role_tree_read_exact(tree, sample) < 0)
        return;
    if (of->exact_round_ends % SAMPLER_STACKS_EVERY == 0)
        sample->stack_bytes = role_tree_stack_bytes(tree);
    role_tree_note(tree, sample->elapsed_ns, of);
    of->exact_round_ends++;
    of->exact_cpu_ns += clock_thread_cpu_ns() - before_ns;
}

void sampler_add(struct sampler *sampler, size_t role, const struct allocator_stats *stats,
                 enum sampler_look look)
{
    struct role_tree *tree = &sampler->trees[role];
    struct record_sample sample;
    record_sample_init(&sample);
    sample.elapsed_ns = sampler_elapsed_ns(sampler);
    sample.cycle = sampler->record->cycles_done;
    sample.role = role;
    sample.phase = sampler->phase;
    sample.at_round_end = look == LOOK_ROUND_END;
    if (tree->follows)
        sample.processes = (int64_t)role_tree_living(tree);
    int code = role_tree_read_statm(tree, &sample.rss_bytes, &sample.rss_anon_bytes);
    if (look != LOOK_CHEAP && code != -ESRCH)
        make_exact(sampler, role, look, &sample);
    if (sample.rss_bytes < 0)
        return; /* it is gone, and the supervisor says so; or it is changing */
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        sample.stat[i] = stats ? stats->value[i] : ALLOCATOR_NA;
    if (role == RECORD_PRIMARY) {
        sampler->last_rss_bytes = sample.rss_bytes;
        sampler->last_rss_anon_bytes = sample.rss_anon_bytes;
    }
    record_add_sample(sampler->record, &sample);
}

/* What several share may have changed. */
static void look_again(struct sampler *sampler, size_t role)
{
    struct role_tree *tree = &sampler->trees[role];
    struct record_sample unused;
    record_sample_init(&unused);
    if (tree->several && role_tree_read_exact(tree, &unused) == 0)
        role_tree_note(tree, sampler_elapsed_ns(sampler), &sampler->record->roles[role]);
}

void sampler_walk(struct sampler *sampler, size_t role, const struct process_tree *others, bool now)
{
    struct role_tree *tree = &sampler->trees[role];
    struct record_role *of = &sampler->record->roles[role];
    int64_t before_ns = clock_thread_cpu_ns();
    if (!tree->follows || !tree->attached ||
        (!now && clock_now_ns() - tree->walked_ns < SAMPLER_WALK_NS))
        return;
    role_tree_walk(tree, others);
    if (tree->changed && (now || !too_dear(sampler, of, sampler_elapsed_ns(sampler)))) {
        look_again(sampler, role);
        of->exact_cpu_ns =
            (of->exact_cpu_ns < 0 ? 0 : of->exact_cpu_ns) + clock_thread_cpu_ns() - before_ns;
    }
    if (sampler->base_ns && !sampler->ended)
        sampler->record->sampler_cpu_ns += clock_thread_cpu_ns() - before_ns;
}

void sampler_tick(struct sampler *sampler)
{
    if (!sampler->base_ns || sampler->ended)
        return;
    int64_t before_ns = clock_thread_cpu_ns();
    for (size_t i = 0; i < sampler->count; i++)
        sampler_add(sampler, i, NULL, LOOK_CHEAP);
    sampler->record->sampler_cpu_ns += clock_thread_cpu_ns() - before_ns;
    sampler->record->sampler_ticks++;
}

void sampler_snapshot(struct sampler *sampler, size_t role, enum record_phase phase,
                      const struct allocator_stats *stats, int64_t stat_read_ns)
{
    struct record_snapshot *snapshot = &sampler->record->roles[role].snapshot[phase];
    struct role_tree *tree = &sampler->trees[role];
    snapshot->elapsed_ns = sampler_elapsed_ns(sampler);
    look_again(sampler, role);
    role_tree_read_snapshot(tree, snapshot);
    snapshot->stack_bytes = role_tree_stack_bytes(tree);
    (void)memcpy(snapshot->stat, stats->value, sizeof snapshot->stat);
    snapshot->stat_read_ns = stat_read_ns;
    (void)procfs_reset_peak(&tree->list[0].procfs);
}

void sampler_snapshot_life(struct sampler *sampler, size_t role, enum record_phase phase)
{
    struct record_snapshot *snapshot = &sampler->record->roles[role].snapshot[phase];
    fields_clear(record_snapshot_fields, record_snapshot_field_count, snapshot);
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        snapshot->stat[i] = ALLOCATOR_NA;
    snapshot->taken = true;
    snapshot->elapsed_ns = sampler_elapsed_ns(sampler);
    snapshot->cpu_ns = snapshot->cpu_user_ns = snapshot->cpu_system_ns = 0;
    snapshot->minor_faults = snapshot->major_faults = 0;
    if (phase != PHASE_START)
        role_tree_add_life(&sampler->trees[role], snapshot);
}

void sampler_close(struct sampler *sampler)
{
    for (size_t i = 0; i < sampler->count; i++)
        role_tree_close(&sampler->trees[i]);
    free(sampler->trees);
    *sampler = (struct sampler){.count = 0};
}
