#include "tune_choice.h"

#include <math.h>
#include <string.h>

static const double lenient_p = 0.10;

enum { FLIP_STEPS = 100 };

static double counted(const struct tune_effect *effect, bool lenient)
{
    const bool sure = effect->word == TUNE_LESS || effect->word == TUNE_MORE;
    const bool hoped =
        lenient && (effect->p < lenient_p || (isnan(effect->p) && effect->ratio > 0));
    const bool feared = effect->low > 1;
    return sure || hoped || feared ? log(effect->ratio) : 0;
}

/* Does `a` cost less in something and more in nothing? */
static bool dominates(const struct tune_choice *choice, size_t a, size_t b)
{
    bool less = false;
    for (size_t c = 0; c < TUNE_COSTS; c++) {
        if (choice->line[a].seen[c] > choice->line[b].seen[c])
            return false;
        less = less || choice->line[a].seen[c] < choice->line[b].seen[c];
    }
    return less;
}

static void weigh(const struct tune_data *data, const struct recommend_weights *weights,
                  struct tune_choice *out)
{
    double sum = 0;
    for (size_t c = 0; c < TUNE_COSTS; c++) {
        out->told[c] = tune_data_shared(data, TUNE_DEFAULT, c) > 0;
        out->weights.share[c] = out->told[c] ? weights->share[c] : 0;
        sum += out->weights.share[c];
    }
    for (size_t c = 0; sum > 0 && c < TUNE_COSTS; c++)
        out->weights.share[c] /= sum;
}

static double score_at(const struct tune_choice *choice, size_t line, const double *share)
{
    double score = 0;
    for (size_t c = 0; c < TUNE_COSTS; c++)
        score += share[c] * choice->line[line].seen[c];
    return score;
}

/* The default, unless another one gains enough. */
static int best_at(const struct tune_data *data, const struct tune_choice *choice,
                   const double *share)
{
    int best = TUNE_DEFAULT;
    if (data->unranked)
        return best;
    double lowest = log(1 - TUNE_MARGIN);
    for (size_t i = TUNE_DEFAULT_AGAIN + 1; i < choice->count; i++) {
        double score = score_at(choice, i, share);
        if (*data->trouble[i] || score >= lowest - 1e-9)
            continue;
        lowest = score;
        best = (int)i;
    }
    return best;
}

static int best_at_memory(const struct tune_data *data, const struct tune_choice *choice,
                          double memory)
{
    const double others = 1 - choice->weights.share[TUNE_MEMORY];
    double share[TUNE_COSTS];
    for (size_t c = 0; c < TUNE_COSTS; c++)
        share[c] = c == TUNE_MEMORY ? memory
                   : others > 0     ? choice->weights.share[c] * (1 - memory) / others
                                    : 0;
    return best_at(data, choice, share);
}

static void find_flips(const struct tune_data *data, struct tune_choice *out)
{
    const double memory = out->weights.share[TUNE_MEMORY];
    out->flip_below = out->flip_above = NAN;
    out->flip_below_line = out->flip_above_line = TUNE_NOTHING;
    for (int step = 1; step <= FLIP_STEPS && memory > 0 && memory < 1; step++) {
        const double below = memory - (double)step / FLIP_STEPS;
        const double above = memory + (double)step / FLIP_STEPS;
        int line = below >= 0 ? best_at_memory(data, out, below) : out->best;
        if (out->flip_below_line == TUNE_NOTHING && line != out->best) {
            out->flip_below_line = line;
            out->flip_below = below;
        }
        line = above <= 1 ? best_at_memory(data, out, above) : out->best;
        if (out->flip_above_line == TUNE_NOTHING && line != out->best) {
            out->flip_above_line = line;
            out->flip_above = above;
        }
    }
}

static bool is_part(const struct tune_setting *part, const struct tune_setting *whole)
{
    for (size_t i = 0; part->count == 1 && i < whole->count; i++)
        if (part->choice[0].knob == whole->choice[i].knob &&
            strcmp(part->choice[0].value, whole->choice[i].value) == 0)
            return true;
    return false;
}

/* Nothing was seen of a cost of settings joined: that of the dearest of them. */
static void inherit(const struct tune_data *data, size_t line, struct tune_choice *choice)
{
    const struct tune_setting *setting = &data->settings.list[line];
    for (size_t c = 0; c < TUNE_COSTS && setting->count > 1; c++) {
        double *seen = &choice->line[line].seen[c];
        if (*seen != 0 || choice->line[line].effect[c].word == TUNE_SAME)
            continue;
        for (size_t i = TUNE_DEFAULT_AGAIN + 1; i < choice->count; i++)
            if (is_part(&data->settings.list[i], setting))
                *seen = fmax(*seen, choice->line[i].seen[c]);
    }
}

void tune_choose(const struct tune_data *data, const struct recommend_weights *weights,
                 bool lenient, struct tune_choice *out)
{
    *out = (struct tune_choice){.count = data->settings.count};
    weigh(data, weights, out);
    struct tune_effect effects[TUNE_COSTS][TUNE_SETTINGS_MAX];
    tune_effects(data, effects);
    for (size_t c = 0; c < TUNE_COSTS; c++) {
        for (size_t i = 0; i < out->count; i++) {
            out->line[i].effect[c] = effects[c][i];
            out->line[i].seen[c] = i > TUNE_DEFAULT_AGAIN ? counted(&effects[c][i], lenient) : 0;
        }
        if (out->count > TUNE_DEFAULT_AGAIN)
            out->default_differs |= effects[c][TUNE_DEFAULT_AGAIN].word == TUNE_LESS ||
                                    effects[c][TUNE_DEFAULT_AGAIN].word == TUNE_MORE;
    }
    for (size_t i = 0; i < out->count; i++)
        inherit(data, i, out);
    for (size_t i = 0; i < out->count; i++)
        out->line[i].score = score_at(out, i, out->weights.share);
    for (size_t i = 0; i < out->count; i++) {
        bool dominated = i == TUNE_DEFAULT_AGAIN || *data->trouble[i];
        bool differs = i == TUNE_DEFAULT;
        for (size_t c = 0; c < TUNE_COSTS; c++)
            differs = differs || out->line[i].seen[c] != 0;
        for (size_t j = 0; j < out->count; j++)
            dominated = dominated || (!*data->trouble[j] && dominates(out, j, i));
        out->line[i].on_frontier = differs && !dominated && !data->unranked;
    }
    out->best = best_at(data, out, out->weights.share);
    find_flips(data, out);
}

size_t tune_rank(const struct tune_data *data, const struct tune_choice *choice, size_t *out)
{
    bool taken[TUNE_SETTINGS_MAX] = {false};
    size_t count = 0, before = SIZE_MAX;
    for (size_t i = 0; i < choice->count; i++)
        taken[i] = i <= TUNE_DEFAULT_AGAIN || *data->trouble[i];
    while (count != before) {
        const size_t layer = before = count;
        bool next[TUNE_SETTINGS_MAX] = {false};
        for (size_t i = 0; i < choice->count; i++) {
            next[i] = !taken[i];
            for (size_t j = 0; j < choice->count; j++)
                next[i] = next[i] && (taken[j] || !dominates(choice, j, i));
        }
        for (size_t i = 0; i < choice->count; i++) {
            if (!next[i])
                continue;
            size_t at = count++;
            for (; at > layer && choice->line[out[at - 1]].score > choice->line[i].score; at--)
                out[at] = out[at - 1];
            out[at] = i;
            taken[i] = true;
        }
    }
    return count;
}
