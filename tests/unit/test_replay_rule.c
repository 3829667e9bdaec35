/* What a replay lets be said of rows, by its grade, in everything that says something of rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gate.h"
#include "rendered.h"
#include "replay_rule.h"
#include "run_compare.h"
#include "synthetic_replay.h"

/* Errors of 1.5 %: memory nearer than 3 % is not told apart. */
#define NEAR_ORIGINALS .glibc = 0.985, .jemalloc = 1.01

static const struct synthetic_replay far_apart = {NEAR_ORIGINALS, .mimalloc = 0.7};
static const struct synthetic_replay close_by = {NEAR_ORIGINALS, .mimalloc = 0.98};
static const struct synthetic_replay near_but_fast = {NEAR_ORIGINALS, .mimalloc = 0.98,
                                                      .mimalloc_cpu = 0.5};
static const struct synthetic_replay indicative = {.glibc = 1.04, .jemalloc = 1};
static const struct synthetic_replay refused = {.glibc = 1, .jemalloc = 1.3};
static const struct synthetic_replay unchecked = {.glibc = 0};

/* What the program itself differs by, 4 %, is more than twice what the replay is off. */
static const struct synthetic_replay differs = {
    .glibc = 1, .jemalloc = 1, .least = 0.98, .most = 1.02, .mimalloc = 0.97};

enum { SAYS_MAX = 5 };

static const struct {
    const struct synthetic_replay *plan;
    const char *format;
    const char *says[SAYS_MAX], *not [SAYS_MAX];
} cases[] = {
    {&far_apart, "terminal", {"run on mimalloc", "0.70 better", "not told apart"}, {"~ "}},
    {&far_apart, "markdown", {"run on mimalloc", ") better |", "not told apart"}, {NULL}},
    {&far_apart,
     "html",
     {"run on mimalloc", "word better", "recorded program"},
     {"word not", "The replayer"}},
    {&far_apart, "json", {"\"run\": \"mimalloc\"", "\"word\": \"better\"", "\"good\""}, {NULL}},
    {&far_apart, "github", {"run on mimalloc", "stands for the program"}, {NULL}},
    {&far_apart, "gha", {"of a replay, good"}, {NULL}},
    {&far_apart,
     "openmetrics",
     {"heapchurn_replay_error_ratio{workload=\"t\",grade=\"good\"} 0.015"},
     {NULL}},
    {&far_apart, "bencher", {"\"replay-error\"", "rss-anon-peak-bytes\""}, {NULL}},
    {&far_apart, "svg", {"t (a replay, good)"}, {NULL}},
    {&far_apart, "csv", {",replay\nt,", ",good\nt,"}, {NULL}},

    {&close_by,
     "terminal",
     {"Stay with glibc: no row costs less", "Not told apart from it, since", "0.98 ~",
      "~: Memory that"},
     {"0.98 better", "0.98 same", "run on mimalloc", "in 100 %"}},
    {&close_by,
     "markdown",
     {"Stay with glibc: no row costs less", "Not told apart from it, since", ") not told apart |"},
     {"0.98 (0.98–0.98) same", "run on mimalloc", "in 100 %"}},
    {&close_by,
     "html",
     {"Stay with glibc: no row costs less", "0.98 <span class=\"word not told apart\">not told"},
     {"0.98 <span class=\"word same", "Yes: run on"}},
    {&close_by,
     "json",
     {"\"run\": \"glibc\"", "\"word\": \"not told apart\""},
     {"\"run\": \"mimalloc\""}},
    {&close_by, "github", {"Stay with glibc: no row costs less"}, {"Yes: run on"}},

    {&differs,
     "terminal",
     {"Stay with glibc", "0.97 ~", "to 71.7 MiB from run to run", "program differs by itself"},
     {"0.97 better", "run on mimalloc"}},
    {&differs,
     "json",
     {"\"originals\": 3", "\"original_least_peak_heap_bytes\"", "\"original_most_end_heap_bytes\"",
      "\"apart_peak\": 0.04", "\"word\": \"not told apart\""},
     {"\"run\": \"mimalloc\""}},
    {&differs,
     "html",
     {"70.3 <small>68.9\xe2\x80\x93"
      "71.7</small>",
      "0.97 <span class=\"word not told apart\">"},
     {"0.97 <span class=\"word better"}},

    {&near_but_fast,
     "markdown",
     {"Yes: run on mimalloc", "(not told apart), CPU"},
     {"Not told apart from it"}},

    {&indicative,
     "terminal",
     {"The replay indicates", "is indicative, so no row is called better"},
     {" better\n", "Worth switching", "Stay with", "Yes: run on", "best estimate"}},
    {&indicative,
     "markdown",
     {"The replay indicates", "is indicative, so no row is called better"},
     {"better |", "Worth switching", "Stay with", "Yes: run on", "best estimate"}},
    {&indicative,
     "html",
     {"class=\"choose\">The replay indicates", "word not ranked"},
     {"word better", "word worse", "word same", "Worth switching", "Stay with"}},
    {&indicative,
     "json",
     {"\"indicative\"", "\"recommendation\": null", "\"word\": \"not ranked\""},
     {"\"word\": \"better\"", "\"word\": \"worse\"", "\"word\": \"same\""}},
    {&indicative,
     "github",
     {"The replay indicates"},
     {"Worth switching", "Stay with", "Yes: run on", "best estimate"}},
    {&indicative, "gha", {"of a replay, indicative"}, {NULL}},
    {&indicative, "openmetrics", {"grade=\"indicative\"} 0.03"}, {NULL}},

    {&refused,
     "terminal",
     {"does not stand for the program", "is refused, so no row is called better"},
     {" better\n", "Worth switching", "Stay with", "Yes: run on", "best estimate"}},
    {&refused,
     "markdown",
     {"does not stand for the program", "first written late"},
     {"better |", "Worth switching", "Stay with", "Yes: run on", "best estimate"}},
    {&refused,
     "html",
     {"class=\"choose\">The replay does not stand for the program", "word not ranked"},
     {"word better", "word worse", "word same", "Worth switching", "Stay with"}},
    {&refused,
     "json",
     {"\"refused\"", "\"recommendation\": null", "\"word\": \"not ranked\""},
     {"\"word\": \"better\"", "\"word\": \"worse\"", "\"word\": \"same\""}},
    {&refused, "github", {"does not stand for the program"}, {"Worth switching", "Stay with"}},
    {&refused, "gha", {"of a replay, refused"}, {NULL}},
    {&refused, "openmetrics", {"grade=\"refused\"} 0.2"}, {NULL}},
    {&refused, "bencher", {"\"t/mimalloc\": { \"replay-error\": {"}, {"rss"}},
    {&refused, "svg", {"t (a replay, refused)"}, {NULL}},
    {&refused, "csv", {",refused\nt,"}, {",good\n"}},
    {&refused, "junit", {"<error type=\"replay\"", "does not stand for the program"}, {NULL}},

    {&unchecked,
     "markdown",
     {"is not known, and rows are not ranked", "is unchecked, so no row"},
     {"better |", "Worth switching", "Stay with", "Yes: run on", "best estimate"}},
    {&unchecked, "openmetrics", {"grade=\"unchecked\"} NaN"}, {NULL}},
    {&unchecked, "bencher", {"rss-anon-peak-bytes\""}, {"replay-error"}},
    {&unchecked,
     "json",
     {"\"unchecked\"", "\"recommendation\": null"},
     {"\"word\": \"better\"", "\"word\": \"worse\"", "\"word\": \"same\""}},
};

/* Lines are broken where a terminal's end. */
static char *on_one_line(char *text)
{
    for (char *c = text; *c; c++)
        if (*c == '\n' && c[1] == ' ' && c[2] == ' ') {
            (void)memmove(c + 1, c + 3, strlen(c + 3) + 1);
            *c = ' ';
        } else if (*c == '\n' && c[1] != '\n')
            *c = ' ';
    return text;
}

static void each_output_keeps_to_the_rule(void **state)
{
    (void)state;
    const struct text_style style = {.width = 100, .utf8 = true};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO(stored_run) struct stored_run stored = {.record_count = 0};
        synthetic_replay_build(cases[i].plan, &stored);
        AUTO_FREE char *text = rendered_text(cases[i].format, &stored, &style);
        AUTO_FREE char *line = on_one_line(strdup(text));
        for (size_t k = 0; k < SAYS_MAX && cases[i].says[k]; k++)
            if (!strstr(text, cases[i].says[k]) && !strstr(line, cases[i].says[k]))
                fail_msg("case %zu, %s does not say '%s':\n%s", i, cases[i].format,
                         cases[i].says[k], text);
        for (size_t k = 0; k < SAYS_MAX && cases[i].not [k]; k++)
            if (strstr(text, cases[i].not [k]) || strstr(line, cases[i].not [k]))
                fail_msg("case %zu, %s says '%s':\n%s", i, cases[i].format, cases[i].not [k], text);
    }
}

static const struct gate_line *line_of_kind(const struct gate_report *report, enum gate_kind kind)
{
    for (size_t i = 0; i < report->count; i++)
        if (report->lines[i].kind == kind)
            return &report->lines[i];
    fail_msg("no line of kind %s", gate_kind_names[kind]);
    return NULL;
}

/* glibc ends with 60000 KiB. */
static const struct {
    const struct synthetic_replay *plan;
    double ceiling_kib;
    enum gate_status replay, ceiling;
    const char *says;
} gates[] = {
    {&far_apart, 61000, GATE_PASS, GATE_PASS, "at most"},
    {&far_apart, 59000, GATE_PASS, GATE_WARN, "less than the replay tells apart"},
    {&far_apart, 50000, GATE_PASS, GATE_UNDECIDED, "6 blocks decide"},
    {&indicative, 50000, GATE_WARN, GATE_UNDECIDED, "6 blocks decide"},
    {&refused, 61000, GATE_UNDECIDED, GATE_PASS, "at most"},
    {&refused, 50000, GATE_UNDECIDED, GATE_UNDECIDED, "does not stand for the program"},
    {&unchecked, 50000, GATE_WARN, GATE_UNDECIDED, "6 blocks decide"},
};

static void the_gate_keeps_to_the_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(gates); i++) {
        AUTO(stored_run) struct stored_run stored = {.record_count = 0};
        AUTO(result) struct result result = {.workload_count = 0};
        AUTO(gate_report) struct gate_report report = {.count = 0};
        struct err err = ERR_INIT;
        struct ceiling ceiling = {.workload = (char *)(uintptr_t) "t",
                                  .row = (char *)(uintptr_t) "glibc",
                                  .subject = (char *)(uintptr_t) "peer",
                                  .metric = METRIC_RSS_ANON_END,
                                  .at_most = gates[i].ceiling_kib * 1024,
                                  .at_most_as_written = (char *)(uintptr_t) "its limit",
                                  .line = 1};
        const struct ceilings ceilings = {
            .path = (char *)(uintptr_t) "ceilings.yaml", .items = &ceiling, .count = 1};
        synthetic_replay_build(gates[i].plan, &stored);
        result_build(&stored, &result);
        const struct gate_request request = {.result = &result, .ceilings = &ceilings};
        assert_int_equal(gate_check(&request, &report, &err), 0);
        assert_int_equal(line_of_kind(&report, GATE_REPLAY)->status, gates[i].replay);
        const struct gate_line *line = line_of_kind(&report, GATE_CEILING);
        if (line->status != gates[i].ceiling || !strstr(line->message, gates[i].says))
            fail_msg("case %zu: %s, %s", i, gate_status_names[line->status], line->message);
    }
}

/* Of two runs the less exact one decides: glibc takes the same in both, mimalloc 40 % more. */
static void two_runs_keep_to_the_rule(void **state)
{
    (void)state;
    static const struct {
        const struct synthetic_replay *first, *second;
        enum comparison_word mimalloc, glibc;
    } runs[] = {
        {&far_apart, &close_by, COMPARISON_WORSE, COMPARISON_NOT_TOLD_APART},
        {&far_apart, &refused, COMPARISON_NOT_RANKED, COMPARISON_NOT_RANKED},
        {&indicative, &close_by, COMPARISON_NOT_RANKED, COMPARISON_NOT_RANKED},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(runs); i++) {
        AUTO(stored_run) struct stored_run first = {.record_count = 0};
        AUTO(stored_run) struct stored_run second = {.record_count = 0};
        AUTO(result) struct result before = {.workload_count = 0};
        AUTO(result) struct result after = {.workload_count = 0};
        size_t count = 0;
        synthetic_replay_build(runs[i].first, &first);
        synthetic_replay_build(runs[i].second, &second);
        result_build(&first, &before);
        result_build(&second, &after);
        AUTO_FREE struct run_comparison *list = run_compare(&before, &after, &count);
        assert_int_equal(count, 3);
        assert_string_equal(list[0].row, "glibc");
        assert_int_equal(list[0].change[1].word, runs[i].glibc);
        assert_int_equal(list[2].change[1].word, runs[i].mimalloc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_output_keeps_to_the_rule),
        cmocka_unit_test(the_gate_keeps_to_the_rule),
        cmocka_unit_test(two_runs_keep_to_the_rule),
    };
    return cmocka_run_group_tests_name("replay_rule", tests, NULL, NULL);
}
