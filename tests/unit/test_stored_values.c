/*
 * What stands in the files of a run may have been changed by hand, or come from a subject that
 * lies: it is refused with its file and key where it could harm, and what the store writes it can
 * read.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "json_file.h"
#include "roles.h"
#include "store.h"
#include "synthetic_run.h"
#include "temporary.h"

static char dir[64];
static struct stored_run written;

static int setup(void **state)
{
    (void)state;
    synthetic_run_build(
        &(struct synthetic_run){.workloads = synthetic_discovery, .workload_count = 1, .blocks = 1},
        &written);
    struct record_role *peer = &written.records[0].roles[ROLE_PEER];
    peer->counters = calloc(1, sizeof *peer->counters);
    peer->counters[peer->counter_count++] =
        (struct record_counter){.name = strdup("lost_blocks"), .value = 64};
    return temporary_open("test-stored-values", dir, sizeof dir, NULL);
}

static int teardown(void **state)
{
    (void)state;
    stored_run_release(&written);
    temporary_remove(dir);
    return 0;
}

/* The run, its first trial, and a pass. */
static void store_all(void)
{
    struct err err = ERR_INIT;
    AUTO(pass) struct pass pass;
    pass_init(&pass);
    pass.workload = strdup("discovery");
    pass.row = strdup("glibc");
    pass.tool = strdup("mtrace");
    pass.live_blocks = 1000;
    pass.sites = calloc(1, sizeof *pass.sites);
    pass.sites[pass.site_count++] = (struct pass_site){.function = strdup("main")};
    if (store_create(dir, &written.run, &err) < 0 ||
        store_append(dir, &written.records[0], &err) < 0 || store_append_pass(dir, &pass, &err) < 0)
        fail_msg("%s", err.text);
}

static int load(struct stored_run *out, struct err *err)
{
    return store_load(dir, out, err);
}

static void trial_file(const char *name, char *out, size_t size)
{
    const struct record *record = &written.records[0];
    (void)snprintf(out, size, "%s/trials/%04d-%s-b%d-%s-a1/%s", dir, (int)record->id,
                   record->workload, (int)record->block, record->row, name);
}

/* Which file of the run, the way to a value in it ("rows/0/name"), and what is put there. */
struct change {
    const char *file;
    const char *way;
    const char *json;    /* NULL: it is taken out */
    const char *refusal; /* part of the sentence; NULL: it still loads */
};

#define BEYOND "9007199254740993" /* 2^53 + 1 */
#define MOST   "9223372036854775807"

static const struct change changes[] = {
    {"run.json", "blocks", "null", "run.json: 'blocks' is -1; expected 1 to 1000"},
    {"run.json", "blocks", "-5", "run.json: 'blocks' is not of the expected kind"},
    {"run.json", "blocks", "0", "run.json: 'blocks' is 0; expected 1 to 1000"},
    {"run.json", "blocks", "1099511627776", "'blocks' is 1099511627776; expected 1 to 1000"},
    {"run.json", "blocks", "1000", NULL},
    {"run.json", "rows/0/name", "null", "run.json: row 1: 'name' is not of the expected kind"},
    {"run.json", "rows/0/allocator", "null", "row 1: 'allocator' is not of the expected kind"},
    {"run.json", "rows/0/title", "null", NULL},
    {"run.json", "rows/0/environment", "[1]", "row 1: 'environment' is not of the expected kind"},
    {"run.json", "workloads/0/name", "null", "workload 1: 'name' is missing"},
    {"run.json", "workloads/0/peers", "0", "peers is 0; expected a whole number from 1 to 128"},
    {"run.json", "workloads/0/peers", MOST, "workload 1: 'peers' is not of the expected kind"},
    {"run.json", "workloads/0/rounds", "null", "rounds is -1; expected a whole number from 1"},
    {"run.json", "workloads/0/rounds", MOST, "'rounds' is not of the expected kind"},
    {"run.json", "workloads/0/session/size_min_bytes", "0", "session_size_min is 0; expected"},
    {"run.json", "workloads/0/step_deadline_ns", "1", "step_deadline is 1; expected a duration"},
    {"run.json", "workloads/0/seed", MOST, NULL}, /* as earlier versions wrote it */
    {"run.json", "workloads/0/seed", "\"" MOST "\"", NULL},
    {"run.json", "workloads/0/seed", "\"9223372036854775808\"", "'seed' is not of the expected"},
    {"run.json", "workloads/0/seed", "\"-1\"", "'seed' is not of the expected kind"},
    {"run.json", "workloads/0/seed", "\"\"", "'seed' is not of the expected kind"},
    {"run.json", "workloads/0/seed", "\"1 \"", "'seed' is not of the expected kind"},
    {"trial.json", "workload", "null", "trial.json: 'workload' is not of the expected kind"},
    {"trial.json", "row", "null", "trial.json: 'row' is not of the expected kind"},
    {"trial.json", "row", NULL, "trial.json: 'row' is missing"},
    {"trial.json", "reason", "null", NULL},
    {"trial.json", "join_ns/0", "-1", "'join_ns': entry 0 is no duration"},
    {"trial.json", "join_ns/0", MOST, NULL},
    {"trial.json", "cycles_done", BEYOND, "'cycles_done' is not of the expected kind"},
    {"trial.json", "roles/0/snapshots/churn/rss_bytes", "-1", "snapshot 'churn': 'rss_bytes'"},
    {"trial.json", "roles/0/snapshots/churn/rss_bytes", "null", NULL},
    {"trial.json", "roles/0/counters/0/name", "null", "counters: entry 0: 'name'"},
    {"trial.json", "roles/0/measured", "false", "the first one is missing or not measured"},
    {"trial.json", "roles/2/measured", "true", NULL},
    {"trial.json", "roles/1/measured", "false", "samples.csv:3: column 3"},
    {"trial.json", "roles/1/name", "\"peer\"", "'roles': 'peer' is in it twice"},
    {"trial.json", "roles/1/name", "\"<b>\"", "entry 2 is not named like a role"},
    {"trial.json", "roles/1/name", "\"../x\"", "entry 2 is not named like a role"},
    {"trial.json", "roles/0/name", "null", "role 1: 'name' is not of the expected kind"},
    {"trial.json", "roles/2/exit_cpu_ns", NULL, NULL}, /* a later field */
    {"trial.json", "roles", "[]", "'roles': the first one is missing or not measured"},
    {"trial.json", "roles", NULL, "'roles' is missing"},
    {"trial.json", "sample_count", "1", "samples, and trial.json says 1; copy it again"},
    {"trial.json", "sample_count", NULL, NULL}, /* of a run stored before it was written */
    {"pass.json", "tool", "null", "pass.json: 'tool' is not of the expected kind"},
    {"pass.json", "sites/0/function", "null", "site 1: 'function' is not of the expected kind"},
    {"pass.json", "sites/0/bytes", MOST, "site 1: 'bytes' is not of the expected kind"},
    {"pass.json", "overhead_bytes", "9007199254740992", "'overhead_bytes' is more than a block"},
};

static void path_of(const struct change *change, char *out, size_t size)
{
    if (strcmp(change->file, "trial.json") == 0)
        trial_file(change->file, out, size);
    else
        (void)snprintf(out, size, "%s/%s%s", dir,
                       *change->file == 'p' ? "passes/discovery~glibc~mtrace/" : "", change->file);
}

static void apply(const struct change *change, json_t *root)
{
    char way[128];
    json_t *at = root;
    char *rest = way;
    (void)snprintf(way, sizeof way, "%s", change->way);
    char *key = strsep(&rest, "/");
    for (; rest; key = strsep(&rest, "/"))
        at = json_is_array(at) ? json_array_get(at, (size_t)strtol(key, NULL, 10))
                               : json_object_get(at, key);
    json_t *value = change->json ? json_loads(change->json, JSON_DECODE_ANY, NULL) : NULL;
    int code = !value              ? json_object_del(at, key)
               : json_is_array(at) ? json_array_set_new(at, (size_t)strtol(key, NULL, 10), value)
                                   : json_object_set_new(at, key, value);
    if (code != 0)
        fail_msg("%s has no %s", change->file, change->way);
}

static void a_changed_value_is_refused_or_harmless(void **state)
{
    (void)state;
    store_all();
    for (size_t i = 0; i < ARRAY_LENGTH(changes); i++) {
        char path[256];
        struct err err = ERR_INIT;
        AUTO(stored_run) struct stored_run loaded = {0};
        path_of(&changes[i], path, sizeof path);
        AUTO_JSON json_t *before = json_file_load(path, NULL);
        AUTO_JSON json_t *after = json_deep_copy(before);
        assert_non_null(after);
        apply(&changes[i], after);
        assert_int_equal(json_file_save(path, after, NULL), 0);
        int code = load(&loaded, &err);
        assert_int_equal(json_file_save(path, before, NULL), 0);
        if ((code < 0) != (changes[i].refusal != NULL))
            fail_msg("%s, %s: %d '%s'", changes[i].way, changes[i].json, code, err.text);
        if (code < 0 && !strstr(err.text, changes[i].refusal))
            fail_msg("'%s' lacks '%s'", err.text, changes[i].refusal);
    }
}

/* The file is cut between two lines: nothing in itself shows it. */
static void samples_that_are_missing_are_missed(void **state)
{
    (void)state;
    char path[256];
    char line[512];
    struct err err = ERR_INIT;
    AUTO(stored_run) struct stored_run loaded = {0};
    store_all();
    trial_file("samples.csv", path, sizeof path);
    FILE *file = fopen(path, "r+e");
    assert_non_null(file);
    for (int i = 0; i < 10; i++)
        assert_non_null(fgets(line, sizeof line, file));
    assert_int_equal(ftruncate(fileno(file), ftell(file)), 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(load(&loaded, &err), -EINVAL);
    assert_non_null(strstr(err.text, "samples.csv: holds 9 samples, and trial.json says "));
}

/* Words of a command line and of a subject may be any bytes; a lying subject may say any number. */
static void what_was_written_can_be_read(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(stored_run) struct stored_run loaded = {0};
    struct record *record = &written.records[0];
    struct record_role *peer = &record->roles[ROLE_PEER];
    free(written.run.command);
    written.run.command = strdup("heapchurn run -o r\xe9s");
    record->outcome = RECORD_FAILED;
    free(record->reason);
    record->reason = strdup("it said \xff");
    peer->unavailable[STAT_ARENAS] = strdup("\xc3(");
    peer->release_call = strdup("\x80");
    peer->exit_bytes = INT64_MAX;
    peer->snapshot[PHASE_CHURN].stat[STAT_LIVE] = INT64_MAX;
    record->samples[0].cycle = -7;
    record->samples[0].stat[STAT_HEAP] = INT64_MAX;
    store_all();
    if (load(&loaded, &err) < 0)
        fail_msg("%s", err.text);
    record = &loaded.records[0];
    peer = &record->roles[ROLE_PEER];
    assert_string_equal(loaded.run.command, "heapchurn run -o r\xef\xbf\xbds");
    assert_string_equal(record->reason, "it said \xef\xbf\xbd");
    assert_string_equal(peer->unavailable[STAT_ARENAS], "\xef\xbf\xbd(");
    assert_string_equal(peer->release_call, "\xef\xbf\xbd");
    assert_int_equal(peer->exit_bytes, RECORD_NA);
    assert_int_equal(peer->snapshot[PHASE_CHURN].stat[STAT_LIVE], ALLOCATOR_NA);
    assert_int_equal(record->samples[0].cycle, RECORD_NA);
    assert_int_equal(record->samples[0].stat[STAT_HEAP], ALLOCATOR_NA);
}

static void a_run_that_could_not_be_read_is_not_made(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    written.run.workloads[0].rounds = 2000000;
    assert_int_equal(store_create(dir, &written.run, &err), -EINVAL);
    assert_non_null(strstr(err.text, "workload 'discovery': rounds is 2000000; expected"));
    written.run.workloads[0].rounds = 1;
    assert_int_equal(store_create(dir, &written.run, &err), 0);
    written.run.blocks = STORE_BLOCKS_MAX + 1;
    assert_int_equal(store_extend(dir, &written.run, &err), -EINVAL);
    assert_non_null(strstr(err.text, "'blocks' is 100001"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_changed_value_is_refused_or_harmless),
        TEST(samples_that_are_missing_are_missed),
        TEST(what_was_written_can_be_read),
        TEST(a_run_that_could_not_be_read_is_not_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
