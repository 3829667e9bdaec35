/*
 * collect.c, bring_cells.c, cell_folder.c: cells written as if they had been measured on several
 * hosts become one run; what is odd about one is said, and the rest is brought.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cell_folder.h"
#include "collect.h"
#include "deaf_observer.h"
#include "folder.h"
#include "path.h"
#include "plan.h"
#include "synthetic_run.h"

static char scratch[] = "/tmp/test_collect.XXXXXX";

static const struct synthetic_row rows[] = {
    {"glibc", "glibc", "2.36", 1000, 1200, 1100, 300, 0, 10, 1},
    {"mimalloc", "mimalloc", "2.0.9", 1000, 1300, 1100, 300, 0, 9, 1},
};
static const struct synthetic_workload workloads[] = {
    {"one", "Is it?", 2, 3, rows, ARRAY_LENGTH(rows)},
    {"two", "Is it?", 2, 3, rows, ARRAY_LENGTH(rows)},
};
static const struct synthetic_run shape = {
    .workloads = workloads, .workload_count = ARRAY_LENGTH(workloads), .blocks = 3};
enum { CELLS = 6, ROWS = 2 };

static int on_began(void *context, const struct measure_view *view, struct err *err)
{
    (void)context;
    (void)err;
    assert_int_equal(view->row_count, ROWS);
    return 0;
}

static const struct measure_observer observer = {.began = on_began,
                                                 .progress = deaf_progress,
                                                 .trial_finished = deaf_trial,
                                                 .ended = deaf_ended};

static void take_text(char **text, const char *value)
{
    free(*text);
    *text = value ? strdup(value) : NULL;
}

/* What is odd about a cell, or nothing. */
struct cell_shape {
    int64_t number;
    const char *host;
    const char *plan;    /* NULL: the right one */
    int64_t page_bytes;  /* 0: as usual */
    bool one_row;        /* the other trial is missing */
    int64_t block_of;    /* its trials say they are of this block; 0: as it should be */
    const char *version; /* of the allocator in it; NULL: as usual */
    const char *kernel;  /* of the host; NULL: as usual */
    const char *at;      /* number of the folder it lies in; NULL: its own */
};

static void plan_run(struct stored_run *out)
{
    synthetic_run_build(&shape, out);
    take_text(&out->run.plan, "00aa");
    take_text(&out->run.host.name, "login");
}

static void write_cell(const struct cell_shape *shaped)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(plan) struct plan plan = {.trial_count = 0};
    plan_run(&stored);
    struct run *run = &stored.run;
    take_text(&run->host.name, shaped->host);
    take_text(&run->plan, shaped->plan ? shaped->plan : "00aa");
    if (shaped->kernel)
        take_text(&run->host.kernel, shaped->kernel);
    if (shaped->page_bytes)
        run->host.page_bytes = shaped->page_bytes;
    AUTO_FREE char *folder = shaped->at ? path_join(scratch, "cells/%s", shaped->at)
                                        : cell_folder_whole(scratch, shaped->number);
    assert_int_equal(store_create(folder, run, NULL), 0);
    const struct plan_cell cell = plan_cell_of(shaped->number, run->workload_count);
    plan_build(run->workload_count, run->row_count, run->blocks, run->seed, &plan);
    for (size_t i = 0, written = 0; i < plan.trial_count; i++) {
        const struct plan_trial *trial = &plan.trials[i];
        if (trial->block != cell.block || trial->workload != cell.workload ||
            (shaped->one_row && written++ > 0))
            continue;
        AUTO(record) struct record record;
        synthetic_trial(&shape, trial->workload, trial->row, trial->block, 1, &record);
        record.id = trial->id;
        record.block = shaped->block_of ? shaped->block_of : record.block;
        take_text(&record.host, shaped->host);
        if (shaped->version)
            take_text(&record.roles[0].version, shaped->version);
        assert_int_equal(store_append(folder, &record, NULL), 0);
    }
}

static int begin(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    plan_run(&stored);
    return folder_empty(scratch, NULL) < 0 || store_create(scratch, &stored.run, NULL) < 0;
}

static void write_usual(int64_t first, int64_t last, const char *host)
{
    for (int64_t number = first; number <= last; number++)
        write_cell(&(struct cell_shape){.number = number, .host = host});
}

/* What collecting says is missing, as numbers, "" when nothing is. */
static void assert_collected(const char *missing, size_t brought, const char *why, const char *note)
{
    AUTO(collected) struct collected collected = {.cells = 0};
    struct err err = ERR_INIT;
    if (collect(scratch, &observer, &collected, &err) < 0)
        fail_msg("%s", err.text);
    const struct bring_cells *bring = &collected.bring;
    AUTO_FREE char *numbers = collected_numbers(bring->missing, bring->missing_count);
    assert_string_equal(numbers, missing);
    assert_int_equal(bring->brought, brought);
    assert_int_equal(bring->refused_count, why ? 1 : 0);
    if (why && !strstr(bring->why[0], why))
        fail_msg("%s", bring->why[0]);
    if (note ? !strstr(collected.notes, note) : *collected.notes != '\0')
        fail_msg("%s", collected.notes);
}

static size_t assert_loads(size_t records)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    struct err err = ERR_INIT;
    if (store_load(scratch, &stored, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(stored.record_count, records);
    for (size_t i = 0; i < stored.record_count; i++) {
        assert_true(stored.records[i].sample_count > 0);
        assert_non_null(run_host(&stored.run, stored.records[i].host));
    }
    return stored.run.more_host_count;
}

static void cells_become_a_run(void **state)
{
    (void)state;
    assert_collected("1 2 3 4 5 6", 0, NULL, NULL);
    write_usual(3, 4, "n2");
    write_usual(1, 1, "n1");
    assert_collected("2 5 6", 3, NULL, NULL);
    assert_int_equal(assert_loads(6), 1);
    write_usual(2, 2, "n1");
    write_usual(5, 6, "n3");
    assert_collected("", 3, NULL, NULL);
    assert_int_equal(assert_loads(CELLS * ROWS), 2);
    assert_collected("", 0, NULL, NULL);
    AUTO_FREE int64_t *numbers = NULL;
    size_t count = 1;
    assert_int_equal(cell_folder_list(scratch, &numbers, &count, NULL), 0);
    assert_int_equal(count, 0);
}

/* Where it was planned nothing was measured: the run is of the first host that something is of. */
static void it_is_begun_where_it_is_measured(void **state)
{
    (void)state;
    AUTO(run) struct run run = {.blocks = 0};
    write_usual(2, 2, "n7");
    assert_collected("1 3 4 5 6", 1, NULL, NULL);
    assert_int_equal(store_load_run(scratch, &run, NULL), 0);
    assert_string_equal(run.host.name, "n7");
    assert_int_equal(run.more_host_count, 0);
}

static void what_is_odd_is_refused_and_the_rest_brought(void **state)
{
    (void)state;
    static const struct {
        struct cell_shape shape;
        const char *why;
    } cases[] = {
        {{.number = 3, .host = "n2", .plan = "00bb"}, "another plan"},
        {{.number = 3, .host = "n2", .page_bytes = 65536}, "page size, bytes: 4096 on n1, 65536"},
        {{.number = 3, .host = "n1", .kernel = "6.2"},
         "kernel 6.1.0, and has 6.2 now; is it another"},
        {{.number = 3, .host = "n2", .one_row = true}, "is missing"},
        {{.number = 3, .host = "n2", .block_of = 1}, "is not of this cell"},
        {{.number = 4, .host = "n2", .at = "0003"}, "is not of this cell"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_int_equal(begin(NULL), 0);
        write_usual(1, 2, "n1");
        write_cell(&cases[i].shape);
        write_usual(5, 6, "n2");
        assert_collected("4", 4, cases[i].why, NULL);
        (void)assert_loads(8);
        assert_true(cell_folder_is_whole(scratch, 3)); /* what was measured is kept */
    }
}

static void a_cell_that_was_cut_off_is_refused(void **state)
{
    (void)state;
    write_usual(1, 2, "n1");
    AUTO_FREE char *folder = cell_folder_whole(scratch, 2);
    AUTO_FREE char *trials = path_join(folder, "trials");
    AUTO(folder_files) struct folder_files found = {.count = 0};
    assert_int_equal(folder_match(trials, "*", &found, NULL), 0);
    AUTO_FREE char *samples = path_join(found.paths[1], "samples.csv");
    assert_int_equal(truncate(samples, 200), 0);
    assert_collected("3 4 5 6", 1, "cannot be read", NULL);
    (void)assert_loads(2);
}

static void a_cell_that_is_there_twice_is_said_and_left(void **state)
{
    (void)state;
    write_usual(1, 6, "n1");
    assert_collected("", 6, NULL, NULL);
    write_usual(2, 2, "n2");
    assert_collected("", 0, NULL, "cell 2 was collected already; this second one, of n2, is left");
    assert_collected("", 0, NULL, "cell 2 was collected already");
    (void)assert_loads(CELLS * ROWS);
    begin(NULL);
    write_cell(&(struct cell_shape){.number = 1, .host = "n1", .at = "0099"});
    assert_collected("1 2 3 4 5 6", 0, NULL, "the plan has no such cell");
}

/* Ended after the first of two trials had been moved: the rest comes with the next collect. */
static void collecting_may_be_broken_off(void **state)
{
    (void)state;
    write_usual(1, 6, "n1");
    AUTO_FREE char *folder = cell_folder_whole(scratch, 4);
    AUTO_FREE char *from = path_join(folder, "trials");
    AUTO_FREE char *to = path_join(scratch, "trials");
    AUTO(folder_files) struct folder_files found = {.count = 0};
    assert_int_equal(folder_make(to, NULL), 0);
    assert_int_equal(folder_match(from, "*", &found, NULL), 0);
    AUTO_FREE char *moved = path_join(to, "%s", strrchr(found.paths[0], '/') + 1);
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    assert_int_equal(store_load(folder, &stored, NULL), 0);
    assert_int_equal(store_begin_on(scratch, &stored.run.host, NULL), 0);
    assert_int_equal(rename(found.paths[0], moved), 0);
    assert_collected("", 6, NULL, NULL);
    (void)assert_loads(CELLS * ROWS);
}

static void another_version_ends_it(void **state)
{
    (void)state;
    AUTO(collected) struct collected collected = {.cells = 0};
    struct err err = ERR_INIT;
    write_usual(1, 2, "n1");
    assert_collected("3 4 5 6", 2, NULL, NULL);
    write_cell(&(struct cell_shape){.number = 3, .host = "n2", .version = "9.9"});
    assert_int_equal(collect(scratch, &observer, &collected, &err), -EXDEV);
    assert_non_null(strstr(err.text, "is version 9.9 now"));
    assert_true(cell_folder_is_whole(scratch, 3));
    (void)assert_loads(4);
}

static void what_is_missing_says_why(void **state)
{
    (void)state;
    AUTO(collected) struct collected collected = {.cells = 0};
    write_usual(1, 1, "n1");
    cell_folder_fail(scratch, 3, "n2", "the disk is full");
    assert_int_equal(collect(scratch, &observer, &collected, NULL), 0);
    AUTO_FREE char *missing = collected_missing(scratch, &collected);
    assert_string_equal(missing, "cells 2 to 6 of 6 are missing\n3: n2: the disk is full");
}

/* Whose is first has it; what the other measured stays where it was begun. */
static void a_cell_is_finished_once(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    write_cell(&(struct cell_shape){.number = 1, .host = "n1", .at = ".0001-n1"});
    write_cell(&(struct cell_shape){.number = 1, .host = "n2", .at = ".0001-n2"});
    cell_folder_fail(scratch, 1, "n3", "unfit");
    assert_int_equal(cell_folder_finish(scratch, 1, "n2", &err), 0);
    assert_null(cell_folder_why(scratch, 1));
    assert_int_equal(cell_folder_finish(scratch, 1, "n1", &err), -EEXIST);
    assert_non_null(strstr(err.text, "finished by another meanwhile"));
    AUTO_FREE char *begun = cell_folder_begun(scratch, 1, "n1");
    assert_int_equal(access(begun, F_OK), 0);
}

static void cells_have_numbers(void **state)
{
    (void)state;
    for (int64_t number = 1; number <= 12; number++) {
        const struct plan_cell cell = plan_cell_of(number, 3);
        assert_int_equal(plan_cell_number(&cell, 3), number);
        assert_int_equal(cell.block, (number + 2) / 3);
    }
}

static int group_setup(void **state)
{
    (void)state;
    return mkdtemp(scratch) ? 0 : -1;
}

static int group_teardown(void **state)
{
    (void)state;
    return folder_empty(scratch, NULL) < 0 || rmdir(scratch) < 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(cells_become_a_run, begin),
        cmocka_unit_test_setup(it_is_begun_where_it_is_measured, begin),
        cmocka_unit_test_setup(what_is_odd_is_refused_and_the_rest_brought, begin),
        cmocka_unit_test_setup(a_cell_that_was_cut_off_is_refused, begin),
        cmocka_unit_test_setup(a_cell_that_is_there_twice_is_said_and_left, begin),
        cmocka_unit_test_setup(collecting_may_be_broken_off, begin),
        cmocka_unit_test_setup(another_version_ends_it, begin),
        cmocka_unit_test_setup(what_is_missing_says_why, begin),
        cmocka_unit_test_setup(a_cell_is_finished_once, begin),
        cmocka_unit_test(cells_have_numbers),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
