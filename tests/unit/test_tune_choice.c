/* tune_choice.c: what counts of settings, which are worth their price, and which one is. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tune_choice.h"

enum { BLOCKS = 6, SETTINGS = 5 };

static const struct allocator_knob decay = {.name = "decay"}, muzzy = {.name = "muzzy"};

/* Memory and CPU against the default, and the spread of CPU over blocks. */
static const struct {
    const char *name;
    const struct allocator_knob *knobs[2];
    double memory, cpu, cpu_spread;
} measured[SETTINGS] = {
    {"", {NULL}, 1, 1, .01},
    {"again", {NULL}, 1.001, 1.002, .01},
    {"decay=0", {&decay}, .10, 1.30, .01},
    {"muzzy=0", {&muzzy}, .99, 1.001, .01},
    {"decay=0+muzzy=0", {&decay, &muzzy}, .17, 1.10, .25},
};

static void fill(struct tune_data *data)
{
    *data = (struct tune_data){.settings.count = SETTINGS, .blocks = BLOCKS};
    data->rung = calloc(BLOCKS, sizeof *data->rung);
    for (size_t v = 0; v < TUNE_VALUES; v++) {
        data->value[v] = calloc((size_t)TUNE_SETTINGS_MAX * BLOCKS, sizeof(double));
        for (size_t i = 0; i < (size_t)TUNE_SETTINGS_MAX * BLOCKS; i++)
            data->value[v][i] = NAN;
    }
    for (size_t s = 0; s < SETTINGS; s++) {
        struct tune_setting *setting = &data->settings.list[s];
        (void)snprintf(setting->name, sizeof setting->name, "%s", measured[s].name);
        for (size_t k = 0; k < 2 && measured[s].knobs[k]; k++) {
            setting->choice[setting->count].knob = measured[s].knobs[k];
            setting->choice[setting->count++].value[0] = '0';
        }
        for (size_t b = 0; b < BLOCKS; b++) {
            const double sign = b % 2 ? 1 : -1, small = .001 * (double)((s * 5 + b * 3) % 7);
            data->value[TUNE_MEMORY][s * BLOCKS + b] = measured[s].memory * exp(small);
            data->value[TUNE_CPU][s * BLOCKS + b] =
                measured[s].cpu * exp(sign * measured[s].cpu_spread + small);
        }
    }
}

/* A pair in whose noise the cost of one of them drowned is not cheaper than that one. */
static void test_a_pair_inherits_what_it_hides(void **state)
{
    (void)state;
    struct tune_data data;
    struct tune_choice choice;
    fill(&data);
    tune_choose(&data, &recommend_weights_default, false, &choice);
    assert_int_equal(choice.line[2].effect[TUNE_CPU].word, TUNE_MORE);
    assert_int_equal(choice.line[4].effect[TUNE_CPU].word, TUNE_NONE);
    assert_true(fabs(choice.line[4].seen[TUNE_CPU] - choice.line[2].seen[TUNE_CPU]) < 1e-9);
    assert_true(choice.line[2].on_frontier);
    assert_false(choice.line[4].on_frontier);
    assert_int_equal(choice.best, 2);
    assert_true(choice.flip_below_line != 4 && choice.flip_above_line != 4);
    tune_data_release(&data);
}

/* By a replay that is not near enough nothing is ranked, whatever was seen. */
static void test_nothing_is_ranked(void **state)
{
    (void)state;
    struct tune_data data;
    struct tune_choice choice;
    fill(&data);
    data.unranked = true;
    tune_choose(&data, &recommend_weights_default, false, &choice);
    assert_int_equal(choice.line[2].effect[TUNE_CPU].word, TUNE_MORE);
    assert_int_equal(choice.best, TUNE_DEFAULT);
    assert_true(choice.flip_below_line == TUNE_NOTHING && choice.flip_above_line == TUNE_NOTHING);
    for (size_t i = 0; i < choice.count; i++)
        assert_false(choice.line[i].on_frontier);
    tune_data_release(&data);
}

/* Memory of a replay is known to twice its error; CPU as ever. */
static void test_memory_within_the_error_of_a_replay(void **state)
{
    (void)state;
    struct tune_data data;
    struct tune_choice choice;
    fill(&data);
    tune_choose(&data, &recommend_weights_default, false, &choice);
    const double gain = choice.line[2].effect[TUNE_MEMORY].ratio;
    assert_int_equal(choice.line[2].effect[TUNE_MEMORY].word, TUNE_LESS);
    data.memory_unsure = -log(gain) - 0.01;
    tune_choose(&data, &recommend_weights_default, false, &choice);
    assert_int_equal(choice.line[2].effect[TUNE_MEMORY].word, TUNE_LESS);
    data.memory_unsure = -log(gain) + 0.01;
    tune_choose(&data, &recommend_weights_default, false, &choice);
    assert_int_equal(choice.line[2].effect[TUNE_MEMORY].word, TUNE_NONE);
    assert_int_equal(choice.line[2].effect[TUNE_CPU].word, TUNE_MORE);
    assert_int_equal(choice.best, TUNE_DEFAULT);
    tune_data_release(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_pair_inherits_what_it_hides),
                                       cmocka_unit_test(test_nothing_is_ranked),
                                       cmocka_unit_test(test_memory_within_the_error_of_a_replay)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
