/* The price list as it is read: on a terminal, as a page, as JSON. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "cleanup.h"
#include "memory_stream.h"
#include "price_list.h"
#include "rendered.h"

static const struct allocator_knob knobs[] = {
    {.name = "background_thread",
     .variable = "MALLOC_CONF",
     .entry = "background_thread:",
     .join = ',',
     .values = (const char *const[]){"true", NULL}},
    {.name = "dirty_decay_ms",
     .variable = "MALLOC_CONF",
     .entry = "dirty_decay_ms:",
     .join = ',',
     .values = (const char *const[]){"0", NULL}},
    {.name = "narenas",
     .variable = "MALLOC_CONF",
     .entry = "narenas:",
     .join = ',',
     .values = (const char *const[]){"1", NULL}},
    {.name = "tcache",
     .variable = "MALLOC_CONF",
     .entry = "tcache:",
     .join = ',',
     .values = (const char *const[]){"false", NULL}},
    {.name = NULL},
};

enum { BLOCKS = 4 };

/* Two blocks of all, two of some. */
static const struct {
    double first[TUNE_VALUES]; /* of the first block */
    size_t blocks;
} measured[] = {
    {{46, 2.0, 4.0, 15}, 4},   {{46.4, 2.01, 4.4, 15}, 4}, {{18, 2.3, 4.3, 1.2}, 4},
    {{12, 3.1, 4.1, 0.02}, 4}, {{44, 2.05, 3.9, 15}, 2},   {{46, 2.0, 4.0, 15}, 2},
};

static double unit(size_t value)
{
    return value == TUNE_MEMORY ? 1024 * 1024 : value == TUNE_BACK ? 1 : 1e6;
}

/* A little drift and noise, the same each time. */
static double wobble(size_t setting, size_t block, size_t value)
{
    static const double share[TUNE_VALUES] = {.005, .01, .06, .0};
    return 1 + 0.02 * (double)block +
           share[value] * ((double)((setting * 7 + block * 3 + value * 3) % 5) - 2);
}

static void fill(struct tune_data *data)
{
    tune_settings_of(knobs, NULL, &data->settings);
    data->blocks = BLOCKS;
    data->memory_is = "anonymous RSS, mean over load and quiet time";
    data->trials = 20;
    data->disturbed = 1;
    data->repeated = 2;
    data->rung = calloc(BLOCKS, sizeof *data->rung);
    data->back_never = calloc(TUNE_SETTINGS_MAX * BLOCKS, sizeof *data->back_never);
    data->rung[2] = data->rung[3] = 1;
    for (size_t v = 0; v < TUNE_VALUES; v++) {
        data->value[v] = calloc(TUNE_SETTINGS_MAX * BLOCKS, sizeof(double));
        for (size_t s = 0; s < data->settings.count; s++)
            for (size_t b = 0; b < BLOCKS; b++)
                data->value[v][s * BLOCKS + b] =
                    b < measured[s].blocks ? measured[s].first[v] * unit(v) * wobble(s, b, v) : NAN;
    }
    for (size_t s = 0; s < data->settings.count; s++)
        for (size_t b = 0; b < BLOCKS; b++)
            data->back_never[s * BLOCKS + b] = measured[s].first[TUNE_BACK] > 2;
    (void)snprintf(data->trouble[5], sizeof data->trouble[5],
                   "did not take effect: opt.tcache reads back as true, not false");
    (void)snprintf(data->proof[4], sizeof data->proof[4], "cannot be read back: <nobody> tells");
}

struct fixture {
    struct tune_data data;
    struct tune_choice choice;
    struct price_list list;
};

static int build(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fill(&fixture->data);
    tune_choose(&fixture->data, &recommend_weights_default, false, &fixture->choice);
    fixture->list = (struct price_list){.workload = "storm",
                                        .question = "Who gives it back, & when?",
                                        .base = "jemalloc",
                                        .version = "5.3.0",
                                        .data = &fixture->data,
                                        .choice = &fixture->choice,
                                        .left_out = 2};
    *state = fixture;
    return 0;
}

static int drop(void **state)
{
    struct fixture *fixture = *state;
    tune_data_release(&fixture->data);
    free(fixture);
    return 0;
}

static char *printed(const struct price_list *list, const struct text_style *style)
{
    struct memory_stream memory;
    price_list_print(list, memory_stream_open(&memory), style);
    return memory_stream_close(&memory);
}

static void test_terminal(void **state)
{
    const struct fixture *fixture = *state;
    AUTO_FREE char *text = printed(&fixture->list, &text_style_plain);
    rendered_matches(text, "prices.txt");
    const struct text_style ascii = {.width = 80};
    AUTO_FREE char *plain = printed(&fixture->list, &ascii);
    for (const char *c = plain; *c; c++)
        assert_true((unsigned char)*c < 0x80);
}

static void test_page(void **state)
{
    const struct fixture *fixture = *state;
    struct memory_stream memory;
    price_list_page(&fixture->list, memory_stream_open(&memory));
    AUTO_FREE char *page = memory_stream_close(&memory);
    assert_non_null(strstr(page, "&lt;nobody&gt; tells"));
    assert_non_null(strstr(page, "back, &amp; when?"));
    assert_non_null(strstr(page, "<pre><code>MALLOC_CONF="));
    assert_non_null(strstr(page, "<rect x="));                 /* the default, marked */
    assert_non_null(strstr(page, "stroke-dasharray=\"5 3\"")); /* the frontier's line */
    assert_null(strstr(page, "\"nan"));
    assert_null(strstr(page, ">nan"));
}

static void test_json(void **state)
{
    const struct fixture *fixture = *state;
    struct memory_stream memory;
    price_list_json(&fixture->list, memory_stream_open(&memory));
    AUTO_FREE char *text = memory_stream_close(&memory);
    json_t *document = json_loads(text, 0, NULL);
    assert_non_null(document);
    const json_t *settings = json_object_get(document, "settings");
    assert_int_equal(json_array_size(settings), 6);
    const json_t *thread = json_array_get(settings, 2);
    assert_string_equal(json_string_value(json_object_get(thread, "environment")),
                        "MALLOC_CONF=background_thread:true");
    const json_t *memory_cost = json_object_get(thread, "memory_bytes");
    assert_string_equal(json_string_value(json_object_get(memory_cost, "effect")), "less");
    assert_true(json_is_null(json_object_get(thread, "trouble")));
    assert_true(json_is_string(json_object_get(json_array_get(settings, 5), "trouble")));
    json_decref(document);
}

/* Names that are longer than a terminal has room for are whole all the same. */
static void test_long_names(void **state)
{
    struct fixture *fixture = *state;
    (void)snprintf(fixture->data.settings.list[2].name, TUNE_NAME_MAX,
                   "max_total_thread_cache_bytes=134217728+aggressive_decommit=1");
    AUTO_FREE char *text = printed(&fixture->list, &text_style_plain);
    assert_non_null(strstr(text, "\nmax_total_thread_cache_bytes  "));
    assert_non_null(strstr(text, "\n  =134217728\n  +aggressive_decommit=1\n"));
}

/* The words of all kinds of effects. */
static void test_cells(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        struct tune_effect effect;
        const char *text;
    } cases[] = {
        {{TUNE_LESS, 4, .50, .47, .53, .001, .01}, "-50 ±3"},
        {{TUNE_MORE, 4, 1.2, 1.1, 1.3, .001, .01}, "+20 ±10"},
        {{TUNE_SAME, 4, 1.01, 1.005, 1.015, .01, .2},
         "same ±1"}, /* surely more, and as surely little */
        {{TUNE_NONE, 4, .91, .85, .97, .02, .3}, "(-9 ±6)"},
        {{TUNE_NONE, 4, 1, .9, 1.1, .9, 1}, "unseen ±10"},
        {{TUNE_NONE, 1, 1.3, NAN, NAN, NAN, NAN}, "unseen"},
        {{TUNE_NONE, 2, 1.3, .1, 90, .5, 1}, "unseen ±>99"},
        {{TUNE_UNKNOWN, 0, NAN, NAN, NAN, NAN, NAN}, "n/a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[PRICE_TEXT_MAX];
        fixture->choice.line[2].effect[TUNE_CPU] = cases[i].effect;
        assert_string_equal(price_cell(&fixture->list, 2, TUNE_CPU, true, text, sizeof text),
                            cases[i].text);
    }
}

/* Without joins there is neither a column nor a weight for them. */
static void test_a_program_has_no_joins(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < TUNE_SETTINGS_MAX * BLOCKS; i++)
        fixture->data.value[TUNE_P99][i] = NAN;
    tune_choose(&fixture->data, &recommend_weights_default, false, &fixture->choice);
    AUTO_FREE char *text = printed(&fixture->list, &text_style_plain);
    assert_null(strstr(text, "join p99   "));
    assert_non_null(strstr(text, "Weights: memory 67 %, CPU 33 %."));
}

static char sentence[] = "The replay indicates: it is 3 % off.";

/* Of a trace: what its replay may say of settings stands before all, or there is nothing to say. */
static void test_a_replay(void **state)
{
    struct fixture *fixture = *state;
    struct result_workload judged = {
        .replay = {.is_trace = true, .grade = REPLAY_GOOD, .error = .01, .sentence = sentence}};
    fixture->list.judged = &judged;
    AUTO_FREE char *good = printed(&fixture->list, &text_style_plain);
    assert_non_null(strstr(good, sentence));
    assert_non_null(strstr(good, "\nfrontier "));
    fixture->data.memory_unsure = log(1.1);
    AUTO_FREE char *small = printed(&fixture->list, &text_style_plain);
    assert_non_null(strstr(small, "10.0 %, twice"));
    fixture->data.memory_unsure = 0;
    judged.replay.grade = REPLAY_INDICATIVE;
    fixture->data.unranked = true;
    tune_choose(&fixture->data, &recommend_weights_default, false, &fixture->choice);
    AUTO_FREE char *text = printed(&fixture->list, &text_style_plain);
    assert_non_null(strstr(text, "No setting is recommended, and none called better or worse."));
    assert_null(strstr(text, "frontier"));
    assert_null(strstr(text, "Run jemalloc"));
    struct memory_stream memory;
    price_list_page(&fixture->list, memory_stream_open(&memory));
    AUTO_FREE char *page = memory_stream_close(&memory);
    assert_non_null(strstr(page, sentence));
    assert_null(strstr(page, "frontier"));
    assert_null(strstr(page, "word better"));
    price_list_json(&fixture->list, memory_stream_open(&memory));
    AUTO_FREE char *json = memory_stream_close(&memory);
    json_t *document = json_loads(json, 0, NULL);
    assert_true(json_is_null(json_object_get(document, "best")));
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(document, "replay"), "grade")),
        "indicative");
    const json_t *line = json_array_get(json_object_get(document, "settings"), 2);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(line, "memory_bytes"), "effect")),
        "not_ranked");
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_terminal, build, drop),
        cmocka_unit_test_setup_teardown(test_page, build, drop),
        cmocka_unit_test_setup_teardown(test_json, build, drop),
        cmocka_unit_test_setup_teardown(test_cells, build, drop),
        cmocka_unit_test_setup_teardown(test_long_names, build, drop),
        cmocka_unit_test_setup_teardown(test_a_program_has_no_joins, build, drop),
        cmocka_unit_test_setup_teardown(test_a_replay, build, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
