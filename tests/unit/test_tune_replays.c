/*
 * Replays of whole tunings with made-up numbers: of settings that are all alike none is to be
 * called different, least of all the default from itself; what is different is to be found. An
 * argument: how many replays of each world, in place of 200. The seeds are the same each time.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "splitmix.h"
#include "tune_rung.h"

enum { KNOBS = 12, TRIALS = 58 };

static int replays = 200;

static const struct allocator_knob knobs[KNOBS];

/* What a world is like: spread of each cost, how unlike the settings' own spreads are, and what
 * setting 2 (the first knob) really does. */
struct world {
    const char *name;
    double noise[TUNE_COSTS];
    double unlike;
    double factor[TUNE_COSTS];
};

struct replay {
    const struct world *world;
    uint64_t random;
    struct tune_settings wanted;
    struct tune_data data;
    double own[TUNE_SETTINGS_MAX]; /* spread, as a factor */
};

static double normal(struct replay *replay)
{
    double u = splitmix_uniform(&replay->random), v = splitmix_uniform(&replay->random);
    return sqrt(-2 * log(1 - u)) * cos(2 * M_PI * v);
}

static void want(struct replay *replay)
{
    tune_settings_of(NULL, NULL, &replay->wanted);
    for (size_t i = 0; i < KNOBS; i++) {
        struct tune_setting *setting = &replay->wanted.list[replay->wanted.count++];
        *setting = (struct tune_setting){.count = 1, .choice[0].knob = &knobs[i]};
        (void)snprintf(setting->name, sizeof setting->name, "s%zu=1", i);
    }
}

static size_t index_of(struct tune_data *data, const struct tune_setting *setting)
{
    for (size_t i = 0; i < data->settings.count; i++)
        if (strcmp(data->settings.list[i].name, setting->name) == 0)
            return i;
    data->settings.list[data->settings.count] = *setting;
    return data->settings.count++;
}

static bool has_first_knob(const struct tune_setting *setting)
{
    for (size_t i = 0; i < setting->count; i++)
        if (setting->choice[i].knob == &knobs[0])
            return true;
    return false;
}

static void measure(struct replay *replay, const struct tune_rung *rung, size_t number,
                    size_t first)
{
    struct tune_data *data = &replay->data;
    for (size_t b = first; b < first + (size_t)rung->blocks; b++) {
        double drift[TUNE_COSTS];
        data->rung[b] = number;
        for (size_t c = 0; c < TUNE_COSTS; c++)
            drift[c] = 0.1 * normal(replay);
        for (size_t i = 0; i < rung->settings.count; i++) {
            size_t s = index_of(data, &rung->settings.list[i]);
            for (size_t c = 0; c < TUNE_COSTS; c++) {
                double noise = replay->world->noise[c] * replay->own[s] * normal(replay);
                double effect =
                    has_first_knob(&rung->settings.list[i]) ? log(replay->world->factor[c]) : 0;
                data->value[c][s * data->blocks + b] = exp(drift[c] + noise + effect);
            }
        }
    }
}

/* The columns of `data` for so many blocks; what is there stays. */
static void grow(struct tune_data *data, size_t blocks)
{
    struct tune_data more = *data;
    more.blocks = blocks;
    more.rung = calloc(blocks, sizeof *more.rung);
    memcpy(more.rung, data->rung, data->blocks * sizeof *more.rung);
    for (size_t c = 0; c < TUNE_VALUES; c++) {
        more.value[c] = calloc(TUNE_SETTINGS_MAX * blocks, sizeof(double));
        for (size_t i = 0; i < TUNE_SETTINGS_MAX * blocks; i++)
            more.value[c][i] = i % blocks < data->blocks
                                   ? data->value[c][i / blocks * data->blocks + i % blocks]
                                   : NAN;
        free(data->value[c]);
    }
    free(data->rung);
    *data = more;
}

static void play(struct replay *replay)
{
    int64_t trials = TRIALS;
    struct tune_rung rung;
    want(replay);
    replay->data = (struct tune_data){.settings.count = 2, .rung = calloc(1, sizeof(size_t))};
    memcpy(replay->data.settings.list, replay->wanted.list, 2 * sizeof *replay->wanted.list);
    for (size_t c = 0; c < TUNE_VALUES; c++)
        replay->data.value[c] = calloc(1, sizeof(double));
    for (size_t s = 0; s < TUNE_SETTINGS_MAX; s++)
        replay->own[s] = exp(replay->world->unlike * normal(replay));
    for (size_t r = 0; r < TUNE_RUNGS; r++) {
        assert_int_equal(tune_rung_next(r, trials, &replay->wanted, &replay->data,
                                        &recommend_weights_default, &rung, NULL),
                         0);
        if (rung.blocks == 0)
            break;
        size_t before = replay->data.blocks;
        grow(&replay->data, before + (size_t)rung.blocks);
        measure(replay, &rung, r, before);
        trials -= r == 0 ? 0 : rung.blocks * (int64_t)rung.settings.count;
    }
    assert_true(trials >= 0);
}

struct count {
    int itself;  /* the default is called different from itself */
    int any;     /* a setting that does nothing is called different */
    int found;   /* the one that does something, as it is */
    int advised; /* … and it, alone or with others, is what is advised */
};

static void count_replay(struct replay *replay, struct count *count)
{
    struct tune_choice choice;
    bool any = false, found = false;
    tune_choose(&replay->data, &recommend_weights_default, false, &choice);
    for (size_t i = 2; i < choice.count; i++)
        for (size_t c = 0; c < TUNE_COSTS; c++) {
            enum tune_word word = choice.line[i].effect[c].word;
            bool different = word == TUNE_LESS || word == TUNE_MORE;
            bool real =
                has_first_knob(&replay->data.settings.list[i]) && replay->world->factor[c] != 1;
            any = any || (different && !real);
            found = found || (real && c == TUNE_MEMORY && word == TUNE_LESS);
        }
    count->itself += choice.default_differs;
    count->any += any;
    count->found += found;
    count->advised += has_first_knob(&replay->data.settings.list[choice.best]);
}

static struct count replay_world(const struct world *world)
{
    struct count count = {0};
    for (int i = 0; i < replays; i++) {
        struct replay replay = {.world = world, .random = (uint64_t)i * 7919 + 1};
        play(&replay);
        count_replay(&replay, &count);
        tune_data_release(&replay.data);
    }
    print_message("%-24s of %d: itself %d, any %d, found %d, advised %d\n", world->name, replays,
                  count.itself, count.any, count.found, count.advised);
    return count;
}

#define ALIKE   \
    {           \
        1, 1, 1 \
    }

static void test_alike(void **state)
{
    (void)state;
    static const struct world worlds[] = {
        {"quiet", {.01, .02, .05}, 0, ALIKE},
        {"as measured", {.02, .05, .20}, 0, ALIKE},
        {"noisy", {.05, .10, .30}, 0, ALIKE},
        {"unlike, as measured", {.02, .05, .20}, .5, ALIKE},
        {"unlike, noisy", {.05, .10, .30}, .5, ALIKE},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(worlds); i++) {
        struct count count = replay_world(&worlds[i]);
        assert_true(count.itself <= replays / 100);
        assert_true(count.any <= replays / (worlds[i].unlike > 0 ? 5 : 20));
    }
}

static void test_what_is_there_is_found(void **state)
{
    (void)state;
    static const struct world worlds[] = {
        {"half the memory", {.02, .05, .20}, 0, {.5, 1, 1}},
        {"a tenth, for CPU", {.05, .05, .20}, .3, {.1, 1.3, 1}},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(worlds); i++) {
        struct count count = replay_world(&worlds[i]);
        assert_true(count.found >= replays * 99 / 100);
        assert_true(count.advised >= replays * 95 / 100);
        assert_true(count.itself <= replays / 100);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1)
        replays = (int)strtol(argv[1], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alike),
        cmocka_unit_test(test_what_is_there_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
