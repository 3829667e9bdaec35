/* Passes on disk: what is written is read back the same; what is broken names its file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store.h"
#include "synthetic_run.h"
#include "temporary.h"

static char dir[64];

/* A stored run without trials. */
static int setup(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {0};
    if (temporary_open("test-pass-store", dir, sizeof dir, NULL) < 0)
        return -1;
    synthetic_run_build(
        &(struct synthetic_run){.workloads = synthetic_discovery, .workload_count = 1, .blocks = 1},
        &stored);
    return store_create(dir, &stored.run, NULL);
}

static int teardown(void **state)
{
    (void)state;
    temporary_remove(dir);
    return 0;
}

static void make_pass(struct pass *pass)
{
    pass_init(pass);
    pass->workload = strdup("discovery");
    pass->row = strdup("jemalloc+prof");
    pass->tool = strdup("prof_leak");
    pass->setting = strdup("MALLOC_CONF=prof_prefix:DIR/je");
    pass->kind = PASS_NOT_FREED;
    pass->cycles = 64;
    pass->blocks = 100;
    pass->bytes = 102400;
    pass->remainder_blocks = 5;
    pass->collapsed = strdup("passes/x/profile.collapsed");
    pass->sites = calloc(1, sizeof *pass->sites);
    pass->sites[pass->site_count++] =
        (struct pass_site){.function = strdup("on_joined"), .blocks = 64, .bytes = 4096};
}

static void a_pass_comes_back_as_it_was(void **state)
{
    (void)state;
    AUTO(pass) struct pass pass;
    AUTO(stored_run) struct stored_run loaded = {0};
    make_pass(&pass);
    pass.record.workload = strdup("discovery");
    pass.record.row = strdup("jemalloc+prof");
    (void)record_add_role(&pass.record, "program", true);
    record_add_sample(&pass.record, &(struct record_sample){.elapsed_ns = 5, .cycle = 8});
    assert_int_equal(store_append_pass(dir, &pass, NULL), 0);
    assert_int_equal(store_load(dir, &loaded, NULL), 0);
    assert_int_equal(loaded.pass_count, 1);
    const struct pass *back = &loaded.passes[0];
    assert_string_equal(back->row, "jemalloc+prof");
    assert_string_equal(back->setting, pass.setting);
    assert_int_equal(back->kind, PASS_NOT_FREED);
    assert_null(back->unavailable);
    assert_int_equal(back->blocks, 100);
    assert_int_equal(back->remainder_blocks, 5);
    assert_int_equal(back->own_live_bytes, RECORD_NA);
    assert_int_equal(back->site_count, 1);
    assert_string_equal(back->sites[0].function, "on_joined");
    assert_int_equal(back->record.sample_count, 1);
    assert_int_equal(back->record.samples[0].cycle, 8);
}

static void one_without_figures_has_no_trial(void **state)
{
    (void)state;
    AUTO(pass) struct pass pass;
    AUTO(stored_run) struct stored_run loaded = {0};
    make_pass(&pass);
    pass.unavailable = strdup("removed in 2.17");
    assert_int_equal(store_append_pass(dir, &pass, NULL), 0);
    assert_int_equal(store_load(dir, &loaded, NULL), 0);
    assert_string_equal(loaded.passes[0].unavailable, "removed in 2.17");
    assert_int_equal(loaded.passes[0].record.sample_count, 0);
}

static void put(const char *path, const char *text)
{
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    (void)fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static void what_is_broken_names_its_file(void **state)
{
    (void)state;
    static const char *const broken[] = {"", "{", "[]", "{\"workload\": \"discovery\"}"};
    for (size_t i = 0; i < ARRAY_LENGTH(broken); i++) {
        AUTO(stored_run) struct stored_run loaded = {0};
        struct err err = ERR_INIT;
        char folder[256], path[320];
        assert_int_equal(
            store_pass_dir(dir, "discovery", "glibc", "mtrace", folder, sizeof folder, NULL), 0);
        (void)snprintf(path, sizeof path, "%s/pass.json", folder);
        put(path, broken[i]);
        assert_true(store_load(dir, &loaded, &err) < 0);
        assert_non_null(strstr(err.text, "discovery~glibc~mtrace/pass.json"));
    }
}

static void a_folder_without_pass_json_was_interrupted(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run loaded = {0};
    char folder[256];
    assert_int_equal(
        store_pass_dir(dir, "discovery", "glibc", "ledger", folder, sizeof folder, NULL), 0);
    assert_int_equal(store_load(dir, &loaded, NULL), 0);
    assert_int_equal(loaded.pass_count, 0);
}

/* Names may hold '-', so it separates nothing. */
static void no_two_passes_share_a_folder(void **state)
{
    (void)state;
    AUTO(pass) struct pass one;
    AUTO(pass) struct pass other;
    AUTO(stored_run) struct stored_run loaded = {0};
    make_pass(&one);
    make_pass(&other);
    free(one.row);
    one.row = strdup("drained-glibc");
    free(other.workload);
    other.workload = strdup("discovery-drained");
    free(other.row);
    other.row = strdup("glibc");
    assert_int_equal(store_append_pass(dir, &one, NULL), 0);
    assert_int_equal(store_append_pass(dir, &other, NULL), 0);
    assert_int_equal(store_load(dir, &loaded, NULL), 0);
    assert_int_equal(loaded.pass_count, 2);
}

/* As folders were called before. */
static void one_of_an_older_run_is_read(void **state)
{
    (void)state;
    AUTO(pass) struct pass pass;
    AUTO(stored_run) struct stored_run loaded = {0};
    char now[256], before[256];
    make_pass(&pass);
    assert_int_equal(store_append_pass(dir, &pass, NULL), 0);
    (void)snprintf(now, sizeof now, "%s/passes/discovery~jemalloc+prof~prof_leak", dir);
    (void)snprintf(before, sizeof before, "%s/passes/discovery-jemalloc+prof-prof_leak", dir);
    assert_int_equal(rename(now, before), 0);
    assert_int_equal(store_load(dir, &loaded, NULL), 0);
    assert_string_equal(loaded.passes[0].row, "jemalloc+prof");
}

/* What an interrupted one left is not taken for this one's. */
static void a_folder_is_empty_when_its_pass_begins(void **state)
{
    (void)state;
    char folder[256], dump[320], below[320], file[400];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            store_pass_dir(dir, "discovery", "glibc", "mtrace", folder, sizeof folder, NULL), 0);
        (void)snprintf(dump, sizeof dump, "%s/je.7.0.f.heap", folder);
        (void)snprintf(below, sizeof below, "%s/below", folder);
        (void)snprintf(file, sizeof file, "%s/file", below);
        assert_int_equal(access(dump, F_OK), -1);
        assert_int_equal(mkdir(below, 0700), 0);
        put(dump, "stale");
        put(file, "stale");
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_pass_comes_back_as_it_was),
        TEST(one_without_figures_has_no_trial),
        TEST(what_is_broken_names_its_file),
        TEST(a_folder_without_pass_json_was_interrupted),
        TEST(no_two_passes_share_a_folder),
        TEST(one_of_an_older_run_is_read),
        TEST(a_folder_is_empty_when_its_pass_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
