#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "assert_near.h"
#include "assets.h"
#include "curves.h"
#include "html.h"
#include "layers.h"
#include "made_up_runs.h"
#include "memory_stream.h"
#include "page.h"
#include "rendered.h"
#include "roles.h"
#include "svg.h"
#include "synthetic_run.h"

static char *render(const char *format, void (*scenario)(struct stored_run *out))
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    scenario(&stored);
    return rendered_text(format, &stored, &text_style_plain);
}

static size_t count(const char *text, const char *word)
{
    size_t found = 0;
    for (; (text = strstr(text, word)); text += strlen(word))
        found++;
    return found;
}

/* Every part of the template is filled; nothing names an address to load from. */
static void test_page_is_whole(void **state)
{
    (void)state;
    void (*const made_up_runs[])(struct stored_run *) = {made_up_mixed, made_up_drained,
                                                         made_up_hostile, made_up_nothing};
    for (size_t i = 0; i < ARRAY_LENGTH(made_up_runs); i++) {
        AUTO_FREE char *page = render("html", made_up_runs[i]);
        assert_null(strstr(page, "{{"));
        assert_non_null(strstr(page, "</html>"));
        assert_null(strstr(page, " src="));
        assert_null(strstr(page, "<link"));
        assert_int_equal(count(page, "<table"), count(page, "</table>"));
        assert_int_equal(count(page, "<details"), count(page, "</details>"));
        assert_int_equal(count(page, "<figure"), count(page, "</figure>"));
    }
}

static void test_page_answers_first(void **state)
{
    (void)state;
    AUTO_FREE char *mixed = render("html", made_up_mixed);
    const char *answer = strstr(mixed, "id=\"answer\"");
    const char *curves = strstr(mixed, "class=\"workload\"");
    assert_non_null(answer);
    assert_non_null(curves);
    assert_true(answer < curves);
    assert_non_null(strstr(answer, "The peer leaks, whatever the allocator"));
    AUTO_FREE char *nothing = render("html", made_up_nothing);
    assert_non_null(strstr(nothing, "Nothing was measured"));
    assert_non_null(strstr(nothing, "no trial is valid"));
}

/* What the terminal has in tables is on the page, with or without scripts. */
static void test_page_has_the_tables(void **state)
{
    (void)state;
    AUTO_FREE char *mixed = render("html", made_up_mixed);
    const char *against = strstr(mixed, "<h3>Rows against each other</h3>");
    assert_non_null(against);
    assert_non_null(strstr(against, "<th scope=\"row\">mimalloc</th><td>glibc</td>"));
    assert_non_null(strstr(against, "<span class=\"word better\">better</span><small>"));
    assert_non_null(strstr(against, "Other pairs: 1<"));
    assert_non_null(strstr(mixed, "<caption>Giving back, in MiB"));
    AUTO_FREE char *alone = render("html", made_up_hostile);
    assert_null(strstr(alone, "Rows against each other"));
}

static void made_up_ending(struct stored_run *out)
{
    made_up_mixed(out);
    out->run.workloads[0].ends = true;
}

/* What a program that ends by itself has not is missing from a table's headings as from its rows.
 */
static void test_page_of_what_ends(void **state)
{
    (void)state;
    AUTO_FREE char *page = render("html", made_up_ending);
    assert_non_null(strstr(page, "<th scope=\"col\" class=\"n\">anonymous RSS, peak</th>"
                                 "<th scope=\"col\" class=\"n\">CPU</th></tr>"));
    assert_non_null(strstr(page, "median and range of the blocks: the largest RSS</caption>"));
}

static void test_page_escapes(void **state)
{
    (void)state;
    AUTO_FREE char *page = render("html", made_up_hostile);
    assert_null(strstr(page, "<b>|"));
    assert_null(strstr(page, "a|b<i>"));
    assert_null(strchr(page, '\033'));
    assert_non_null(strstr(page, "&lt;b&gt;|&quot;x&quot;,\uFFFD[31m_y_"));
    AUTO_FREE char *picture = render("svg", made_up_hostile);
    assert_null(strstr(picture, "<b>"));
    assert_null(strchr(picture, '\033'));
}

static void test_inline_cannot_end_its_element(void **state)
{
    (void)state;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    page_put_inline(out, "a < b; '</SCRIPT>' '<!--' \"</style>\"");
    char *text = memory_stream_close(&memory);
    assert_string_equal(text, "a < b; '<\\/SCRIPT>' '<\\!--' \"<\\/style>\"\n");
    free(text);
}

static char *data_of(const struct stored_run *stored)
{
    AUTO(result) struct result result = {.workload_count = 0};
    result_build(stored, &result);
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    html_data(out, &result);
    return memory_stream_close(&memory);
}

/* In a script element `<!--`, `<script` and `</script` would end it, or keep it from ending. */
static void test_data_holds_no_markup(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    made_up_hostile(&stored);
    AUTO_FREE char *data = data_of(&stored);
    assert_null(strpbrk(data, "<>&"));
    json_auto_t *document = json_loads(data, 0, NULL);
    const json_t *first = json_array_get(json_object_get(document, "workloads"), 0);
    const char *name = json_string_value(json_object_get(first, "name"));
    assert_non_null(name);
    assert_string_equal(name, stored.run.workloads[0].name);
    assert_non_null(strchr(name, '<'));
}

/* A list of differences adds up to the samples. */
static void test_data(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    made_up_mixed(&stored);
    AUTO_FREE char *page = rendered_text("html", &stored, &text_style_plain);
    AUTO_FREE char *data = data_of(&stored);
    if (*asset_uplot_js)
        assert_non_null(strstr(page, data));
    else
        assert_non_null(strstr(page, "class=\"missing\""));
    json_t *document = json_loads(data, 0, NULL);
    assert_non_null(document);
    json_t *rows =
        json_object_get(json_array_get(json_object_get(document, "workloads"), 0), "rows");
    assert_int_equal(json_array_size(rows), 3);
    json_t *trials = json_object_get(json_array_get(rows, 0), "trials");
    assert_int_equal(json_array_size(trials), 2);
    json_t *anon = json_object_get(json_array_get(trials, 1), "anon");
    const struct record *record = synthetic_record(&stored, "discovery", "glibc", 2);
    json_int_t sum = 0;
    size_t point = 0;
    for (size_t i = 0; i < record->sample_count; i++) {
        if (!curves_shows(record, ROLE_PEER, &record->samples[i]))
            continue;
        sum += json_integer_value(json_array_get(anon, point++));
        assert_int_equal(sum, record->samples[i].rss_anon_bytes / 1024);
    }
    assert_int_equal(json_array_size(anon), point);
    json_decref(document);
}

static void test_curves_have_positions(void **state)
{
    (void)state;
    struct record record = {.cycles_planned = 100, .phase_end_ns = {0, 1000, 2000, 4000}};
    const struct {
        struct record_sample sample;
        double position;
        bool shown;
    } cases[] = {
        {{.phase = PHASE_START, .elapsed_ns = 0}, 0, true},
        {{.phase = PHASE_CHURN, .elapsed_ns = 500, .cycle = 50}, 0.5, true},
        {{.phase = PHASE_CHURN, .elapsed_ns = 1000, .cycle = 100}, 1, true},
        {{.phase = PHASE_QUIET, .elapsed_ns = 1500, .cycle = 100}, 1.05, true},
        {{.phase = PHASE_RELEASED, .elapsed_ns = 3000, .cycle = 100}, 1.15, true},
        {{.phase = PHASE_RELEASED, .elapsed_ns = 4000, .cycle = 100}, 1.2, true},
        {{.phase = PHASE_RELEASED, .elapsed_ns = 4001, .cycle = 100}, 1.2, false},
        {{.phase = PHASE_CHURN, .elapsed_ns = 1, .rss_anon_bytes = -1}, 0, false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_near(curves_position(&record, &cases[i].sample), cases[i].position, 1e-12);
        assert_int_equal(curves_shows(&record, ROLE_PEER, &cases[i].sample), cases[i].shown);
    }
}

/* Layers add up to RSS at every point, and live is there where the allocator tells it. */
static void test_layers_add_up(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    made_up_drained(&stored);
    result_build(&stored, &result);
    for (size_t r = 0; r < result.workloads[0].row_count; r++) {
        const struct result_row *row = &result.workloads[0].rows[r];
        AUTO(layers) struct layers layers;
        layers_build(row, ROLE_PEER, &layers);
        assert_true(layers.count > 60);
        assert_int_equal(layers.told[LAYER_LIVE], strcmp(row->row->name, "mimalloc") != 0);
        size_t point = 0;
        for (size_t i = 0; i < layers.record->sample_count; i++) {
            const struct record_sample *sample = &layers.record->samples[i];
            if (!sample->at_round_end || sample->role != ROLE_PEER)
                continue;
            double sum = 0;
            for (size_t layer = 0; layer < LAYER_COUNT; layer++) {
                assert_true(layers.bytes[layer][point] >= 0);
                sum += layers.bytes[layer][point];
            }
            assert_near(sum, (double)sample->rss_bytes, 1);
            point++;
        }
    }
}

/* What a picture says when pointed at, without a script: only what can be told there. */
static void test_layers_tell(void **state)
{
    (void)state;
    double bytes[LAYER_COUNT][2] = {[LAYER_LIVE] = {100, 60}, [LAYER_KEPT] = {0, 40}};
    struct layers layers = {.count = 2, .position = (double[]){0.25, 1.05}, .top_bytes = 100};
    for (size_t layer = 0; layer < LAYER_COUNT; layer++)
        layers.bytes[layer] = bytes[layer];
    layers.told[LAYER_LIVE] = layers.told[LAYER_KEPT] = layers.told[LAYER_OUTSIDE] = true;

    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    svg_layers(out, "one", &layers, 100, &(struct svg_axis){400, "peer life"});
    (void)fclose(out);
    assert_non_null(
        strstr(text, "<title>cycle 100 of 400\noutside: 0 B\nkept: 0 B\nlive: 100 B\nRSS: 100 B<"));
    assert_non_null(strstr(text, "<title>quiet\noutside: 0 B\nkept: 40 B\nlive: 60 B\n"));
    free(text);
}

static void test_picture_tells_values(void **state)
{
    (void)state;
    AUTO_FREE char *picture = render("svg", made_up_drained);
    int columns = 0;
    for (const char *at = picture; (at = strstr(at, "<title>")); at++)
        columns++;
    assert_true(columns >= 40);
    const char *end = strstr(picture, "<title>released\n");
    assert_non_null(end);
    const char *row = strstr(end, "\nglibc: ");
    assert_non_null(row);
    assert_true(row < strstr(end, "</title>"));
    assert_true(strstr(end, " MiB to ") < strstr(end, "</title>"));
    AUTO_FREE char *nothing = render("svg", made_up_nothing);
    assert_null(strstr(nothing, "<title>"));
}

static void test_steps(void **state)
{
    (void)state;
    assert_near(svg_step_bytes(0, 5), 1024, 0);
    assert_near(svg_step_bytes(5 * 1024, 5), 1024, 0);
    assert_near(svg_step_bytes(20 << 20, 5), 4 << 20, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_is_whole),
        cmocka_unit_test(test_page_answers_first),
        cmocka_unit_test(test_page_has_the_tables),
        cmocka_unit_test(test_page_of_what_ends),
        cmocka_unit_test(test_page_escapes),
        cmocka_unit_test(test_inline_cannot_end_its_element),
        cmocka_unit_test(test_data),
        cmocka_unit_test(test_data_holds_no_markup),
        cmocka_unit_test(test_curves_have_positions),
        cmocka_unit_test(test_layers_add_up),
        cmocka_unit_test(test_layers_tell),
        cmocka_unit_test(test_picture_tells_values),
        cmocka_unit_test(test_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
