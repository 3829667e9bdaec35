#include "replay_rule.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "memory_stream.h"
#include "replay_text.h"
#include "result.h"

bool replay_rule_ranks(const struct replay_check *check)
{
    return !check->is_trace || check->grade == REPLAY_GOOD;
}

static bool is_end(enum metric_id metric)
{
    return metric == METRIC_RSS_ANON_END || metric == METRIC_RSS_ANON_QUIET ||
           metric == METRIC_RSS_END || metric == METRIC_RSS_QUIET ||
           metric == METRIC_RSS_LESS_LAZY_QUIET;
}

double replay_rule_unsure(const struct replay_check *check, enum metric_id metric)
{
    if (!check->is_trace || metrics[metric].unit != UNIT_BYTES)
        return 0;
    const double peak = check->apart[REPLAY_PEAK], end = check->apart[REPLAY_END];
    return log1p(is_end(metric) ? end : metric == METRIC_RSS_ANON_PEAK ? peak : fmax(peak, end));
}

bool replay_rule_near(const struct replay_check *check, enum metric_id metric, double ratio)
{
    if (check->is_trace && check->ends_unsure && is_end(metric))
        return true;
    return fabs(log(ratio)) < replay_rule_unsure(check, metric);
}

enum comparison_word replay_rule_word(const struct replay_check *check, enum metric_id metric,
                                      double ratio, enum comparison_word word)
{
    if (!replay_rule_ranks(check))
        return COMPARISON_NOT_RANKED;
    if (word == COMPARISON_UNDECIDED || !replay_rule_near(check, metric, ratio))
        return word;
    return COMPARISON_NOT_TOLD_APART;
}

/* What hosts agree on is left of nothing. */
void replay_rule_comparisons(struct result_workload *workload)
{
    for (size_t i = 0; i < COMPARED_METRICS; i++) {
        struct result_comparison *comparison = &workload->comparisons[i];
        for (size_t k = 0; k < comparison->pair_count; k++) {
            struct comparison *pair = &comparison->pairs[k];
            enum comparison_word word =
                replay_rule_word(&workload->replay, comparison->metric, pair->ratio, pair->word);
            if (word == pair->word)
                continue;
            pair->word = word;
            pair->hosts_agree = 0;
            pair->hosts_differ = false;
        }
    }
}

char *replay_rule_remark(const struct replay_check *check)
{
    char *text = NULL;
    if (!replay_rule_ranks(check)) {
        if (asprintf(&text,
                     "The replay is %s, so no row is called better or worse than another, nor the "
                     "same.",
                     replay_grade_names[check->grade]) < 0)
            abort();
    } else if (check->is_trace) {
        struct memory_stream memory;
        FILE *out = memory_stream_open(&memory);
        (void)fputs("Memory that differs by less than ", out);
        replay_text_apart(out, check);
        (void)fputs(" is not told apart: that is twice what the replay is off, or what the program "
                    "differs by itself.",
                    out);
        text = memory_stream_close(&memory);
    }
    return text;
}

const char *replay_rule_advice(const struct result_workload *workload)
{
    return replay_rule_ranks(&workload->replay) ? workload->recommendation
                                                : workload->replay.sentence;
}
