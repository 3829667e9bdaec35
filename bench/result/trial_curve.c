#include "trial_curve.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "trend.h"

enum { EXACT_ENOUGH = 60 };

/* Which samples are points. */
struct choice {
    const struct record *record;
    size_t role;
    bool round_ends, exact;
};

static double known(int64_t value)
{
    return value >= 0 ? (double)value : NAN;
}

static bool is_point(const struct choice *choice, const struct record_sample *sample)
{
    return sample->role == choice->role && sample->phase == PHASE_CHURN &&
           sample->rss_anon_bytes >= 0 && (!choice->round_ends || sample->at_round_end) &&
           (!choice->exact || sample->pss_bytes >= 0);
}

static size_t count_points(const struct choice *choice)
{
    size_t count = 0;
    for (size_t i = 0; i < choice->record->sample_count; i++)
        count += is_point(choice, &choice->record->samples[i]);
    return count;
}

static double books_of(const int64_t stat[ALLOCATOR_STAT_COUNT])
{
    int64_t metadata = stat[STAT_METADATA] > 0 ? stat[STAT_METADATA] : 0;
    return stat[STAT_HEAP] >= 0 ? (double)(stat[STAT_HEAP] + metadata) : NAN;
}

static void set(struct memory_curve *curve, size_t row, enum memory_column column, double value)
{
    memory_curve_add(curve, column)[row] = value;
}

/* Pages of files are what is neither anonymous nor shared memory. */
static void set_files(struct memory_curve *curve, size_t row)
{
    double shmem = memory_curve_at(curve, MEMORY_SHMEM, row);
    double files = memory_curve_at(curve, MEMORY_RSS, row) -
                   memory_curve_at(curve, MEMORY_RSS_ANON, row) - shmem;
    set(curve, row, MEMORY_FILE, isnan(files) ? NAN : fmax(0, files));
}

static void set_stats(struct memory_curve *curve, size_t row,
                      const int64_t stat[ALLOCATOR_STAT_COUNT])
{
    set(curve, row, MEMORY_LIVE, known(stat[STAT_LIVE]));
    set(curve, row, MEMORY_HEAP, books_of(stat));
    set(curve, row, MEMORY_ALLOCATOR_RESIDENT, known(stat[STAT_RESIDENT]));
}

static void set_point(struct memory_curve *curve, size_t row, const struct record_sample *sample,
                      double stack)
{
    set(curve, row, MEMORY_CYCLE, (double)sample->cycle);
    set(curve, row, MEMORY_ELAPSED, (double)sample->elapsed_ns / 1e9);
    set(curve, row, MEMORY_RSS, known(sample->rss_bytes));
    set(curve, row, MEMORY_RSS_ANON, known(sample->rss_anon_bytes));
    set(curve, row, MEMORY_LAZY_FREE, known(sample->lazy_free_bytes));
    set(curve, row, MEMORY_ANON_HUGE, known(sample->anon_huge_bytes));
    set(curve, row, MEMORY_SWAP, known(sample->swap_bytes));
    set(curve, row, MEMORY_SHMEM, known(sample->pss_shmem_bytes));
    set(curve, row, MEMORY_STACK, stack);
    set_stats(curve, row, sample->stat);
    set_files(curve, row);
}

static void set_moment(struct memory_curve *curve, size_t row,
                       const struct record_snapshot *snapshot, int64_t cycle)
{
    set(curve, row, MEMORY_CYCLE, (double)cycle);
    set(curve, row, MEMORY_ELAPSED, (double)snapshot->elapsed_ns / 1e9);
    set(curve, row, MEMORY_RSS, known(snapshot->rss_bytes));
    set(curve, row, MEMORY_RSS_ANON, known(snapshot->rss_anon_bytes));
    set(curve, row, MEMORY_LAZY_FREE, known(snapshot->lazy_free_bytes));
    set(curve, row, MEMORY_ANON_HUGE, known(snapshot->anon_huge_bytes));
    set(curve, row, MEMORY_SWAP, known(snapshot->swap_bytes));
    set(curve, row, MEMORY_SHMEM, known(snapshot->pss_shmem_bytes));
    set(curve, row, MEMORY_STACK, known(snapshot->stack_bytes));
    set_stats(curve, row, snapshot->stat);
    set_files(curve, row);
}

static void set_padding(struct memory_curve *curve, const struct record_snapshot *snapshot)
{
    curve->padding_told = snapshot->taken && snapshot->huge_zero_bytes >= 0;
    curve->padded_bytes = curve->padding_told ? (double)snapshot->anon_huge_bytes : 0;
    curve->padding_bytes = curve->padding_told ? (double)snapshot->huge_zero_bytes : 0;
}

static void forget_partial_columns(struct memory_curve *curve)
{
    for (size_t column = 0; column < MEMORY_COLUMNS; column++) {
        size_t row = 0;
        while (curve->column[column] && row < curve->count && !isnan(curve->column[column][row]))
            row++;
        if (row == curve->count || column == MEMORY_CYCLE)
            continue;
        free(curve->column[column]);
        curve->column[column] = NULL;
    }
}

void trial_curve_build(const struct record *record, size_t role, struct memory_curve *out)
{
    /* Where the statistics became too dear to read, ends of rounds were marked up to then only. */
    bool told = !record->roles[role].stats_at_phase_ends_only;
    struct choice choice = {.record = record, .role = role, .round_ends = told};
    size_t count = count_points(&choice);
    if (told && count == 0) {
        choice.round_ends = false;
        count = count_points(&choice);
    }
    struct choice exact = choice;
    exact.exact = true;
    size_t exact_count = count_points(&exact);
    if (exact_count >= EXACT_ENOUGH || exact_count == count) {
        choice = exact;
        count = exact_count;
    }

    const struct record_snapshot *start = &record->roles[role].snapshot[PHASE_START];
    bool from_start = choice.round_ends && count > 0 && start->taken && start->rss_anon_bytes >= 0;
    *out = (struct memory_curve){.count = count + from_start,
                                 .growth_alone = record->roles[role].level_unavailable != NULL};
    set_padding(out, &record->roles[role].snapshot[PHASE_CHURN]);
    double stack = known(record->roles[role].snapshot[PHASE_START].stack_bytes);
    size_t row = 0;
    if (from_start)
        set_moment(out, row++, start, 0);
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct record_sample *sample = &record->samples[i];
        if (sample->role == role && sample->stack_bytes >= 0)
            stack = (double)sample->stack_bytes;
        if (is_point(&choice, sample))
            set_point(out, row++, sample, stack);
    }
    if (!told)
        for (int column = MEMORY_LIVE; column <= MEMORY_ALLOCATOR_RESIDENT; column++) {
            free(out->column[column]);
            out->column[column] = NULL;
        }
    forget_partial_columns(out);
}

void trial_curve_moment(const struct record *record, size_t role, enum record_phase phase,
                        struct memory_curve *out)
{
    const struct record_snapshot *snapshot = &record->roles[role].snapshot[phase];
    *out = (struct memory_curve){.count = snapshot->taken && snapshot->rss_anon_bytes >= 0};
    if (out->count == 0)
        return;
    set_moment(out, 0, snapshot, record->cycles_done);
    set_padding(out, snapshot);
    for (int column = MEMORY_LIVE; column <= MEMORY_ALLOCATOR_RESIDENT; column++)
        if (record->roles[role].level_unavailable)
            memory_curve_add(out, (enum memory_column)column)[0] = NAN;
    forget_partial_columns(out);
}

void trial_curve_judge(const struct memory_curve *curve, struct attribution *out)
{
    attribution_judge(curve, out);
    trend_judge(curve->column[MEMORY_CYCLE], curve->column[MEMORY_RSS_ANON], curve->count,
                &trend_rss, &out->verdict.rss);
}
