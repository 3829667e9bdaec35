#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "assert_near.h"
#include "bare_result.h"
#include "gate_line.h"
#include "roles.h"

enum { BLOCKS_MAX = 12 };

static const char *const rows[] = {"glibc", "jemalloc"};

static struct ceilings one_ceiling(struct ceiling *item)
{
    return (struct ceilings){
        .path = (char *)(uintptr_t) "ceilings.yaml", .items = item, .count = 1};
}

static struct ceiling ceiling_of(const char *row, enum metric_id metric, double at_most)
{
    return (struct ceiling){.workload = (char *)(uintptr_t) "test",
                            .row = (char *)(uintptr_t)row,
                            .subject = (char *)(uintptr_t) "peer",
                            .metric = metric,
                            .at_most = at_most,
                            .at_most_as_written = (char *)(uintptr_t) "its limit",
                            .line = 12};
}

static const struct {
    const char *what;
    size_t blocks;
    double values[BLOCKS_MAX];
    double at_most;
    enum metric_id metric;
    enum gate_status status;
    enum gate_wish wish;
    const char *said;
} ceiling_cases[] = {
    {"below", 3, {90, 91, 92}, 100, METRIC_RSS_ANON_PLATEAU, GATE_PASS, WISH_NOTHING, "at most"},
    {"zero variance on the line",
     3,
     {100, 100, 100},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_PASS,
     WISH_NOTHING,
     "at most"},
    {"one of three over",
     3,
     {90, 91, 200},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_PASS,
     WISH_NOTHING,
     "at most"},
    {"median over, three blocks",
     3,
     {90, 101, 102},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_UNDECIDED,
     WISH_BLOCKS,
     "6 blocks decide"},
    {"far over, three blocks",
     3,
     {900, 900, 900},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_UNDECIDED,
     WISH_BLOCKS,
     "6 blocks decide"},
    {"over, six blocks",
     6,
     {101, 102, 103, 104, 105, 90},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_FAIL,
     WISH_NOTHING,
     "over the ceiling of its limit in 5 of 6 blocks: live 1000 B, kept 1000 B, outside 1000 B"},
    {"bimodal, half of them over",
     6,
     {10, 10, 10, 500, 500, 500},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_WARN,
     WISH_NOTHING,
     "less than two thirds"},
    {"bimodal, two thirds over",
     6,
     {10, 10, 500, 500, 500, 500},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_FAIL,
     WISH_NOTHING,
     "in 4 of 6 blocks"},
    {"bimodal, a third over",
     6,
     {10, 10, 10, 10, 500, 500},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_PASS,
     WISH_NOTHING,
     "at most"},
    {"one block",
     1,
     {90},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_UNDECIDED,
     WISH_NOTHING,
     "3 blocks are needed"},
    {"two told of five",
     5,
     {90, NAN, NAN, 91, NAN},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_UNDECIDED,
     WISH_NOTHING,
     "3 blocks are needed"},
    {"not available",
     3,
     {NAN, NAN, NAN},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_UNDECIDED,
     WISH_NOTHING,
     "not available: nobody told"},
    {"ceiling of 0, kept", 3, {0, 0, 0}, 0, METRIC_EXIT_BYTES, GATE_PASS, WISH_NOTHING, "at most"},
    {"ceiling of 0, over",
     6,
     {1, 1, 1, 1, 1, 1},
     0,
     METRIC_EXIT_BYTES,
     GATE_FAIL,
     WISH_NOTHING,
     "over the ceiling"},
    {"a peak warns",
     6,
     {101, 101, 101, 101, 101, 101},
     100,
     METRIC_RSS_ANON_PEAK,
     GATE_WARN,
     WISH_NOTHING,
     "a peak only warns"},
    {"a time warns",
     6,
     {101, 101, 101, 101, 101, 101},
     100,
     METRIC_JOIN_P99,
     GATE_WARN,
     WISH_NOTHING,
     "a time only warns"},
};

static void test_ceilings(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(ceiling_cases); i++) {
        AUTO(bare_result) struct bare_result bare;
        AUTO(gate_report) struct gate_report report = {.count = 0};
        struct ceiling item =
            ceiling_of("glibc", ceiling_cases[i].metric, ceiling_cases[i].at_most);
        struct ceilings ceilings = one_ceiling(&item);
        bare_build(rows, 1, ceiling_cases[i].blocks, &bare);
        bare_set(&bare, 0, ROLE_PEER, ceiling_cases[i].metric, ceiling_cases[i].values);
        const struct gate_request request = {.result = &bare.result, .ceilings = &ceilings};
        assert_int_equal(gate_check(&request, &report, NULL), 0);
        const struct gate_line *line = line_of(&report, GATE_CEILING, "glibc", ROLE_PEER);
        if (line->status != ceiling_cases[i].status || line->wish != ceiling_cases[i].wish ||
            line->file_line != 12 || !strstr(line->message, ceiling_cases[i].said))
            fail_msg("%s: %s: %s", ceiling_cases[i].what, gate_status_names[line->status],
                     line->message);
    }
}

/* What ran and has no number is never passed; what did not run is only missed. */
static void test_trials(void **state)
{
    static const struct {
        size_t valid, missing;
        size_t notes;
        enum result_note_kind kind;
        enum gate_status status;
        const char *said;
    } cases[] = {
        {3, 0, 0, NOTE_MISSING, GATE_PASS, "3 of 3 blocks are valid"},
        {1, 0, 0, NOTE_MISSING, GATE_PASS, "1 of 1 blocks are valid"},
        {3, 7, 7, NOTE_FAILED, GATE_UNDECIDED, "3 of 10 blocks are valid: signal 11"},
        {9, 1, 1, NOTE_FAILED, GATE_UNDECIDED, "9 of 10 blocks are valid: signal 11"},
        {9, 1, 1, NOTE_INVALID, GATE_UNDECIDED, "9 of 10 blocks are valid: signal 11"},
        {3, 7, 7, NOTE_MISSING, GATE_WARN, "3 of 10 blocks are valid: signal 11"},
        {2, 1, 1, NOTE_MISSING, GATE_UNDECIDED, "2 of 3 blocks are valid: signal 11"},
        {3, 0, 2, NOTE_FAILED, GATE_WARN,
         "3 of 3 blocks are valid, but 2 more attempts were not: signal 11"},
        {3, 0, 2, NOTE_NOISY, GATE_PASS, "3 of 3 blocks are valid"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO(bare_result) struct bare_result bare;
        AUTO(gate_report) struct gate_report report = {.count = 0};
        bare_build(rows, 1, cases[i].valid, &bare);
        struct result_row *row = &bare.workload.rows[0];
        row->missing = cases[i].missing;
        row->note_count = cases[i].notes;
        row->notes = reallocarray(row->notes, cases[i].notes + 1, sizeof *row->notes);
        assert_non_null(row->notes);
        for (size_t note = 0; note < cases[i].notes; note++)
            row->notes[note] = (struct result_note){.kind = cases[i].kind, .reason = "signal 11"};
        const struct gate_request request = {.result = &bare.result};
        assert_int_equal(gate_check(&request, &report, NULL), 0);
        const struct gate_line *line = line_of(&report, GATE_TRIALS, "glibc", ROLE_PEER);
        if (line->status != cases[i].status || strcmp(line->message, cases[i].said) != 0)
            fail_msg("%zu: %s: %s", i, gate_status_names[line->status], line->message);
    }
}

static void test_nothing_valid(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    struct ceiling item = ceiling_of("glibc", METRIC_RSS_ANON_PLATEAU, 1e9);
    struct ceilings ceilings = one_ceiling(&item);
    bare_build(rows, 1, 3, &bare);
    bare_spoil(&bare, 0);
    const struct gate_request request = {.result = &bare.result, .ceilings = &ceilings};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    assert_int_equal(report.status, GATE_UNDECIDED);
    assert_int_equal(gate_count(&report, GATE_PASS), 0);
    const struct gate_line *line = line_of(&report, GATE_TRIALS, "glibc", ROLE_PEER);
    assert_string_equal(line->message, "0 of 3 blocks are valid: it lied");
}

static void test_not_run(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    struct ceiling item = ceiling_of("tcmalloc", METRIC_RSS_ANON_PLATEAU, 1e9);
    struct ceilings ceilings = one_ceiling(&item);
    struct err err = ERR_INIT;
    bare_build(rows, 2, 3, &bare);
    const struct gate_request request = {.result = &bare.result, .ceilings = &ceilings};
    assert_int_equal(gate_check(&request, &report, &err), -EINVAL);
    assert_non_null(strstr(err.text, "ceilings.yaml:12: there is a ceiling for tcmalloc under "
                                     "test, which this run does not have"));
}

static void test_row_without_ceiling(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    struct ceiling item = ceiling_of("glibc", METRIC_RSS_ANON_PLATEAU, 1e9);
    struct ceilings ceilings = one_ceiling(&item);
    bare_build(rows, 2, 3, &bare);
    const struct gate_request request = {.result = &bare.result, .ceilings = &ceilings};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    assert_int_equal(line_of(&report, GATE_CEILING, "jemalloc", ROLE_PEER)->status, GATE_WARN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_trials),
        cmocka_unit_test(test_nothing_valid),
        cmocka_unit_test(test_not_run),
        cmocka_unit_test(test_row_without_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
