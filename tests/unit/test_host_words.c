/* What is said of several hosts, from stored runs: verdicts, comparisons, and where nothing is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "host_words.h"
#include "made_up_runs.h"
#include "memory_stream.h"
#include "synthetic_hosts.h"
#include "synthetic_run.h"

enum { END = 1 }; /* of compared_metrics */

static const struct synthetic_row rows[] = {
    {"glibc", "glibc", "2.36", 1900, 1916, 1180, 410, 0, 460, 2.2},
    {"jemalloc", "jemalloc", "5.3.0", 1500, 1560, 1400, 410, 0, 485, 2.3},
};
static const struct synthetic_workload load = {"drained", "?", 4, 64, rows, 2};

static char *said(struct stored_run *stored, size_t row, size_t reference)
{
    AUTO(result) struct result result;
    struct memory_stream memory;
    result_build(stored, &result);
    bool any =
        host_say_comparison(memory_stream_open(&memory), &result.workloads[0], END, row, reference);
    char *text = memory_stream_close(&memory);
    assert_true(any == (*text != '\0'));
    return text;
}

static void build(size_t blocks, size_t hosts, struct stored_run *out)
{
    synthetic_run_build(
        &(struct synthetic_run){
            .workloads = &load, .workload_count = 1, .blocks = (int64_t)blocks, .noise = 0.004},
        out);
    if (hosts > 1)
        synthetic_hosts_spread(out, hosts);
}

static void comparisons(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        size_t blocks, hosts;
        double factor; /* of jemalloc on the last host */
        const char *forward, *backward;
    } cases[] = {
        {"one host", 6, 1, 1, "", ""},
        {"all hosts", 9, 3, 1, "holds on 3 of 3 hosts (-19 %)", "holds on 3 of 3 hosts (+23 %)"},
        {"the last one is not", 9, 3, 1.3, "differs by host: n1, n2 -19 %; n3 +6 %",
         "differs by host: n3 -5 %; n1, n2 +23 %"},
        {"one block each", 3, 3, 1, "better over 3 hosts of one block each (-19 to -18 %)",
         "worse over 3 hosts of one block each (+23 %)"},
        {"seven have no names", 24, 8, 1.3, "differs by host: 7 hosts -19 to -18 %; n8 +6 %",
         "differs by host: n8 -6 %; 7 hosts +22 to +23 %"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO(stored_run) struct stored_run stored = {.record_count = 0};
        build(cases[i].blocks, cases[i].hosts, &stored);
        if (cases[i].hosts > 1)
            synthetic_hosts_scale(&stored, "jemalloc", cases[i].hosts - 1, cases[i].factor);
        AUTO_FREE char *forward = said(&stored, 1, 0);
        AUTO_FREE char *backward = said(&stored, 0, 1);
        print_message("%s\n", cases[i].what);
        assert_string_equal(forward, cases[i].forward);
        assert_string_equal(backward, cases[i].backward);
    }
}

static void say_verdicts(const struct result_workload *workload, const char *expected)
{
    struct memory_stream memory;
    const struct result_row *row = &workload->rows[0];
    bool any = host_say_verdicts(memory_stream_open(&memory), workload, row, &row->subjects[0]);
    AUTO_FREE char *text = memory_stream_close(&memory);
    assert_string_equal(text, expected);
    assert_true(any == (*text != '\0'));
}

/* One host of three leaks: what all blocks together say hides it. */
static void verdicts(void **state)
{
    (void)state;
    static const struct synthetic_row leaking[] = {
        {"glibc", "glibc", "2.36", 1900, 26744, 1180, 410, 35200, 460, 2.2},
        {"jemalloc", "jemalloc", "5.3.0", 1500, 1560, 1400, 410, 0, 485, 2.3},
    };
    const struct synthetic_workload leaks = {"drained", "?", 4, 64, leaking, 2};
    const struct synthetic_run plan = {
        .workloads = &leaks, .workload_count = 1, .blocks = 9, .noise = 0.004};
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    build(9, 3, &stored);
    AUTO(result) struct result flat;
    result_build(&stored, &flat);
    say_verdicts(&flat.workloads[0], "plateau on 3 of 3 hosts");
    for (size_t i = 0; i < stored.record_count; i++) {
        struct record *record = &stored.records[i];
        struct record other;
        if (strcmp(record->row, "glibc") != 0 || strcmp(record->host, "n3") != 0)
            continue;
        synthetic_trial(&plan, 0, 0, record->block, 1, &other);
        other.id = record->id;
        other.host = record->host;
        record->host = NULL;
        record_release(record);
        *record = other;
    }
    AUTO(result) struct result mixed;
    struct host_verdict each[3];
    result_build(&stored, &mixed);
    const struct result_workload *workload = &mixed.workloads[0];
    say_verdicts(workload, "leak on n3, plateau on n1 and n2");
    host_verdicts(workload, &workload->rows[0], &workload->rows[0].subjects[0], each);
    assert_false(each[0].leaks || each[1].leaks);
    assert_true(each[2].leaks && each[2].sure == CONFIDENCE_HIGH && each[2].blocks == 3);
}

/* Where nothing counts of the first host, the others still have several blocks. */
static void a_host_without_the_row_is_left_out(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    build(9, 3, &stored);
    for (size_t i = 0; i < stored.record_count; i++)
        if (strcmp(stored.records[i].host, "n1") == 0 &&
            strcmp(stored.records[i].row, "jemalloc") == 0)
            synthetic_spoil(&stored.records[i], RECORD_FAILED, "it died");
    AUTO_FREE char *text = said(&stored, 1, 0);
    assert_string_equal(text, "holds on 2 of 2 hosts (-19 %)");
}

/* Nodes of a scheduler on one machine. */
static void hosts_may_be_one_machine(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    build(6, 3, &stored);
    stored.run.host.boot = strdup("8d9c");
    stored.run.more_hosts[0].boot = strdup("8d9c");
    AUTO(result) struct result result;
    struct memory_stream memory;
    result_build(&stored, &result);
    assert_int_equal(measured_hosts_machines(&result.workloads[0].hosts), 2);
    assert_true(host_say_machines(memory_stream_open(&memory), &result.workloads[0].hosts));
    AUTO_FREE char *text = memory_stream_close(&memory);
    assert_non_null(strstr(text, "These hosts are 2 machines under 3 names"));
}

static void hosts_are_of_valid_trials(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    struct measured_hosts hosts;
    build(4, 2, &stored);
    for (size_t i = 0; i < stored.record_count; i++)
        if (strcmp(stored.records[i].host, "n1") == 0)
            synthetic_spoil(&stored.records[i], RECORD_FAILED, "it died");
    measured_hosts_find(&stored, "drained", &hosts);
    assert_int_equal(hosts.count, 1);
    assert_string_equal(measured_hosts_name(&hosts, 0), "n2");
    assert_int_equal(hosts.block_count[0], 2);
    measured_hosts_release(&hosts);
    measured_hosts_find(&stored, "never ran", &hosts);
    assert_int_equal(hosts.count, 1);
    assert_int_equal(hosts.block_count[0], 0);
    measured_hosts_release(&hosts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons),
        cmocka_unit_test(verdicts),
        cmocka_unit_test(a_host_without_the_row_is_left_out),
        cmocka_unit_test(hosts_may_be_one_machine),
        cmocka_unit_test(hosts_are_of_valid_trials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
