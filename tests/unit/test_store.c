/*
 * store: what is written is read back the same; what is cut off, contradictory or of another format
 * is answered with the file's name.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "assert_near.h"
#include "roles.h"
#include "store.h"
#include "temporary.h"
#include "whole_file.h"

static char dir[64];

static int setup(void **state)
{
    (void)state;
    return temporary_open("test-store", dir, sizeof dir, NULL);
}

static int teardown(void **state)
{
    (void)state;
    temporary_remove(dir);
    return 0;
}

static void make_run(struct run *run)
{
    char **environment = calloc(2, sizeof *environment);
    environment[0] = strdup("MALLOC_CONF=prof:true");
    *run = (struct run){
        .started_utc = strdup("2026-11-21T00:00:00Z"),
        .command = strdup("heapchurn run"),
        .blocks = 3,
        .seed = UINT64_MAX,
        .sample_period_ns = 20000000,
        .pinning = strdup("not pinned"),
        .aslr = true,
        .row_count = 1,
        .rows = calloc(1, sizeof *run->rows),
        .workload_count = 1,
        .workloads = calloc(1, sizeof *run->workloads),
        .absent_count = 1,
        .absent = calloc(1, sizeof *run->absent),
    };
    run->absent[0] = (struct run_absent){strdup("mimalloc"), strdup("it is \"not\" installed")};
    host_describe(&run->host);
    run->rows[0] = (struct run_row){.name = strdup("jemalloc+prof"),
                                    .allocator = strdup("jemalloc"),
                                    .environment = environment};
    run->workloads[0] = (struct workload){.name = "discovery",
                                          .path = strdup("workloads/discovery.yaml"),
                                          .load = strdup("rounds"),
                                          .question = strdup("Why?"),
                                          .peers = 8,
                                          .rounds = 168,
                                          .mesh = true,
                                          .drain = SPEC_DRAIN_POLLSET,
                                          .session = {.size_min_bytes = 1, .size_max_bytes = 1},
                                          .step_deadline_ns = 1000000000,
                                          .seed = INT64_MAX};
}

static void make_record(struct record *record)
{
    record_init(record);
    roles_add(record);
    record->id = 7;
    record->block = 2;
    record->attempt = 1;
    record->workload = strdup("discovery");
    record->row = strdup("jemalloc+prof");
    record->outcome = RECORD_VALID;
    struct record_role *peer = &record->roles[ROLE_PEER];
    peer->allocator = strdup("jemalloc");
    peer->unavailable[STAT_ARENAS] = strdup("not asked");
    peer->options = calloc(1, sizeof *peer->options);
    peer->option_count = 1;
    peer->options[0] =
        (struct record_pair){.name = strdup("opt.prof"), .value = strdup("true \"quoted\"")};
    struct record_process *process = record_add_process(peer);
    process->name = strdup("peer/1");
    process->proof = strdup("no agent of it has spoken");
    process->last_pss_anon_bytes = 4711;
    peer->processes_seen = 3;
    peer->counters = calloc(1, sizeof *peer->counters);
    peer->counter_count = 1;
    peer->counters[0] =
        (struct record_counter){.name = strdup("joins_heard"), .value = 5, .expected = RECORD_NA};
    peer->snapshot[PHASE_CHURN].taken = true;
    peer->snapshot[PHASE_CHURN].rss_bytes = 123456789012345;
    peer->snapshot[PHASE_CHURN].stat[STAT_LIVE] = 0; /* zero is not "not available" */
    struct record_sample sample = {.elapsed_ns = 1,
                                   .cycle = 8,
                                   .role = ROLE_PROXY,
                                   .phase = PHASE_QUIET,
                                   .at_round_end = true,
                                   .rss_bytes = 4096,
                                   .rss_anon_bytes = 0};
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        sample.stat[i] = ALLOCATOR_NA;
    record_add_sample(record, &sample);
    record_add_join(record, 1500);
    record->noise.load_foreign_share = 0.25;
}

static void store_one(void)
{
    struct err err = ERR_INIT;
    AUTO(run) struct run run;
    AUTO(record) struct record record;
    make_run(&run);
    make_record(&record);
    assert_int_equal(store_create(dir, &run, &err), 0);
    assert_int_equal(store_append(dir, &record, &err), 0);
}

static void overwrite(const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    assert_non_null(file);
    (void)fputs(text, file);
}

#define REST_OF_HEADER                                                                       \
    ",subject,phase,round_end,rss_bytes,rss_anon_bytes,live_bytes,heap_bytes,resident_bytes" \
    ",cached_bytes,thread_cache_bytes,released_bytes,metadata_bytes,arenas\n"
#define HEADER "elapsed_ns,cycle" REST_OF_HEADER

#define TRIAL "trials/0007-discovery-b2-jemalloc+prof-a1/"

static void assert_refused(const char *part)
{
    struct err err = ERR_INIT;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    assert_true(store_load(dir, &stored, &err) < 0);
    if (!strstr(err.text, part))
        fail_msg("'%s' lacks '%s'", err.text, part);
    assert_int_equal(stored.record_count, 0);
}

static void test_round_trip(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    store_one();
    assert_int_equal(store_load(dir, &stored, &err), 0);
    assert_int_equal(stored.run.seed, UINT64_MAX);
    assert_int_equal(stored.run.workloads[0].seed, INT64_MAX);
    assert_string_equal(stored.run.rows[0].environment[0], "MALLOC_CONF=prof:true");
    assert_null(stored.run.rows[0].environment[1]);
    assert_null(stored.run.rows[0].package);
    assert_int_equal(stored.run.absent_count, 1);
    assert_string_equal(stored.run.absent[0].name, "mimalloc");
    assert_string_equal(stored.run.absent[0].reason, "it is \"not\" installed");
    assert_int_equal(stored.run.workloads[0].drain, SPEC_DRAIN_POLLSET);
    assert_string_equal(stored.run.workloads[0].name, "discovery");
    assert_int_equal(workload_cycles(&stored.run.workloads[0]),
                     stored.run.workloads[0].peers * stored.run.workloads[0].rounds);
    assert_int_equal(stored.record_count, 1);
    const struct record *record = &stored.records[0];
    const struct record_role *peer = &record->roles[ROLE_PEER];
    assert_int_equal(record->outcome, RECORD_VALID);
    assert_string_equal(peer->options[0].value, "true \"quoted\"");
    assert_int_equal(peer->counters[0].expected, RECORD_NA);
    assert_int_equal(peer->process_count, 1);
    assert_int_equal(peer->processes_seen, 3);
    assert_string_equal(peer->processes[0].name, "peer/1");
    assert_null(peer->processes[0].allocator);
    assert_int_equal(peer->processes[0].last_pss_anon_bytes, 4711);
    assert_int_equal(peer->processes[0].first_live_bytes, RECORD_NA);
    assert_string_equal(peer->unavailable[STAT_ARENAS], "not asked");
    assert_null(peer->unavailable[STAT_LIVE]);
    assert_true(peer->snapshot[PHASE_CHURN].rss_bytes == 123456789012345);
    assert_int_equal(peer->snapshot[PHASE_CHURN].stat[STAT_LIVE], 0);
    assert_int_equal(peer->snapshot[PHASE_CHURN].stat[STAT_HEAP], ALLOCATOR_NA);
    assert_int_equal(record->sample_count, 1);
    assert_int_equal(record->samples[0].role, ROLE_PROXY);
    assert_int_equal(record->samples[0].rss_anon_bytes, 0);
    assert_int_equal(record->samples[0].stat[STAT_LIVE], ALLOCATOR_NA);
    assert_true(record->samples[0].at_round_end);
    assert_int_equal(record->join_ns[0], 1500);
    assert_near(record->noise.load_foreign_share, 0.25, 0);
    assert_near(record->noise.foreign_share, NAN, 0);
}

/* Written before the load's core was watched. */
static void test_older_run(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    assert_int_equal(store_load(TEST_DATA_DIR "/runs/format-1", &stored, &err), 0);
    assert_int_equal(stored.record_count, 7);
    for (size_t i = 0; i < stored.record_count; i++)
        assert_near(stored.records[i].noise.load_foreign_share, NAN, 0);
}

static void test_second_run_in_a_folder_is_refused(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(run) struct run run;
    store_one();
    make_run(&run);
    assert_int_equal(store_create(dir, &run, &err), -EEXIST);
    assert_non_null(strstr(err.text, "--resume"));
}

static void test_damaged_files_are_named(void **state)
{
    (void)state;
    store_one();
    overwrite(TRIAL "samples.csv", HEADER "1,2,peer,churn,0,5,6,,,,,,,,\n1,2,pe");
    assert_refused("samples.csv:3: the file is cut off");
    overwrite(TRIAL "samples.csv", HEADER "1,2,peer,churn,0,nan,6,,,,,,,,\n");
    assert_refused("samples.csv:2: column 6");
    overwrite(TRIAL "samples.csv", "<html>\n");
    assert_refused("samples.csv:1: does not name the columns");
    overwrite(TRIAL "samples.csv", "");
    assert_refused("samples.csv:1: does not name the columns");
    overwrite(TRIAL "samples.csv", HEADER);
    assert_refused("samples.csv: holds 0 samples, and trial.json says 1; copy it again");
    overwrite(TRIAL "samples.csv", "cycle" /* and so on */ REST_OF_HEADER);
    assert_refused("samples.csv:1: does not name the columns");
    overwrite(TRIAL "samples.csv", "elapsed_ns,cycle,cycle" REST_OF_HEADER);
    assert_refused("samples.csv:1: does not name the columns");
    overwrite(TRIAL "samples.csv", "elapsed_ns,cycle,moon" REST_OF_HEADER);
    assert_refused("samples.csv:1: does not name the columns");
    overwrite(TRIAL "samples.csv", HEADER "1,2,pear,churn,0,5,6,,,,,,,,\n");
    assert_refused("samples.csv:2: column 3");
    overwrite(TRIAL "trial.json", "{\"id\": 7,");
    assert_refused("trial.json:1:9: not valid JSON");
    overwrite(TRIAL "trial.json", "{\"id\": \"seven\"}");
    assert_refused("trial.json: 'id' is not of the expected kind");
    overwrite("run.json", "{\"format\": 99}");
    assert_refused("stored in format 99");
    overwrite("run.json", "{}");
    assert_refused("'format' is missing");
}

static void test_interrupted_trial_is_no_trial(void **state)
{
    (void)state;
    char path[256];
    struct err err = ERR_INIT;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    store_one();
    (void)snprintf(path, sizeof path, "%s/" TRIAL "trial.json", dir);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(store_load(dir, &stored, &err), 0);
    assert_int_equal(stored.record_count, 0);
}

static void test_nothing_there(void **state)
{
    (void)state;
    assert_refused("no run is stored there");
}

static int write_much(FILE *file, void *context)
{
    (void)context;
    for (int i = 0; i < 100000; i++)
        (void)fputs("0123456789", file);
    return 0;
}

/* A full disk, as a limit on the size of files: the old file stays, no temporary one is left. */
static void test_full_disk(void **state)
{
    (void)state;
    char path[256];
    struct err err = ERR_INIT;
    struct rlimit before;
    overwrite("x", "old");
    (void)snprintf(path, sizeof path, "%s/x", dir);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = {.rlim_cur = 4096, .rlim_max = before.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int code = whole_file_write(path, write_much, NULL, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(code, -EFBIG);
    assert_non_null(strstr(err.text, "cannot be written"));
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    char text[8] = "";
    assert_non_null(fgets(text, sizeof text, file));
    assert_string_equal(text, "old");
    (void)snprintf(path, sizeof path, "%s/x.tmp", dir);
    assert_int_equal(access(path, F_OK), -1);
}

/* What a name stands for is written; the name is not replaced. */
static void test_links_and_devices(void **state)
{
    (void)state;
    char link[256], file[256];
    struct err err = ERR_INIT;
    overwrite("x", "old");
    (void)snprintf(file, sizeof file, "%s/x", dir);
    (void)snprintf(link, sizeof link, "%s/link", dir);
    assert_int_equal(symlink("x", link), 0);
    assert_int_equal(whole_file_write(link, write_much, NULL, &err), 0);
    struct stat through, target;
    assert_int_equal(lstat(link, &through), 0);
    assert_true(S_ISLNK(through.st_mode));
    assert_int_equal(stat(file, &target), 0);
    assert_true(target.st_size > 4096);
    assert_int_equal(unlink(link), 0);
    assert_int_equal(symlink("/dev/full", link), 0);
    assert_int_equal(whole_file_write(link, write_much, NULL, &err), -ENOSPC);
    assert_int_equal(lstat(link, &through), 0);
    assert_true(S_ISLNK(through.st_mode));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
        cmocka_unit_test(test_older_run),
        cmocka_unit_test_setup_teardown(test_second_run_in_a_folder_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damaged_files_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(test_interrupted_trial_is_no_trial, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_there, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_links_and_devices, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
