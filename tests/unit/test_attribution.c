/* What is said of single curves: weak spots in words, lives, zeros, missing columns. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "attribution.h"

#define MIB (1024.0 * 1024)
enum { ROWS = 120 };

/* A column that starts at `from` and rises by `step` per cycle. */
struct line {
    enum memory_column column;
    double from, step;
};

static void draw(struct memory_curve *curve, size_t rows, const struct line *lines, size_t count)
{
    *curve = (struct memory_curve){.count = rows};
    double *cycle = memory_curve_add(curve, MEMORY_CYCLE);
    for (size_t i = 0; i < rows; i++)
        cycle[i] = (double)i;
    for (size_t k = 0; k < count; k++) {
        double *value = memory_curve_add(curve, lines[k].column);
        for (size_t i = 0; i < rows; i++)
            value[i] = lines[k].from + lines[k].step * (double)i;
    }
}

static const struct said {
    struct line lines[4];
    enum verdict_kind kind;
    enum finding_kind first;
    const char *sentence; /* a part of what the first finding says */
} sentences[] = {
    {{{MEMORY_LIVE, 8 * MIB, 65536}, {MEMORY_RSS, 16 * MIB, 70000}, {0}, {0}},
     VERDICT_LEAK,
     FINDING_LIVE_GROWS,
     "live rises by 65.5 kB per cycle and keeps its pace (93.6 % of the growth): "
     "the application holds it and no allocator can return it"},
    {{{MEMORY_LIVE, 8 * MIB, 800}, {MEMORY_HEAP, 9 * MIB, 1e6}, {MEMORY_RSS, 12 * MIB, 1e6}, {0}},
     VERDICT_RETENTION,
     FINDING_KEPT_GROWS,
     "the allocator keeps 999 kB more per cycle"},
    {{{MEMORY_LIVE, 8 * MIB, 0}, {MEMORY_RSS, 12 * MIB, 1e6}, {0}, {0}},
     VERDICT_NOT_LIVE,
     FINDING_NOT_LIVE_GROWS,
     "which cannot be told, since there is no count of the allocator's committed bytes"},
    {{{MEMORY_LIVE, 8 * MIB, 0}, {MEMORY_HEAP, 900 * MIB, 0}, {MEMORY_RSS, 12 * MIB, 1e6}, {0}},
     VERDICT_NOT_LIVE,
     FINDING_NOT_LIVE_GROWS,
     "since the heap counter is far above RSS, mere address space"},
    {{{MEMORY_LIVE, 8 * MIB, 0}, {MEMORY_HEAP, 9 * MIB, 0}, {MEMORY_RSS, 12 * MIB, 1e6}, {0}},
     VERDICT_OUTSIDE,
     FINDING_OUTSIDE_GROWS,
     "lies outside the allocator: no other allocator changes it"},
    {{{MEMORY_LIVE, 8 * MIB, 0},
      {MEMORY_HEAP, 9 * MIB, 0},
      {MEMORY_RSS, 12 * MIB, 1e6},
      {MEMORY_SHMEM, MIB, 1e6}},
     VERDICT_OUTSIDE,
     FINDING_OUTSIDE_GROWS,
     "as shared memory (memfd, shmem, tmpfs)"},
    {{{MEMORY_LIVE, 8 * MIB, 0},
      {MEMORY_HEAP, 9 * MIB, 0},
      {MEMORY_RSS, 12 * MIB, 1e6},
      {MEMORY_LAZY_FREE, MIB, 1e6}},
     VERDICT_PLATEAU,
     FINDING_LAZY_GROWS,
     "the kernel's for the asking, no leak"},
    {{{MEMORY_RSS, 12 * MIB, 1e6}, {0}, {0}, {0}},
     VERDICT_INCONCLUSIVE,
     FINDING_UNKNOWN_GROWS,
     "without a live counter it may be the application's, the allocator's or neither's"},
    {{{MEMORY_LIVE, 8 * MIB, 1e6}, {MEMORY_RSS, 12 * MIB, 40000}, {0}, {0}},
     VERDICT_LEAK,
     FINDING_LIVE_GROWS,
     "(not all of it is touched: RSS rises by 40 kB)"},
    {{{MEMORY_LIVE, MIB, 0}, {MEMORY_HEAP, 100 * MIB, 0}, {MEMORY_RSS, 104 * MIB, 0}, {0}},
     VERDICT_RETENTION,
     FINDING_KEPT_LEVEL,
     "the allocator keeps 99 MiB that nobody holds, beside 1 MiB live, and it does not rise any "
     "more"},
    {{{MEMORY_LIVE, MIB, 0}, {MEMORY_HEAP, 2 * MIB, 0}, {MEMORY_RSS, 4 * MIB, 0}, {0}},
     VERDICT_PLATEAU,
     FINDING_NONE,
     "no leak above 1 B per cycle"},
};

static void what_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(sentences); i++) {
        const struct said *said = &sentences[i];
        size_t count = 0;
        while (count < ARRAY_LENGTH(said->lines) && said->lines[count].column != MEMORY_CYCLE)
            count++;
        AUTO(memory_curve) struct memory_curve curve;
        struct attribution answer;
        char text[640];
        draw(&curve, ROWS, said->lines, count);
        if (said->first == FINDING_KEPT_LEVEL) /* not there from the start */
            curve.column[MEMORY_HEAP][0] = curve.column[MEMORY_RSS][0] = 2 * MIB;
        attribution_judge(&curve, &answer);
        const struct finding *first = &answer.findings.list[0];
        (void)finding_sentence(first, "cycle", text, sizeof text);
        if (answer.verdict.kind != said->kind || first->kind != said->first ||
            !strstr(text, said->sentence))
            fail_msg("%zu: %s, %s: %s", i, verdict_names[answer.verdict.kind],
                     finding_names[first->kind], text);
    }
}

/* Growth that lies in huge pages all of it, and what of them is known to be padding. */
static void padding_is_no_more_than_there_are_zeros(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {MEMORY_LIVE, 8 * MIB, 0}, {MEMORY_RSS, 12 * MIB, 1e6}, {MEMORY_ANON_HUGE, MIB, 1e6}};
    static const struct {
        bool told;
        double bytes;
        const char *says, *notes; /* NULL: nothing of them */
        bool at_the_end_alone;    /* AnonHugePages: not along the curve */
    } cases[] = {
        {false, 0, "; up to 100 % of that is in huge pages, perhaps padding nobody touched",
         "of it padding that nobody touched", false},
        {true, 1e9, "; at most 100 % of that is padding of huge pages",
         "of it padding: pages of zeros", false},
        {true, 60e6, "; at most 5", "at most 57.2 MiB of it padding: pages of zeros", false},
        {true, 60e6, NULL, "115 MiB lie in huge pages, at most 57.2 MiB of it", true},
        {true, 1e6, NULL, NULL, false},
        {true, 0, NULL, NULL, false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO(memory_curve) struct memory_curve curve;
        struct attribution answer;
        char text[640];
        draw(&curve, ROWS, lines, ARRAY_LENGTH(lines) - cases[i].at_the_end_alone);
        curve.padding_told = cases[i].told;
        curve.padded_bytes = 115 * MIB;
        curve.padding_bytes = cases[i].bytes;
        attribution_judge(&curve, &answer);
        (void)finding_sentence(&answer.findings.list[0], "cycle", text, sizeof text);
        if (cases[i].says ? !strstr(text, cases[i].says) : strstr(text, "huge pages") != NULL)
            fail_msg("%zu: %s", i, text);
        const struct finding *note = findings_get(&answer.findings, FINDING_HUGE_PAGES);
        text[0] = '\0';
        if (note)
            (void)finding_sentence(note, "cycle", text, sizeof text);
        if (!note != !cases[i].notes || (note && !strstr(text, cases[i].notes)))
            fail_msg("%zu: %s", i, text);
    }
}

/* A leak of 800 B under 1 MB of retention is not the class, and is found all the same. */
static void small_leaks_are_findings(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {MEMORY_LIVE, 8 * MIB, 8000}, {MEMORY_HEAP, 9 * MIB, 1e6}, {MEMORY_RSS, 12 * MIB, 1e6}};
    AUTO(memory_curve) struct memory_curve curve;
    struct attribution answer;
    draw(&curve, ROWS, lines, ARRAY_LENGTH(lines));
    attribution_judge(&curve, &answer);
    assert_int_equal(answer.verdict.kind, VERDICT_RETENTION);
    const struct finding *leak = findings_get(&answer.findings, FINDING_LIVE_GROWS);
    assert_non_null(leak);
    assert_true(fabs(leak->size_bytes - 8000) < 1);
    assert_null(findings_get(&answer.findings, FINDING_OUTSIDE_GROWS));
}

static void parts_add_up(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {MEMORY_LIVE, 8 * MIB, 2e5}, {MEMORY_HEAP, 9 * MIB, 5e5}, {MEMORY_RSS, 12 * MIB, 1e6}};
    AUTO(memory_curve) struct memory_curve curve;
    struct attribution answer;
    draw(&curve, ROWS, lines, ARRAY_LENGTH(lines));
    attribution_judge(&curve, &answer);
    double growth = 0, level = 0;
    for (int part = PART_LIVE; part <= PART_LAZY; part++) {
        growth += answer.growth.part[part].share;
        level += answer.level.part[part].share;
    }
    assert_true(fabs(growth - 1) < 1e-9);
    assert_true(fabs(level - 1) < 1e-9);
    assert_true(fabs(answer.growth.part[PART_KEPT].share - 0.3) < 1e-6);
    assert_true(fabs(answer.growth.part[PART_OUTSIDE].share - 0.5) < 1e-6);
}

static void lives_are_told_apart(void **state)
{
    (void)state;
    static const struct line lines[] = {{MEMORY_LIVE, 8 * MIB, 65536},
                                        {MEMORY_RSS, 12 * MIB, 65536}};
    AUTO(memory_curve) struct memory_curve curve;
    struct attribution answer;
    draw(&curve, ROWS, lines, ARRAY_LENGTH(lines));
    for (size_t i = ROWS / 2; i < ROWS; i++) {
        for (int column = MEMORY_CYCLE; column < MEMORY_COLUMNS; column++) {
            if (curve.column[column])
                curve.column[column][i] = curve.column[column][i - ROWS / 2];
        }
    }
    assert_int_equal(attribution_disorder(&curve), 0);
    attribution_judge(&curve, &answer);
    assert_int_equal(answer.lives, 2);
    assert_int_equal(answer.verdict.kind, VERDICT_LEAK);
    assert_int_equal(answer.findings.list[0].kind, FINDING_RESTARTS);
    assert_int_equal(answer.findings.list[0].agreeing, 2);
}

static void too_short_lives_are_disorder(void **state)
{
    (void)state;
    static const struct line lines[] = {{MEMORY_LIVE, 8 * MIB, 65536}};
    AUTO(memory_curve) struct memory_curve curve;
    struct attribution answer;
    draw(&curve, 20, lines, 1);
    curve.column[MEMORY_CYCLE][11] = 3;
    assert_int_equal(attribution_disorder(&curve), 11);
    attribution_judge(&curve, &answer);
    assert_int_equal(answer.verdict.reason, REASON_ROWS_OUT_OF_ORDER);
}

static void zeros_are_remarked(void **state)
{
    (void)state;
    static const struct line lines[] = {{MEMORY_LIVE, 8 * MIB, 0}, {MEMORY_RSS, 12 * MIB, 0}};
    AUTO(memory_curve) struct memory_curve curve;
    struct attribution answer;
    char text[256];
    draw(&curve, ROWS, lines, ARRAY_LENGTH(lines));
    curve.column[MEMORY_LIVE][70] = 0;
    curve.column[MEMORY_RSS][80] = curve.column[MEMORY_RSS][81] = 0;
    attribution_judge(&curve, &answer);
    assert_int_equal(answer.verdict.kind, VERDICT_PLATEAU);
    assert_int_equal(answer.remark_count, 2);
    assert_string_equal(remark_sentence(&answer.remarks[0], text, sizeof text),
                        "live_bytes is 0 in 1 row: taken as unknown");
    assert_string_equal(remark_sentence(&answer.remarks[1], text, sizeof text),
                        "rss_bytes is 0 in 2 rows: taken as unknown");
    assert_true(curve.column[MEMORY_LIVE][70] == 0); /* the curve itself stays */
}

/* Columns that cannot both be right: a sentence, and the rest is judged. */
static void contradictions_are_remarked(void **state)
{
    (void)state;
    static const struct line lines[] = {{MEMORY_LIVE, 8 * MIB, 65536},
                                        {MEMORY_HEAP, 2 * MIB, 0},
                                        {MEMORY_RSS, 12 * MIB, 65536},
                                        {MEMORY_RSS_ANON, 14 * MIB, 65536}};
    AUTO(memory_curve) struct memory_curve curve;
    struct attribution answer;
    char text[256];
    draw(&curve, ROWS, lines, ARRAY_LENGTH(lines));
    attribution_judge(&curve, &answer);
    assert_int_equal(answer.verdict.kind, VERDICT_LEAK);
    assert_int_equal(answer.remark_count, 2);
    assert_string_equal(remark_sentence(&answer.remarks[0], text, sizeof text),
                        "rss_anon_bytes is above rss_bytes, of which it is a part: pages outside "
                        "count as none in 120 rows");
    assert_int_equal(answer.remarks[1].kind, REMARK_LIVE_ABOVE_HEAP);
    for (int part = 0; part < PARTS; part++)
        assert_false(answer.level.part[part].share < 0);
}

static void levels_without_a_trend(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {MEMORY_LIVE, MIB, 0}, {MEMORY_HEAP, 100 * MIB, 0}, {MEMORY_RSS, 104 * MIB, 0}};
    AUTO(memory_curve) struct memory_curve curve;
    struct attribution answer;
    draw(&curve, 6, lines, ARRAY_LENGTH(lines));
    curve.column[MEMORY_HEAP][0] = curve.column[MEMORY_RSS][0] = 2 * MIB;
    attribution_judge(&curve, &answer);
    assert_int_equal(answer.verdict.reason, REASON_TOO_FEW_SAMPLES);
    assert_non_null(findings_get(&answer.findings, FINDING_KEPT_LEVEL));
    assert_non_null(findings_get(&answer.findings, FINDING_UNDECIDED));
}

/* 24 looks in 2 % of a minute: a byte meanwhile, which nobody saw, were 70 a minute. */
static void a_short_while_excludes_less(void **state)
{
    (void)state;
    static const struct line lines[] = {{MEMORY_LIVE, MIB, 0}, {MEMORY_RSS, 4 * MIB, 0}};
    AUTO(memory_curve) struct memory_curve curve;
    struct attribution answer;
    char text[512];
    draw(&curve, 24, lines, ARRAY_LENGTH(lines));
    for (size_t i = 0; i < curve.count; i++)
        curve.column[MEMORY_CYCLE][i] *= 0.02 / 23;
    attribution_judge(&curve, &answer);
    const struct finding *none = findings_get(&answer.findings, FINDING_NONE);
    assert_non_null(none);
    (void)finding_sentence(none, "minute", text, sizeof text);
    if (!strstr(text, "no leak above 71.9 B per minute over 0.01 minutes"))
        fail_msg("%s", text);
}

static void nothing_is_no_crash(void **state)
{
    (void)state;
    struct memory_curve curve = {.count = 0};
    struct attribution answer;
    attribution_judge(&curve, &answer);
    assert_int_equal(answer.verdict.reason, REASON_TOO_FEW_SAMPLES);
    assert_int_equal(answer.findings.list[0].kind, FINDING_UNDECIDED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said),
        cmocka_unit_test(small_leaks_are_findings),
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(lives_are_told_apart),
        cmocka_unit_test(zeros_are_remarked),
        cmocka_unit_test(too_short_lives_are_disorder),
        cmocka_unit_test(levels_without_a_trend),
        cmocka_unit_test(contradictions_are_remarked),
        cmocka_unit_test(a_short_while_excludes_less),
        cmocka_unit_test(nothing_is_no_crash),
        cmocka_unit_test(padding_is_no_more_than_there_are_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
