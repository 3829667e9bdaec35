#include "metric_samples.h"

#include <math.h>
#include <stdlib.h>

#include "cleanup.h"

/* Less is the noise of pages, and nothing to give back. */
enum { WORTH_GIVING_BACK_BYTES = 256 << 10 };

static const struct record_role *subject_of(const struct metric_input *input)
{
    return &input->record->roles[input->role];
}

static double unavailable(const char *why, const char **out_why)
{
    *out_why = why;
    return NAN;
}

/* Of the subject, and before it was asked to leave: what leaving does to memory is nobody's. */
static bool counts(const struct metric_input *input, const struct record_sample *sample)
{
    int64_t end_ns = input->record->phase_end_ns[PHASE_RELEASED];
    return sample->role == input->role && (end_ns < 0 || sample->elapsed_ns <= end_ns);
}

double metric_rss_peak(const struct metric *metric, const struct metric_input *input,
                       const char **out_why)
{
    (void)metric;
    const struct record *record = input->record;
    int64_t peak = RECORD_NA;
    for (size_t i = 0; i < record->sample_count; i++)
        if (counts(input, &record->samples[i]) && record->samples[i].rss_bytes > peak)
            peak = record->samples[i].rss_bytes;
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        const struct record_snapshot *snapshot = &subject_of(input)->snapshot[phase];
        if (snapshot->taken && snapshot->rss_bytes > peak)
            peak = snapshot->rss_bytes;
        if (snapshot->taken && phase != PHASE_START && snapshot->rss_peak_bytes > peak)
            peak = snapshot->rss_peak_bytes;
    }
    return peak >= 0 ? (double)peak : unavailable("RSS was never sampled", out_why);
}

static int64_t largest_rss_file(const struct metric_input *input)
{
    const struct record *record = input->record;
    int64_t largest = 0;
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct record_sample *sample = &record->samples[i];
        if (counts(input, sample) && sample->rss_bytes - sample->rss_anon_bytes > largest)
            largest = sample->rss_bytes - sample->rss_anon_bytes;
    }
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        const struct record_snapshot *snapshot = &subject_of(input)->snapshot[phase];
        if (snapshot->taken && snapshot->rss_bytes - snapshot->rss_anon_bytes > largest)
            largest = snapshot->rss_bytes - snapshot->rss_anon_bytes;
    }
    return largest;
}

double metric_rss_anon_peak(const struct metric *metric, const struct metric_input *input,
                            const char **out_why)
{
    (void)metric;
    const struct record *record = input->record;
    int64_t file = largest_rss_file(input);
    int64_t peak = RECORD_NA;
    for (size_t i = 0; i < record->sample_count; i++)
        if (counts(input, &record->samples[i]) && record->samples[i].rss_anon_bytes > peak)
            peak = record->samples[i].rss_anon_bytes;
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        const struct record_snapshot *snapshot = &subject_of(input)->snapshot[phase];
        if (snapshot->taken && snapshot->rss_anon_bytes > peak)
            peak = snapshot->rss_anon_bytes;
        if (snapshot->taken && phase != PHASE_START && snapshot->rss_peak_bytes - file > peak)
            peak = snapshot->rss_peak_bytes - file;
    }
    return peak >= 0 ? (double)peak : unavailable("anonymous RSS was never sampled", out_why);
}

struct look {
    int64_t elapsed_ns;
    double cycles, bytes;
};

/* Work between two counts of cycles is taken to go on evenly: `count` looks saw the one, the look
 * after them the other. */
static void spread_work(struct look *looks, size_t count)
{
    const struct look first = looks[0], next = looks[count];
    double time_ns = fmax(1, (double)(next.elapsed_ns - first.elapsed_ns));
    for (size_t i = 1; i < count; i++)
        looks[i].cycles += (next.cycles - first.cycles) *
                           (double)(looks[i].elapsed_ns - first.elapsed_ns) / time_ns;
}

/* All looks at the subject during the churn; `out` has room for as many as there are samples. */
static size_t looks_over_work(const struct metric_input *input, struct look *out)
{
    const struct record *record = input->record;
    size_t count = 0, since = 0;
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct record_sample *sample = &record->samples[i];
        if (sample->role != input->role || sample->phase != PHASE_CHURN ||
            sample->rss_anon_bytes < 0)
            continue;
        out[count] = (struct look){.elapsed_ns = sample->elapsed_ns,
                                   .cycles = (double)sample->cycle,
                                   .bytes = (double)sample->rss_anon_bytes};
        if (out[count].cycles > out[since].cycles) {
            spread_work(&out[since], count - since);
            since = count;
        }
        count++;
    }
    return count;
}

double metric_rss_anon_plateau(const struct metric *metric, const struct metric_input *input,
                               const char **out_why)
{
    (void)metric;
    const double begin = 2.0 / 3 * (double)input->record->cycles_done;
    AUTO_FREE struct look *looks = calloc(input->record->sample_count + 1, sizeof *looks);
    double cycles = 0, byte_cycles = 0;
    if (!looks)
        abort();
    size_t count = looks_over_work(input, looks);
    for (size_t i = 1; i < count; i++) {
        const struct look *from = &looks[i - 1], *to = &looks[i];
        double before = fmax(0, begin - from->cycles), work = to->cycles - from->cycles;
        if (work <= before)
            continue;
        double at_begin = from->bytes + (to->bytes - from->bytes) * before / work;
        cycles += work - before;
        byte_cycles += (at_begin + to->bytes) / 2 * (work - before);
    }
    return cycles > 0 ? byte_cycles / cycles
                      : unavailable("nothing was sampled in the last third of the churn", out_why);
}

double metric_anon_huge_peak(const struct metric *metric, const struct metric_input *input,
                             const char **out_why)
{
    (void)metric;
    const struct record *record = input->record;
    int64_t peak = RECORD_NA;
    for (size_t i = 0; i < record->sample_count; i++)
        if (counts(input, &record->samples[i]) && record->samples[i].anon_huge_bytes > peak)
            peak = record->samples[i].anon_huge_bytes;
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        const struct record_snapshot *snapshot = &subject_of(input)->snapshot[phase];
        if (snapshot->taken && snapshot->anon_huge_bytes > peak)
            peak = snapshot->anon_huge_bytes;
    }
    return peak >= 0 ? (double)peak : unavailable("the kernel did not tell AnonHugePages", out_why);
}

double metric_rss_anon_integral(const struct metric *metric, const struct metric_input *input,
                                const char **out_why)
{
    (void)metric;
    const struct record *record = input->record;
    const struct record_sample *before = NULL;
    int64_t end_ns = record->phase_end_ns[PHASE_QUIET];
    double sum = 0;
    for (size_t i = 0; i < record->sample_count && end_ns >= 0; i++) {
        const struct record_sample *sample = &record->samples[i];
        if (sample->role != input->role || sample->rss_anon_bytes < 0 ||
            sample->elapsed_ns > end_ns)
            continue;
        if (before)
            sum += ((double)before->rss_anon_bytes + (double)sample->rss_anon_bytes) / 2 *
                   (double)(sample->elapsed_ns - before->elapsed_ns) / 1e9;
        before = sample;
    }
    return sum > 0 ? sum : unavailable("anonymous RSS was not sampled to the end", out_why);
}

/* While the load went on, its end among it. */
static double peak_of_load(const struct metric_input *input)
{
    const struct record *record = input->record;
    double peak = (double)subject_of(input)->snapshot[PHASE_CHURN].rss_anon_bytes;
    for (size_t i = 0; i < record->sample_count; i++)
        if (record->samples[i].role == input->role &&
            record->samples[i].elapsed_ns <= record->phase_end_ns[PHASE_CHURN])
            peak = fmax(peak, (double)record->samples[i].rss_anon_bytes);
    return peak;
}

double metric_half_back(const struct metric_input *input, bool *out_never, const char **out_why)
{
    const struct record *record = input->record;
    const struct record_snapshot *start = &subject_of(input)->snapshot[PHASE_START];
    const struct record_snapshot *end = &subject_of(input)->snapshot[PHASE_CHURN];
    int64_t from_ns = record->phase_end_ns[PHASE_CHURN], to_ns = record->phase_end_ns[PHASE_QUIET];
    *out_never = false;
    if (!start->taken || !end->taken || start->rss_anon_bytes < 0 || end->rss_anon_bytes < 0 ||
        from_ns < 0 || to_ns < 0)
        return unavailable("the subject was not looked at when the load began and ended", out_why);
    const double base = (double)start->rss_anon_bytes, peak = peak_of_load(input);
    if (peak - base < WORTH_GIVING_BACK_BYTES)
        return unavailable("it had not risen by 256 KiB: there is nothing to give back", out_why);
    if ((double)end->rss_anon_bytes <= (base + peak) / 2)
        return 0;
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct record_sample *sample = &record->samples[i];
        if (sample->role == input->role && sample->rss_anon_bytes >= 0 &&
            sample->elapsed_ns > from_ns && sample->elapsed_ns <= to_ns &&
            (double)sample->rss_anon_bytes <= (base + peak) / 2)
            return (double)(sample->elapsed_ns - from_ns);
    }
    *out_never = true;
    return (double)(to_ns - from_ns);
}

double metric_half_back_time(const struct metric *metric, const struct metric_input *input,
                             const char **out_why)
{
    (void)metric;
    bool never = false;
    double time_ns = metric_half_back(input, &never, out_why);
    return never ? unavailable("half of it was not given back within the quiet time", out_why)
                 : time_ns;
}
