/* What a terminal says of many rows at once: in few lines, and what decides among it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bare_result.h"
#include "cleanup.h"
#include "comparison_text.h"
#include "exporter.h"
#include "gate.h"
#include "memory_stream.h"
#include "roles.h"
#include "run_text.h"
#include "sections.h"

enum { ROWS = COMPARISON_ALL_ROWS_MAX + 1, BLOCKS = 10 };

static const char *const rows[ROWS] = {"glibc",    "glibc+a",    "jemalloc", "jemalloc+a",
                                       "mimalloc", "mimalloc+a", "tcmalloc"};

/* Each row takes a fifth more memory than the one before it; the third one least of all. */
static void build(size_t row_count, struct bare_result *bare)
{
    static const enum metric_id metric_of[] = {METRIC_RSS_ANON_PLATEAU, METRIC_RSS_ANON_PEAK,
                                               METRIC_RSS_ANON_END, METRIC_RSS_ANON_QUIET};
    bare_build(rows, row_count, BLOCKS, bare);
    for (size_t row = 0; row < row_count; row++)
        for (size_t i = 0; i < ARRAY_LENGTH(metric_of); i++) {
            double values[BLOCKS];
            for (size_t block = 0; block < BLOCKS; block++)
                values[block] =
                    1e6 * (row == 2 ? 0.5 : pow(1.2, (double)row)) * (block % 2 ? 1.001 : 0.999);
            bare_set(bare, row, ROLE_PEER, metric_of[i], values);
        }
    compare_metrics(&bare->workload, BLOCKS, bare->workload.comparisons);
    result_recommend(&bare->workload, BLOCKS, &recommend_weights_default, NULL);
}

static void expect(const char *text, const char *phrase, bool said)
{
    if ((strstr(text, phrase) != NULL) != said)
        fail_msg("%s: %s\nin: %s", said ? "not said" : "said", phrase, text);
}

static void test_pairs(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result few, many;
    build(3, &few);
    build(ROWS, &many);
    AUTO_FREE char *all = comparison_others(&few.workload, 0);
    AUTO_FREE char *one = comparison_others(&many.workload, 0);
    assert_string_equal(all, "Other pairs: jemalloc is better than glibc+a in peak, end, quiet.");
    assert_string_equal(one, "Of the other pairs: jemalloc is better than glibc+a, jemalloc+a, "
                             "mimalloc, mimalloc+a, tcmalloc in peak, end, quiet.");
}

static char *printed(struct bare_result *bare)
{
    const struct exporter *terminal = NULL;
    const struct text_style style = {.width = 80};
    struct memory_stream memory;
    for (size_t i = 0; exporters[i]; i++)
        if (strcmp(exporters[i]->name, "terminal") == 0)
            terminal = exporters[i];
    terminal->write(&bare->result, memory_stream_open(&memory), &style);
    return memory_stream_close(&memory);
}

/* A column that no row can tell is a word below the table, and not a column of n/a. */
static void test_untold(void **state)
{
    (void)state;
    static const char why[] = "it does not say", other[] = "nor does it";
    AUTO(bare_result) struct bare_result bare;
    build(2, &bare);
    for (size_t row = 0; row < 2; row++) {
        struct estimate *metric = bare.workload.rows[row].subjects[ROLE_PEER].metric;
        metric[METRIC_HEAP_END].unavailable = row ? other : why;
        metric[METRIC_HEAP_END].median = NAN;
        metric[METRIC_HEAP_PER_LIVE].unavailable = why;
        metric[METRIC_HEAP_PER_LIVE].median = NAN;
    }
    struct estimate *half = &bare.workload.rows[0].subjects[ROLE_PEER].metric[METRIC_LIVE_END];
    half->unavailable = why;
    half->median = NAN;
    AUTO_FREE char *text = printed(&bare);
    expect(text, "n/a on every row: heap MiB[1],[2], heap/live[1]\n", true);
    expect(text, "[1]  it does not say\n[2]  nor does it\n", true);
    expect(text, "n/a[1]", true); /* glibc's live, which the other row tells */
    expect(text, "n/a[2]", false);
}

/* One sentence for all rows of which it is said, with the number that differs. */
static void test_verdicts(void **state)
{
    (void)state;
    static const char *const sentences[ROWS] = {
        "no leak above 145 B/cycle over 232 cycles: live is flat",
        "no leak above 171 B/cycle over 232 cycles: live is flat",
        "no leak above 1.5 kB/cycle over 232 cycles: live is flat",
        "no leak above 145 B/cycle over 232 cycles: live is flat",
        "no leak above 145 B/cycle over 100 cycles: live is flat",
        "too few samples: at least 12 are needed",
        "too few samples: at least 12 are needed"};
    AUTO(bare_result) struct bare_result bare;
    build(ROWS, &bare);
    for (size_t row = 0; row < ROWS; row++)
        (void)snprintf(bare.workload.rows[row].subjects[ROLE_PEER].verdict_sentence,
                       sizeof bare.workload.rows[row].subjects[ROLE_PEER].verdict_sentence, "%s",
                       sentences[row]);
    AUTO_FREE char *text = printed(&bare);
    expect(text,
           "- glibc: no leak above 145 B/cycle over 232 cycles: live is flat. The same holds\n"
           "  for glibc+a (171), jemalloc (1.5 kB/cycle), jemalloc+a\n"
           "- mimalloc: no leak above 145 B/cycle over 100 cycles: live is flat\n"
           "- mimalloc+a: too few samples: at least 12 are needed. The same holds for\n"
           "  tcmalloc\n",
           true);
}

static void test_absent(void **state)
{
    (void)state;
    static char missing[] = "not installed", old[] = "too old";
    static char names[][8] = {"a", "b", "a+nothp"};
    static struct run_absent absent[] = {{names[0], missing}, {names[1], old}, {names[2], missing}};
    AUTO(bare_result) struct bare_result bare;
    build(2, &bare);
    assert_null(run_text_absent(&bare.result, 1));
    bare.stored.run.absent = absent;
    bare.stored.run.absent_count = ARRAY_LENGTH(absent);
    AUTO_FREE char *full = run_text_absent(&bare.result, 2);
    AUTO_FREE char *brief = run_text_absent(&bare.result, 1);
    bare.stored.run.absent = NULL;
    bare.stored.run.absent_count = 0;
    assert_string_equal(full, "Not available here: a, a+nothp (not installed), b (too old).");
    assert_string_equal(brief, "Not available here: a, a+nothp, b; report.md says why.");
}

/* What was found of several rows and subjects is said once, with their names. */
static void test_gate(void **state)
{
    (void)state;
    static const struct {
        const char *row, *subject, *message;
    } lines[] = {{"glibc", "peer", "flat"},
                 {"glibc", "proxy", "flat"},
                 {"jemalloc", "peer", "it rises"},
                 {"jemalloc", "proxy", "flat"}};
    AUTO(gate_report) struct gate_report gate = {.count = 0};
    const struct text_style style = {.width = 100};
    struct memory_stream memory;
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
        gate_add(&gate,
                 (struct gate_line){.kind = GATE_LEAK,
                                    .status = strcmp(lines[i].message, "flat") == 0 ? GATE_PASS
                                                                                    : GATE_FAIL,
                                    .workload = "web",
                                    .row = lines[i].row,
                                    .subject = lines[i].subject},
                 "%s", lines[i].message);
    section_gate_terminal(&gate, memory_stream_open(&memory), &style);
    AUTO_FREE char *text = memory_stream_close(&memory);
    expect(text,
           "pass      web, glibc, peer: no leak: flat. Likewise glibc, proxy; jemalloc, proxy\n"
           "FAIL      web, jemalloc, peer: no leak: it rises\n",
           true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),    cmocka_unit_test(test_untold),
        cmocka_unit_test(test_verdicts), cmocka_unit_test(test_absent),
        cmocka_unit_test(test_gate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
