/*
 * Stored trials: in the order of their numbers, with their roles by name, columns by name.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store.h"
#include "synthetic_run.h"
#include "temporary.h"

static char dir[64];

static int setup(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    synthetic_run_build(
        &(struct synthetic_run){.workloads = synthetic_discovery, .workload_count = 1, .blocks = 1},
        &stored);
    return temporary_open("test-stored-trials", dir, sizeof dir, &err) < 0
               ? -1
               : store_create(dir, &stored.run, &err);
}

static int teardown(void **state)
{
    (void)state;
    temporary_remove(dir);
    return 0;
}

/* A valid trial of "row" with the first so many of the names; the last of four only helps. */
static void make_record(const char *workload, int64_t id, int64_t attempt, const char *const *names,
                        size_t count, struct record *out)
{
    record_init(out);
    out->id = id;
    out->block = 2;
    out->attempt = attempt;
    out->workload = strdup(workload);
    out->row = strdup("row");
    out->outcome = RECORD_VALID;
    for (size_t i = 0; i < count; i++)
        (void)record_add_role(out, names[i], i < 3);
    out->roles[count - 1].exit_cpu_ns = 7;
}

static void append(const char *workload, int64_t id, int64_t attempt, const char *const *names,
                   size_t count)
{
    struct err err = ERR_INIT;
    AUTO(record) struct record record;
    make_record(workload, id, attempt, names, count, &record);
    if (store_append(dir, &record, &err) < 0)
        fail_msg("%s", err.text);
}

static const char *const names[] = {"cache", "web", "db", "load"};

static void trials_come_in_the_order_of_their_numbers(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    static const struct {
        int64_t id, attempt;
    } stored_as[] = {{10000, 1}, {2000, 2}, {2000, 1}, {3, 1}, {99999, 1}};
    static const int64_t ids[] = {3, 2000, 2000, 10000, 99999};
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    for (size_t i = 0; i < ARRAY_LENGTH(stored_as); i++)
        append("w", stored_as[i].id, stored_as[i].attempt, names, 1);
    if (store_load(dir, &stored, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(stored.record_count, ARRAY_LENGTH(ids));
    for (size_t i = 0; i < ARRAY_LENGTH(ids); i++)
        assert_int_equal(stored.records[i].id, ids[i]);
    assert_int_equal(stored.records[2].attempt, 2);
}

static void columns_are_found_by_name(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    char path[256];
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(record) struct record record;
    make_record("w", 1, 1, names, 2, &record);
    struct record_sample sample;
    record_sample_init(&sample);
    record_add_sample(&record, &sample);
    assert_int_equal(store_append(dir, &record, &err), 0);
    (void)snprintf(path, sizeof path, "%s/trials/0001-w-b2-row-a1/samples.csv", dir);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    (void)fputs("cycle,elapsed_ns,subject,phase,round_end,rss_bytes,rss_anon_bytes,heap_bytes,"
                "live_bytes,committed_bytes,resident_bytes,cached_bytes,thread_cache_bytes,"
                "released_bytes,metadata_bytes,arenas\n8,1,web,quiet,1,4096,0,2,3,,,,,,,\n",
                file);
    assert_int_equal(fclose(file), 0);
    if (store_load(dir, &stored, &err) < 0)
        fail_msg("%s", err.text);
    const struct record_sample *read = &stored.records[0].samples[0];
    assert_int_equal(read->cycle, 8);
    assert_int_equal(read->elapsed_ns, 1);
    assert_int_equal(read->role, 1);
    assert_int_equal(read->stat[STAT_HEAP], 2);
    assert_int_equal(read->stat[STAT_LIVE], 3);
}

static void roles_come_back_by_name(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    append("one", 1, 1, names, 1);
    append("four", 2, 1, names, 4);
    if (store_load(dir, &stored, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(record_subject_count(&stored.records[0]), 1);
    assert_int_equal(record_subject_count(&stored.records[1]), 3);
    assert_int_equal(record_find_role(&stored.records[1], "load"), 3);
    assert_int_equal(record_find_role(&stored.records[1], "cash"), -1);
    assert_int_equal(stored.records[1].roles[3].exit_cpu_ns, 7);
    assert_string_equal(record_primary(&stored.records[1])->name, "cache");
}

/* Their numbers could not stand in one table. */
static void trials_of_other_roles_are_refused(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    append("four", 2, 1, names, 4);
    append("four", 3, 1, names + 1, 2);
    assert_true(store_load(dir, &stored, &err) < 0);
    if (!strstr(err.text, "trials 2 and 3 of workload 'four' did not measure the same roles"))
        fail_msg("%s", err.text);
}

/* A run of `dir` that was begun on n1. */
static void begin_on(const char *name)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    struct err err = ERR_INIT;
    assert_int_equal(store_load(dir, &stored, &err), 0);
    free(stored.run.host.name);
    stored.run.host.name = strdup(name);
    assert_int_equal(store_extend(dir, &stored.run, &err), 0);
}

/* Trials name their host; what it is stands in run.json, once. */
static void each_host_is_described_once(void **state)
{
    (void)state;
    static char name[] = "n2", kernel[] = "6.9.0";
    struct err err = ERR_INIT;
    AUTO(stored_run) struct stored_run unknown = {.record_count = 0};
    AUTO(stored_run) struct stored_run told = {.record_count = 0};
    AUTO(record) struct record record;
    const struct host other = {.name = name, .kernel = kernel, .cores = 64};
    const struct host changed = {.name = name, .kernel = kernel, .cores = 8};
    begin_on("n1");
    make_record("w", 1, 1, names, 1, &record);
    record.host = strdup(name);
    assert_int_equal(store_append(dir, &record, &err), 0);
    assert_int_equal(store_load(dir, &unknown, &err), -EINVAL);
    assert_non_null(
        strstr(err.text, "trial 1 was measured on n2, of which run.json tells nothing"));
    assert_int_equal(store_add_host(dir, &other, &err), 0);
    assert_int_equal(store_add_host(dir, &other, &err), 0);
    assert_int_equal(store_add_host(dir, &changed, &err), -EEXIST);
    assert_non_null(strstr(err.text, "host n2 was measured on with cores 64, and has 8 now"));
    assert_int_equal(store_load(dir, &told, &err), 0);
    assert_int_equal(told.run.more_host_count, 1);
    assert_string_equal(run_host(&told.run, "n2")->kernel, "6.9.0");
    assert_int_equal(run_host(&told.run, "n2")->cores, 64);
    assert_ptr_equal(run_host(&told.run, "n1"), &told.run.host);
    assert_ptr_equal(run_host(&told.run, NULL), &told.run.host);
    assert_null(run_host(&told.run, "n3"));
}

static void a_block_is_of_one_host(void **state)
{
    (void)state;
    static const char *const hosts[] = {"n1", NULL, "n2"};
    struct err err = ERR_INIT;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(stored_run) struct stored_run mixed = {.record_count = 0};
    for (size_t i = 0; i < ARRAY_LENGTH(hosts); i++) {
        AUTO(record) struct record record;
        make_record("w", (int64_t)i + 1, 1, names, 1, &record);
        record.block = i < 2 ? 1 : 2; /* another block may be of another host */
        record.host = hosts[i] ? strdup(hosts[i]) : NULL;
        assert_int_equal(store_append(dir, &record, &err), 0);
    }
    assert_int_equal(store_load(dir, &stored, &err), 0);
    assert_string_equal(stored.records[0].host, "n1");
    assert_null(stored.records[1].host);
    AUTO(record) struct record stray;
    make_record("w", 4, 1, names, 1, &stray);
    stray.host = strdup("n3");
    assert_int_equal(store_append(dir, &stray, &err), 0);
    assert_int_equal(store_load(dir, &mixed, &err), -EINVAL);
    assert_non_null(strstr(err.text, "block 2 of 'w' was measured on n2 and on n3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(trials_come_in_the_order_of_their_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(columns_are_found_by_name, setup, teardown),
        cmocka_unit_test_setup_teardown(roles_come_back_by_name, setup, teardown),
        cmocka_unit_test_setup_teardown(each_host_is_described_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_block_is_of_one_host, setup, teardown),
        cmocka_unit_test_setup_teardown(trials_of_other_roles_are_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
