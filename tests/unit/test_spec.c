/* spec: good files, defaults, names, lists, the workloads of the project. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "paths.h"
#include "scenarios.h"
#include "spec.h"
#include "spec_keys.h"

#define SPECS     TEST_DATA_DIR "/specs"
#define WORKLOADS TEST_SOURCE_DIR "/workloads"

static void reads_every_key(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(workload) struct workload w = {0};
    assert_int_equal(spec_load_workload(SPECS, "all-keys", scenario_loads(), &w, &err), 0);
    assert_string_equal(w.name, "all-keys");
    assert_string_equal(w.path, SPECS "/all-keys.yaml");
    assert_string_equal(w.question, "Are all keys read?");
    assert_string_equal(w.load, "rounds");
    assert_string_equal(w.crowd, "peer");
    const int64_t read[] = {
        w.peers,
        w.rounds,
        w.quick_rounds,
        w.mesh,
        w.drain,
        w.messages,
        w.message_bytes,
        w.leak_bytes,
        w.session.blocks,
        w.session.size_min_bytes,
        w.session.size_max_bytes,
        w.session.outlive_percent,
        w.session.outlive_cycles,
        w.life_ns,
        w.quiet_ns,
        w.released_ns,
        w.step_deadline_ns,
        w.seed,
    };
    const int64_t written[] = {
        3,
        23,
        7,
        false,
        SPEC_DRAIN_POLLSET,
        5,
        1536,
        96,
        11,
        32,
        2048,
        40,
        9,
        0,
        INT64_C(1500000000),
        INT64_C(150000000000),
        INT64_C(4000000000),
        42,
    };
    for (size_t i = 0; i < ARRAY_LENGTH(read); i++)
        assert_int_equal(read[i], written[i]);
    assert_int_equal(workload_cycles(&w), 69);
    assert_string_equal(workload_cycle_unit(&w), "peer life");
}

static void defaults_are_those_of_the_table(void **state)
{
    (void)state;
    AUTO(workload) struct workload w = {0};
    assert_int_equal(spec_load_workload(SPECS, "least", scenario_loads(), &w, NULL), 0);
    assert_string_equal(w.load, "rounds");
    assert_int_equal(w.peers, 8);
    assert_int_equal(w.rounds, 168);
    assert_true(w.mesh);
    assert_int_equal(w.drain, SPEC_DRAIN_NONE);
    assert_int_equal(w.session.size_max_bytes, 65536);
    assert_int_equal(w.quiet_ns, INT64_C(1000000000));
    assert_null(w.broken);
}

static void every_default_is_a_good_value(void **state)
{
    (void)state;
    for (const struct field *key = spec_keys; key->name; key++) {
        AUTO(workload) struct workload w = {0};
        struct err err = ERR_INIT;
        if (!key->key)
            continue;
        if (key->fallback && key->fallback[0] && field_parse(key, key->fallback, &w, &err) < 0)
            fail_msg("%s: %s", key->name, err.text);
        assert_true(strlen(key->sentence) > 10);
    }
}

static void unknown_name_is_answered_with_the_nearest(void **state)
{
    (void)state;
    AUTO(workload) struct workload w = {0};
    struct err err = ERR_INIT;
    assert_int_equal(spec_load_workload(SPECS, "all-kyes", scenario_loads(), &w, &err), -ENOENT);
    assert_string_equal(err.text, "unknown workload 'all-kyes' (did you mean 'all-keys'?)");
    assert_int_equal(spec_load_workload(SPECS, "something-else", scenario_loads(), &w, &err),
                     -ENOENT);
    assert_string_equal(err.text, "unknown workload 'something-else'; 'heapchurn list' shows all");
    assert_int_equal(spec_load_workload(SPECS, "./none.yaml", scenario_loads(), &w, &err), -ENOENT);
    assert_string_equal(err.text, "./none.yaml: No such file or directory");
    assert_int_equal(spec_load_workload("/nowhere", "x", scenario_loads(), &w, &err), -ENOENT);
}

static void a_broken_file_hides_no_other(void **state)
{
    (void)state;
    struct workload *list = NULL;
    size_t count = 0;
    assert_int_equal(spec_list(SPECS, scenario_loads(), &list, &count, NULL), 0);
    assert_int_equal(count, 4);
    static const char *const names[] = {"all-keys", "broken", "least", "processes"};
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(list[i].name, names[i]);
        assert_int_equal(list[i].broken != NULL, i == 1);
    }
    assert_string_equal(list[1].broken,
                        SPECS "/broken.yaml:3:1: unknown key 'roundz' (did you mean 'rounds'?)");
    for (size_t i = 0; i < count; i++)
        workload_release(&list[i]);
    free(list);
}

static void the_projects_own_workloads_are_good(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "discovery", "discovery-drained", "leak", "original", "sessions", "steady", "storm",
    };
    struct workload *list = NULL;
    size_t count = 0;
    assert_int_equal(spec_list(WORKLOADS, scenario_loads(), &list, &count, NULL), 0);
    for (size_t i = 0; i < count; i++) {
        if (list[i].broken)
            fail_msg("%s", list[i].broken);
        if (i > 0)
            assert_true(strcmp(list[i - 1].name, list[i].name) < 0);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
        size_t found = 0;
        for (size_t j = 0; j < count; j++)
            found += strcmp(list[j].name, expected[i]) == 0;
        assert_int_equal(found, 1);
    }
    for (size_t i = 0; i < count; i++)
        workload_release(&list[i]);
    free(list);
}

static void the_two_discoveries_differ_in_drain_only(void **state)
{
    (void)state;
    AUTO(workload) struct workload a = {0};
    AUTO(workload) struct workload b = {0};
    assert_int_equal(spec_load_workload(WORKLOADS, "discovery", scenario_loads(), &a, NULL), 0);
    assert_int_equal(spec_load_workload(WORKLOADS, "discovery-drained", scenario_loads(), &b, NULL),
                     0);
    assert_int_equal(a.drain, SPEC_DRAIN_NONE);
    assert_int_equal(b.drain, SPEC_DRAIN_POLLSET);
    assert_int_equal(workload_cycles(&a), workload_cycles(&b));
    assert_int_equal(a.peers, b.peers);
    assert_int_equal(a.quiet_ns, b.quiet_ns);
}

static void the_workload_folder_can_be_chosen(void **state)
{
    (void)state;
    char path[PATHS_MAX];
    struct err err = ERR_INIT;
    assert_int_equal(setenv("HEAPCHURN_WORKLOAD_DIR", SPECS, 1), 0);
    assert_int_equal(paths_workloads(path, &err), 0);
    assert_string_equal(path, SPECS);
    assert_int_equal(setenv("HEAPCHURN_WORKLOAD_DIR", "/nowhere", 1), 0);
    assert_int_equal(paths_workloads(path, &err), -ENOENT);
    assert_int_equal(unsetenv("HEAPCHURN_WORKLOAD_DIR"), 0);
    assert_int_equal(paths_workloads(path, &err), 0);
    assert_string_equal(path, WORKLOADS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_key),
        cmocka_unit_test(defaults_are_those_of_the_table),
        cmocka_unit_test(every_default_is_a_good_value),
        cmocka_unit_test(unknown_name_is_answered_with_the_nearest),
        cmocka_unit_test(a_broken_file_hides_no_other),
        cmocka_unit_test(the_projects_own_workloads_are_good),
        cmocka_unit_test(the_two_discoveries_differ_in_drain_only),
        cmocka_unit_test(the_workload_folder_can_be_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
