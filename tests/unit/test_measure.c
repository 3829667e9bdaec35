/*
 * measure.c: a run measured, broken off, resumed and followed by its passes, in a real folder and
 * with a fake executor; and what it leaves of the process it ran in.
 */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "assert_between.h"
#include "executor_local.h"
#include "fake_executor.h"
#include "folder.h"
#include "measure.h"
#include "synthetic_run.h"

static char scratch[] = "/tmp/test_measure.XXXXXX";

static const struct synthetic_row rows[] = {
    {"glibc", "glibc", "2.36", 1000, 1200, 1100, 300, 0, 10, 1},
    {"mimalloc", "mimalloc", "2.0.9", 1000, 1300, 1100, 300, 0, 9, 1},
};
static const struct synthetic_workload workload = {"quick", "Is it?", 2,
                                                   3,       rows,     ARRAY_LENGTH(rows)};
static const struct synthetic_run shape = {
    .workloads = &workload, .workload_count = 1, .blocks = 2};
enum { TRIALS = 4 };
static const char *version; /* of what is measured from now on; NULL: as in `rows` */

static void make(const struct cell *cell, const struct cell_trial *trial, int64_t attempt,
                 struct record *out)
{
    size_t row = strcmp(trial->row->name, rows[0].name) != 0;
    synthetic_trial(&shape, 0, row, cell->block, attempt, out);
    if (version) {
        free(out->roles[0].version);
        out->roles[0].version = strdup(version);
    }
}

/* What the observer was told: b began, p progress, t trial, e ended, P pass. */
static char told[256];
static int began_code;

static void tell(char letter)
{
    size_t used = strlen(told);
    if (used + 1 < sizeof told && (letter != 'p' || !used || told[used - 1] != 'p'))
        told[used] = letter;
}

static int on_began(void *context, const struct measure_view *view, struct err *err)
{
    (void)context;
    tell('b');
    assert_int_equal(view->plan->trial_count, TRIALS);
    return began_code < 0 ? err_set(err, began_code, "no page") : 0;
}

static void on_progress(void *context, const struct runner_progress *at)
{
    (void)context;
    (void)at;
    tell('p');
}

static void on_trial(void *context, const struct runner_progress *at, const struct record *record)
{
    (void)context;
    (void)at;
    (void)record;
    tell('t');
}

static void on_ended(void *context)
{
    (void)context;
    tell('e');
}

static void on_pass(void *context, size_t number, size_t count, const struct pass *pass)
{
    (void)context;
    (void)pass;
    assert_between(number, 1, count);
    tell('P');
}

static const struct measure_observer observer = {.began = on_began,
                                                 .progress = on_progress,
                                                 .trial_finished = on_trial,
                                                 .ended = on_ended,
                                                 .pass_finished = on_pass};

/* An empty folder, with the description of a run in it. */
static int begin(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    told[0] = '\0';
    (void)memset(told, 0, sizeof told);
    began_code = 0;
    version = NULL;
    synthetic_run_build(&shape, &stored);
    return folder_empty(scratch, NULL) < 0 || store_create(scratch, &stored.run, NULL) < 0;
}

/* As `heapchurn run --resume` does it; the log of what was asked for is in `fake`. */
static int measure(struct fake_executor *fake, bool passes, struct err *err)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    const struct executor executor = fake_executor(fake);
    fake->make = make;
    assert_int_equal(store_load(scratch, &stored, err), 0);
    return measure_missing(&(struct measure){.dir = scratch,
                                             .stored = &stored,
                                             .passes = passes,
                                             .executor = &executor,
                                             .observer = &observer},
                           err);
}

static void assert_stored(size_t records, size_t passes)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    struct err err = ERR_INIT;
    assert_int_equal(store_load(scratch, &stored, &err), 0);
    assert_int_equal(stored.record_count, records);
    assert_int_equal(stored.pass_count, passes);
    for (size_t i = 0; i < records; i++) {
        assert_string_equal(stored.records[i].host, "fake");
        assert_string_equal(run_host(&stored.run, "fake")->name, "fake");
    }
}

static void all_is_measured_stored_and_told(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct fake_executor fake = {.script = NULL};
    assert_int_equal(measure(&fake, false, &err), 0);
    assert_string_equal(fake.log, "[1.1v 2.1v][3.1v 4.1v]");
    assert_string_equal(told, "bptptptpte");
    assert_stored(TRIALS, 0);
}

static void interrupted_it_goes_on_where_it_was(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct fake_executor first = {.script = "vvnx"}, second = {.script = NULL};
    assert_int_equal(measure(&first, true, &err), -EINTR);
    assert_string_equal(first.log, "[1.1v 2.1v][3.1n 3.2x ");
    assert_int_equal(first.pass_count, 0);
    assert_stored(3, 0);
    assert_int_equal(measure(&second, false, &err), 0);
    assert_string_equal(second.log, "[3.2v 4.1v]@fake");
    assert_stored(5, 0);
    struct fake_executor third = {.script = NULL};
    assert_int_equal(measure(&third, false, &err), 0);
    assert_string_equal(third.log, "");
}

/* Two of four were repeated before it was broken off: the budget of noise is spent. */
static void noise_before_counts_after(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct fake_executor first = {.script = "nvnvx"}, second = {.script = "nn"};
    assert_int_equal(measure(&first, false, &err), -EINTR);
    assert_string_equal(first.log, "[1.1n 1.2v 2.1n 2.2v][3.1x ");
    assert_int_equal(measure(&second, false, &err), 0);
    assert_string_equal(second.log, "[3.1n 4.1n]");
    assert_stored(6, 0);
}

static void failed_trials_are_tried_again(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct fake_executor first = {.script = "fi"}, second = {.script = NULL};
    assert_int_equal(measure(&first, false, &err), 0);
    assert_stored(TRIALS, 0);
    assert_int_equal(measure(&second, false, &err), 0);
    assert_string_equal(second.log, "[1.2v 2.2v]@fake");
}

static void another_version_is_not_stored_beside_the_first(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct fake_executor first = {.script = "vvx"}, second = {.script = NULL};
    assert_int_equal(measure(&first, false, &err), -EINTR);
    version = "9.9";
    assert_int_equal(measure(&second, false, &err), -EXDEV);
    assert_non_null(strstr(err.text, "is version 9.9 now"));
    assert_stored(2, 0);
}

static void passes_follow_and_are_resumed(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct fake_executor first = {.passes = "vx"}, second = {.passes = "u"}, third = {.passes = ""};
    assert_int_equal(measure(&first, true, &err), -EINTR);
    assert_int_equal(first.pass_count, 2);
    assert_string_equal(told, "bptptptpteP");
    assert_stored(TRIALS, 1);
    assert_int_equal(measure(&second, true, &err), 0);
    assert_true(second.pass_count >= 1);
    assert_int_equal(measure(&third, true, &err), 0);
    assert_int_equal(third.pass_count, 0);
    begin(NULL);
    struct fake_executor broken = {.passes = "e"};
    assert_int_equal(measure(&broken, true, &err), -EIO);
    assert_stored(TRIALS, 0);
}

/* Whatever the end: all cores, and Ctrl-C does again what it did. */
static void it_leaves_the_process_as_it_was(void **state)
{
    (void)state;
    static const char *const scripts[] = {"", "x", "e", "began"};
    cpu_set_t cores, cores_after;
    sigset_t signals, signals_after;
    assert_int_equal(sched_getaffinity(0, sizeof cores, &cores), 0);
    assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &signals), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(scripts); i++) {
        struct err err = ERR_INIT;
        struct fake_executor fake = {.script = scripts[i]};
        begin(NULL);
        began_code = *scripts[i] == 'b' ? -EADDRINUSE : 0;
        (void)measure(&fake, false, &err);
        assert_int_equal(sched_getaffinity(0, sizeof cores_after, &cores_after), 0);
        assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &signals_after), 0);
        assert_true(CPU_EQUAL(&cores, &cores_after));
        assert_false(sigismember(&signals_after, SIGINT));
        assert_int_equal(sigismember(&signals, SIGINT), sigismember(&signals_after, SIGINT));
    }
}

/* It costs no process to find out. */
static void a_block_never_spans_hosts(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct workload any = {.name = "quick"};
    static char name[] = "here";
    const struct host here = {.name = name};
    struct executor_local local = {.here = &here, .programs = "/nonexistent", .interrupt_fd = -1};
    const struct executor executor = executor_local(&local);
    const struct trial_row row = {.name = "glibc"};
    const struct cell_trial trial = {.id = 1, .row = &row};
    const struct cell cell = {
        .workload = &any, .block = 2, .host = "elsewhere", .trials = &trial, .trial_count = 1};
    const struct cell_client none = {.context = NULL}; /* is told nothing, not even the host */
    assert_int_equal(executor.cells(executor.state, &cell, 1, &none, &err), -EXDEV);
    assert_non_null(strstr(err.text, "block 2 of quick was begun on elsewhere and this is here"));
}

static void programs_are_looked_for_before_anything_is_stored(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    synthetic_run_build(&shape, &stored);
    assert_int_equal(measure_check_programs(&stored.run, "/nonexistent", &err), -ENXIO);
    assert_string_equal(err.text,
                        "/nonexistent/peer-glibc: no such program; run 'make' to build it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_is_measured_stored_and_told, begin),
        cmocka_unit_test_setup(interrupted_it_goes_on_where_it_was, begin),
        cmocka_unit_test_setup(noise_before_counts_after, begin),
        cmocka_unit_test_setup(failed_trials_are_tried_again, begin),
        cmocka_unit_test_setup(another_version_is_not_stored_beside_the_first, begin),
        cmocka_unit_test_setup(passes_follow_and_are_resumed, begin),
        cmocka_unit_test_setup(it_leaves_the_process_as_it_was, begin),
        cmocka_unit_test(a_block_never_spans_hosts),
        cmocka_unit_test(programs_are_looked_for_before_anything_is_stored),
    };
    if (!mkdtemp(scratch))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)folder_empty(scratch, NULL);
    (void)rmdir(scratch);
    return failed;
}
