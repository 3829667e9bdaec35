/* Gates over several hosts: ceilings of one group of hosts, and what all blocks together would
 * hide. */
#include <stdlib.h>
#include <string.h>

#include "gate_line.h"
#include "made_up_runs.h"
#include "synthetic_hosts.h"
#include "synthetic_run.h"

static char *word(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void expect(const char *host, double at_most_kib, enum gate_status status, const char *said)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    struct ceiling ceiling = {.workload = word("discovery-drained"),
                              .row = word("mimalloc"),
                              .subject = word("peer"),
                              .metric = METRIC_RSS_ANON_PLATEAU,
                              .at_most = at_most_kib * 1024,
                              .at_most_as_written = word("its limit"),
                              .host = word(host),
                              .line = 3};
    const struct ceilings ceilings = {.path = word("c.yaml"), .items = &ceiling, .count = 1};
    made_up_hosts(&stored);
    result_build(&stored, &result);
    (void)gate_check(&(struct gate_request){.result = &result, .ceilings = &ceilings}, &report,
                     NULL);
    const struct gate_line *line = NULL;
    for (size_t i = 0; i < report.count; i++)
        if (report.lines[i].kind == GATE_CEILING && report.lines[i].metric)
            line = &report.lines[i];
    assert_non_null(line);
    print_message("%s\n", line->message);
    assert_int_equal(line->status, status);
    assert_non_null(strstr(line->message, said));
}

/* mimalloc has 1.54 MiB on n1 and n2, 2.0 MiB on n3. */
static void ceilings_may_be_of_some_hosts(void **state)
{
    (void)state;
    expect("", 1700, GATE_WARN, "over it on 1 of 3 hosts (n3)");
    expect("", 2200, GATE_PASS, "at most its limit on 3 of 3 hosts");
    expect("n[12]", 1700, GATE_PASS, "6 blocks on n[12]");
    expect("n3", 1700, GATE_UNDECIDED, "6 blocks decide");
    expect("n*", 1000, GATE_FAIL, "over it on 3 of 3 hosts");
    expect("arm*", 1000, GATE_WARN, "nothing was measured on a host called 'arm*'");
}

static void expect_leak_on_last_host(int64_t blocks, enum gate_status status)
{
    static const struct synthetic_row rows[2][1] = {
        {{"glibc", "glibc", "2.36", 1900, 1916, 1180, 410, 0, 460, 2.2}},
        {{"glibc", "glibc", "2.36", 1900, 26744, 1180, 410, 35200, 460, 2.2}},
    };
    struct synthetic_workload load = {"drained", "?", 4, 64, rows[0], 1};
    const struct synthetic_run plan = {
        .workloads = &load, .workload_count = 1, .blocks = blocks, .noise = 0.004};
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    synthetic_run_build(&plan, &stored);
    synthetic_hosts_spread(&stored, 3);
    load.rows = rows[1];
    for (size_t i = 0; i < stored.record_count; i++) {
        struct record *record = &stored.records[i];
        struct record other;
        if (strcmp(record->host, "n3") != 0)
            continue;
        synthetic_trial(&plan, 0, 0, record->block, 1, &other);
        other.id = record->id;
        other.host = record->host;
        record->host = NULL;
        record_release(record);
        *record = other;
    }
    result_build(&stored, &result);
    (void)gate_check(&(struct gate_request){.result = &result}, &report, NULL);
    const struct gate_line *leak = NULL;
    for (size_t i = 0; i < report.count; i++)
        if (report.lines[i].kind == GATE_LEAK && strcmp(report.lines[i].subject, "peer") == 0)
            leak = &report.lines[i];
    assert_non_null(leak);
    print_message("%s\n", leak->message);
    assert_int_equal(leak->status, status);
    assert_non_null(strstr(leak->message, "leak on n3, plateau on n1 and n2"));
}

static void a_leak_on_one_host_is_not_averaged_away(void **state)
{
    (void)state;
    expect_leak_on_last_host(9, GATE_FAIL);
    expect_leak_on_last_host(6, GATE_WARN); /* two blocks of a host are not sure */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ceilings_may_be_of_some_hosts),
        cmocka_unit_test(a_leak_on_one_host_is_not_averaged_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
