#include "tune_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "metric_samples.h"
#include "result.h"
#include "scratch.h"

const char *const tune_cost_names[TUNE_VALUES] = {"memory", "CPU", "join p99", "half back"};

static double metric(const struct record *record, enum metric_id id)
{
    const char *why = NULL;
    const struct metric_input input = {.record = record, .role = RECORD_PRIMARY};
    return metric_of(id, &input, &why);
}

static double mean_over_time(const struct record *record)
{
    const int64_t end_ns = record->phase_end_ns[PHASE_QUIET];
    return end_ns > 0
               ? metric(record, METRIC_RSS_ANON_INTEGRAL) / (double)end_ns * (double)CLOCK_NS_PER_S
               : NAN;
}

static double mean_over_rounds(const struct record *record)
{
    double sum = 0, count = 0;
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct record_sample *sample = &record->samples[i];
        if (sample->role != RECORD_PRIMARY || !sample->at_round_end || sample->rss_anon_bytes < 0)
            continue;
        sum += (double)sample->rss_anon_bytes;
        count++;
    }
    return count > 0 ? sum / count : NAN;
}

static double peak(const struct record *record)
{
    return metric(record, METRIC_RSS_ANON_PEAK);
}

struct memory {
    double (*of)(const struct record *record);
    const char *called;
};

static const struct memory *memory_of(const struct workload *workload)
{
    static const struct memory usual = {mean_over_time,
                                        "anonymous RSS, mean over load and quiet time"};
    static const struct memory ends = {peak, "anonymous RSS at its peak"};
    static const struct memory virtual_time = {mean_over_rounds,
                                               "anonymous RSS, mean over the slices of the trace"};
    const bool is_virtual =
        spec_trace_given(&workload->trace) && workload->trace.mode != SPEC_TRACE_PACED;
    return workload->ends ? &ends : is_virtual ? &virtual_time : &usual;
}

/* The setting of a row; added when it is seen first. SIZE_MAX: its name is of no knob. */
static size_t index_of(struct tune_data *data, const char *row, const char *base,
                       const struct tune_settings *singles)
{
    const char *name = tune_setting_of_row(row, base);
    for (size_t i = 0; i < data->settings.count; i++)
        if (strcmp(data->settings.list[i].name, name) == 0)
            return i;
    if (data->settings.count == TUNE_SETTINGS_MAX ||
        !tune_setting_find(singles, name, &data->settings.list[data->settings.count]))
        return SIZE_MAX;
    return data->settings.count++;
}

static void take(const struct record *record, const struct memory *memory, size_t setting,
                 size_t block, struct tune_data *data)
{
    size_t at = setting * data->blocks + block;
    const struct metric_input input = {.record = record, .role = RECORD_PRIMARY};
    const char *why = NULL;
    data->value[TUNE_MEMORY][at] = memory->of(record);
    data->value[TUNE_CPU][at] = metric(record, METRIC_CPU_PER_1000_CYCLES) / 1000;
    data->value[TUNE_P99][at] = metric(record, METRIC_JOIN_P99);
    data->value[TUNE_BACK][at] =
        metric_half_back(&input, &data->back_never[at], &why) / (double)CLOCK_NS_PER_S;
}

/* Why all that was tried of it came to nothing; NULL: it did not, or was not tried yet. */
static const char *why_not(const struct result_row *row)
{
    for (size_t i = 0; row->valid == 0 && i < row->note_count; i++)
        if (row->notes[i].kind == NOTE_INVALID || row->notes[i].kind == NOTE_FAILED)
            return row->notes[i].reason;
    return NULL;
}

static bool has_number(const struct tune_data *data, size_t setting)
{
    for (size_t b = 0; b < data->blocks; b++)
        if (!isnan(data->value[TUNE_MEMORY][setting * data->blocks + b]))
            return true;
    return false;
}

static void take_row(const struct result_row *row, const struct memory *memory, size_t setting,
                     size_t first_block, tune_prove_fn *prove, void *context,
                     struct tune_data *data)
{
    char *trouble = data->trouble[setting];
    const char *misbehaved = why_not(row);
    data->trials += row->valid;
    data->disturbed += row->noisy;
    data->repeated += row->repeated;
    if (misbehaved && !has_number(data, setting))
        (void)snprintf(trouble, TUNE_TROUBLE_MAX, "%s", misbehaved);
    for (size_t i = 0; i < row->valid; i++) {
        if (prove && data->settings.list[setting].count > 0)
            prove(context, &data->settings.list[setting], row->records[i], trouble,
                  TUNE_TROUBLE_MAX, data->proof[setting], TUNE_PROOF_MAX);
        take(row->records[i], memory, setting, first_block + (size_t)row->records[i]->block - 1,
             data);
    }
}

void tune_data_build(const struct stored_run *rungs, size_t count, const char *base,
                     const struct tune_settings *singles, tune_prove_fn *prove, void *context,
                     struct tune_data *out)
{
    *out = (struct tune_data){.settings.count = 2};
    (void)memcpy(out->settings.list, singles->list, 2 * sizeof *singles->list);
    for (size_t r = 0; r < count; r++)
        out->blocks += (size_t)rungs[r].run.blocks;
    const size_t cells = TUNE_SETTINGS_MAX * out->blocks + 1;
    out->rung = calloc(out->blocks + 1, sizeof *out->rung);
    out->back_never = calloc(cells, sizeof *out->back_never);
    if (!out->rung || !out->back_never)
        abort();
    for (size_t v = 0; v < TUNE_VALUES; v++) {
        out->value[v] = scratch_doubles(cells);
        for (size_t i = 0; i < cells; i++)
            out->value[v][i] = NAN;
    }
    size_t block = 0;
    for (size_t r = 0; r < count; r++) {
        AUTO(result) struct result result;
        result_build(&rungs[r], &result);
        const struct memory *memory = memory_of(result.workloads[0].workload);
        out->memory_is = memory->called;
        for (size_t i = 0; i < result.workloads[0].row_count; i++) {
            const struct result_row *row = &result.workloads[0].rows[i];
            size_t setting = index_of(out, row->row->name, base, singles);
            if (setting != SIZE_MAX)
                take_row(row, memory, setting, block, prove, context, out);
        }
        for (int64_t b = 0; b < rungs[r].run.blocks; b++)
            out->rung[block++] = r;
    }
}

void tune_data_release(struct tune_data *data)
{
    for (size_t v = 0; v < TUNE_VALUES; v++)
        free(data->value[v]);
    free(data->rung);
    free(data->back_never);
    *data = (struct tune_data){.blocks = 0};
}

size_t tune_data_shared(const struct tune_data *data, size_t setting, size_t cost)
{
    size_t shared = 0;
    for (size_t b = 0; b < data->blocks; b++)
        shared += data->value[cost][b] > 0 && data->value[cost][setting * data->blocks + b] > 0;
    return shared;
}
