/*
 * rerun.c and same_machine.c: what a first run left open is measured once more, on the machine that
 * it was measured on, by one driver at a time.
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

#include "deaf_observer.h"
#include "fake_executor.h"
#include "folder.h"
#include "lock.h"
#include "pins.h"
#include "rerun.h"
#include "synthetic_run.h"

static char scratch[] = "/tmp/test_rerun.XXXXXX";

static const struct synthetic_row rows[] = {
    {"glibc", "glibc", "2.36", 1000, 1200, 1100, 300, 0, 10, 1}};
static const struct synthetic_workload workload = {"quick", "Is it?", 2,
                                                   3,       rows,     ARRAY_LENGTH(rows)};
static const struct synthetic_run shape = {
    .workloads = &workload, .workload_count = 1, .blocks = 2};

static void make(const struct cell *cell, const struct cell_trial *trial, int64_t attempt,
                 struct record *out)
{
    (void)trial;
    synthetic_trial(&shape, 0, 0, cell->block, attempt, out);
}

static const struct measure_observer observer = {DEAF_OBSERVER};

/* A run of this machine; `kernel` NULL: with its own kernel. Its blocks are stored. */
static void store_run(const char *kernel)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    char pinning[PINS_TEXT_MAX];
    synthetic_run_build(&shape, &stored);
    host_release(&stored.run.host);
    host_describe(&stored.run.host);
    if (kernel) {
        free(stored.run.host.kernel);
        stored.run.host.kernel = strdup(kernel);
    }
    (void)pins_choose(pinning, sizeof pinning);
    free(stored.run.pinning);
    stored.run.pinning = strdup(pinning);
    assert_int_equal(folder_empty(scratch, NULL), 0);
    assert_int_equal(store_create(scratch, &stored.run, NULL), 0);
    for (size_t i = 0; i < stored.record_count; i++)
        assert_int_equal(store_append(scratch, &stored.records[i], NULL), 0);
}

static int rerun(int (*what)(const struct measure *how, struct err *err),
                 struct fake_executor *fake, struct err *err)
{
    const struct executor executor = fake_executor(fake);
    fake->make = make;
    return what(&(struct measure){.dir = scratch, .executor = &executor, .observer = &observer},
                err);
}

static void three_blocks_are_added_once(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct fake_executor broken = {.script = "x"}, first = {.script = NULL}, second = first;
    store_run(NULL);
    assert_int_equal(rerun(rerun_blocks, &broken, &err), -EINTR);
    assert_int_equal(rerun(rerun_blocks, &first, &err), 0);
    assert_string_equal(first.log, "[3.1v][4.1v][5.1v]");
    assert_int_equal(rerun(rerun_blocks, &second, &err), 0);
    assert_string_equal(second.log, "[6.1v][7.1v][8.1v]");
}

static void twice_the_cycles_are_a_run_of_their_own(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct fake_executor broken = {.script = "vx"}, fake = {.script = NULL};
    AUTO(stored_run) struct stored_run twice = {.record_count = 0};
    AUTO(stored_run) struct stored_run first = {.record_count = 0};
    store_run(NULL);
    assert_int_equal(rerun_load_cycles(scratch, &twice, &err), -ENOENT);
    assert_string_equal(err.text, "");
    assert_int_equal(rerun(rerun_cycles, &broken, &err), -EINTR);
    assert_int_equal(rerun(rerun_cycles, &fake, &err), 0);
    assert_string_equal(fake.log, "[2.1v]");
    assert_int_equal(rerun_load_cycles(scratch, &twice, &err), 0);
    assert_int_equal(store_load(scratch, &first, &err), 0);
    assert_int_equal(twice.run.workloads[0].rounds, 2 * first.run.workloads[0].rounds);
    assert_int_equal(twice.record_count, 2);
    assert_int_equal(twice.pass_count, 1);
    assert_int_equal(first.record_count, 2);
}

static void another_machine_is_refused(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct fake_executor fake = {.script = NULL};
    store_run("2.4.1");
    assert_int_equal(rerun(rerun_blocks, &fake, &err), -EXDEV);
    assert_non_null(
        strstr(err.text, "cannot stand beside what was measured; kernel: 2.4.1 then, "));
    assert_int_equal(rerun(rerun_cycles, &fake, &err), -EXDEV);
    assert_string_equal(fake.log, "");
}

static void a_folder_that_is_written_is_left_alone(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct fake_executor fake = {.script = NULL};
    AUTO(store_lock) struct store_lock lock = STORE_LOCK_INIT;
    store_run(NULL);
    assert_int_equal(store_lock(scratch, &lock, &err), 0);
    assert_int_equal(rerun(rerun_blocks, &fake, &err), -EBUSY);
    assert_int_equal(rerun(rerun_cycles, &fake, &err), -EBUSY);
    store_unlock(&lock);
    AUTO(store_lock) struct store_lock twice = STORE_LOCK_INIT;
    char path[64];
    (void)snprintf(path, sizeof path, "%s/twice", scratch);
    assert_int_equal(folder_make(path, &err), 0);
    assert_int_equal(store_lock(path, &twice, &err), 0);
    assert_int_equal(rerun(rerun_cycles, &fake, &err), -EBUSY);
    assert_string_equal(fake.log, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_blocks_are_added_once),
        cmocka_unit_test(twice_the_cycles_are_a_run_of_their_own),
        cmocka_unit_test(another_machine_is_refused),
        cmocka_unit_test(a_folder_that_is_written_is_left_alone),
    };
    if (!mkdtemp(scratch))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)folder_empty(scratch, NULL);
    (void)rmdir(scratch);
    return failed;
}
