#include "tune_rung.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { THIRD = 3, JOINED_FROM = 3, DEFAULTS = 2 };

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t tune_least_trials(const struct tune_settings *wanted)
{
    return least(DEFAULTS + TUNE_LEAST_SETTINGS, (int64_t)wanted->count) * TUNE_FIRST_BLOCKS;
}

double tune_rung_share(size_t rung)
{
    static const double shares[TUNE_RUNGS] = {0, 0.6, 0.5, 1};
    return rung < TUNE_RUNGS ? shares[rung] : 0;
}

static void add(struct tune_settings *settings, const struct tune_setting *setting)
{
    if (settings->count < TUNE_SETTINGS_MAX)
        settings->list[settings->count++] = *setting;
}

static void begin(const struct tune_settings *wanted, struct tune_rung *out)
{
    *out = (struct tune_rung){.blocks = 0};
    for (size_t i = 0; i < DEFAULTS; i++)
        add(&out->settings, &wanted->list[i]);
}

/* Three fifths of the time at most, and two fifths where that gives every one two blocks. */
static int first(int64_t trials, const struct tune_settings *wanted, struct tune_rung *out,
                 struct err *err)
{
    const int64_t all = (int64_t)wanted->count;
    int64_t fits = (int64_t)((double)trials * tune_rung_share(1)) / TUNE_FIRST_BLOCKS;
    const int64_t needed = tune_least_trials(wanted);
    const int64_t settings = needed / TUNE_FIRST_BLOCKS - DEFAULTS;
    if (trials < needed)
        return err_set(err, -ENOSPC,
                       "there is time for %" PRId64 " trial%s; the default twice and %" PRId64
                       " setting%s in %d blocks are %" PRId64,
                       trials, trials == 1 ? "" : "s", settings, settings == 1 ? "" : "s",
                       TUNE_FIRST_BLOCKS, needed);
    if (fits < DEFAULTS + TUNE_LEAST_SETTINGS)
        fits = DEFAULTS + TUNE_LEAST_SETTINGS;
    const int64_t taken = least(fits, all);
    for (int64_t i = DEFAULTS; i < taken; i++)
        add(&out->settings, &wanted->list[i]);
    out->left_out = (size_t)(all - taken);
    out->blocks = least(trials * 2 / 5 / taken, TUNE_MOST_BLOCKS / 2);
    if (out->blocks < TUNE_FIRST_BLOCKS)
        out->blocks = TUNE_FIRST_BLOCKS;
    return 0;
}

static bool is_known(const struct tune_data *data, const char *name)
{
    for (size_t i = 0; i < data->settings.count; i++)
        if (strcmp(data->settings.list[i].name, name) == 0)
            return true;
    return false;
}

/* The best ones that promise a gain, in pairs. */
static void join(const struct tune_data *data, const struct tune_choice *choice,
                 const size_t *ranked, size_t count, struct tune_rung *out)
{
    size_t from[JOINED_FROM];
    size_t used = 0;
    for (size_t i = 0; i < count && used < JOINED_FROM; i++)
        if (choice->line[ranked[i]].score < 0)
            from[used++] = ranked[i];
    for (size_t i = 0; i < used; i++)
        for (size_t j = i + 1; j < used; j++) {
            struct tune_setting both;
            if (tune_setting_join(&data->settings.list[from[i]], &data->settings.list[from[j]],
                                  &both) &&
                !is_known(data, both.name))
                add(&out->settings, &both);
        }
}

/* The most promising third goes on. */
static void later(size_t rung, int64_t trials, const struct tune_data *data,
                  const struct recommend_weights *weights, struct tune_rung *out)
{
    struct tune_choice choice;
    size_t ranked[TUNE_SETTINGS_MAX];
    tune_choose(data, weights, true, &choice);
    const size_t count = tune_rank(data, &choice, ranked);
    size_t of_last = 0;
    for (size_t i = 0; i < count; i++) /* only those of the last rung */
        for (size_t b = 0; b < data->blocks; b++)
            if (data->rung[b] == rung - 1 &&
                data->value[TUNE_MEMORY][ranked[i] * data->blocks + b] > 0) {
                ranked[of_last++] = ranked[i];
                break;
            }
    size_t kept = (of_last + THIRD - 1) / THIRD;
    if (rung == 2 && kept < TUNE_LEAST_SETTINGS)
        kept = of_last < TUNE_LEAST_SETTINGS ? of_last : TUNE_LEAST_SETTINGS;
    for (size_t i = 0; i < kept; i++)
        add(&out->settings, &data->settings.list[ranked[i]]);
    if (rung == 2)
        join(data, &choice, ranked, kept, out);
    if (out->settings.count == DEFAULTS)
        return;
    const int64_t share = (int64_t)((double)trials * tune_rung_share(rung));
    out->blocks = least(share / (int64_t)out->settings.count, TUNE_MOST_BLOCKS);
    if (out->blocks == 0 && trials >= (int64_t)out->settings.count)
        out->blocks = 1;
}

int tune_rung_next(size_t rung, int64_t trials, const struct tune_settings *wanted,
                   const struct tune_data *data, const struct recommend_weights *weights,
                   struct tune_rung *out, struct err *err)
{
    begin(wanted, out);
    if (rung == 0)
        out->blocks = 1;
    else if (rung == 1)
        return first(trials, wanted, out, err);
    else if (rung < TUNE_RUNGS)
        later(rung, trials, data, weights, out);
    return 0;
}
