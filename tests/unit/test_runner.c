/*
 * runner.c: which trials are asked for, in which cells, how often, and what is told meanwhile.
 * Played by a fake executor: no process, no clock, no file.
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

#include "assert_between.h"
#include "fake_executor.h"
#include "runner.h"
#include "text.h"

/* Two workloads, two blocks, two rows: trials 1 to 8, cells of two. */
static struct workload workloads[2];
static const struct trial_row rows[] = {{.name = "a"}, {.name = "b"}};
enum { TRIALS = 8 };

/* What was stored before, by trial; a letter: finished; a digit: so many attempts, and more are
 * wanted. "." nothing. */
struct story {
    const char *stored;
    const char *script;
    int64_t repeated;
    int64_t repeats_until_ns;
    const char *log;  /* what the executor was asked for */
    const char *kept; /* ids of the trials that came to the sink */
    int code;
    struct plan_cell only;
    const char *host; /* of what is stored */
    int sink_code;
    bool elsewhere;
};

struct book {
    const struct story *story;
    char kept[256];
    int64_t first_trial;
};

static void on_stored(void *context, const struct plan_trial *trial, struct runner_stored *out)
{
    const struct story *story = ((struct book *)context)->story;
    char letter = story->stored[trial->id - 1];
    if (letter == '.')
        return;
    out->finished = letter < '0' || letter > '9';
    out->attempts = out->finished ? 1 : letter - '0';
    out->host = story->host;
}

static int on_host(void *context, const struct host *host, struct err *err)
{
    (void)context;
    (void)err;
    assert_string_equal(host->name, "fake");
    return 0;
}

static int on_folder(void *context, const struct record *record, char *out, size_t size,
                     struct err *err)
{
    (void)context;
    (void)err;
    (void)snprintf(out, size, "%s", record->row);
    return 0;
}

static int on_record(void *context, const struct record *record, struct err *err)
{
    struct book *book = context;
    size_t used = strlen(book->kept);
    if (book->story->sink_code < 0)
        return err_set(err, book->story->sink_code, "the disk is full");
    (void)snprintf(book->kept + used, sizeof book->kept - used, "%jd ", (intmax_t)record->id);
    return 0;
}

static void on_progress(void *context, const struct runner_progress *at)
{
    struct book *book = context;
    assert_int_equal(at->trials, TRIALS);
    assert_between(at->trial, 1, TRIALS);
    assert_int_equal(at->now.cycles_planned, 2);
    book->first_trial = book->first_trial ? book->first_trial : at->trial;
    assert_true(at->left_ns >= (at->trial > book->first_trial ? 0 : -1));
}

static void on_finished(void *context, const struct runner_progress *at,
                        const struct record *record)
{
    (void)context;
    assert_true(at->left_ns >= 0); /* one was carried out, so that it can be told */
    assert_int_equal(at->trial, record->id);
    assert_int_equal(at->attempt, record->attempt);
    assert_string_equal(at->row, record->row);
    assert_string_equal(at->workload, record->workload);
    assert_int_equal(at->block, record->block);
}

static const struct story stories[] = {
    {.stored = "........",
     .log = "[1.1v 2.1v][3.1v 4.1v][5.1v 6.1v][7.1v 8.1v]",
     .kept = "1 2 3 4 5 6 7 8 "},
    /* A noisy one is measured again at once, at most twice, and every attempt is kept. */
    {.stored = "........",
     .script = "nv",
     .log = "[1.1n 1.2v 2.1v][3.1v 4.1v][5.1v 6.1v][7.1v 8.1v]",
     .kept = "1 1 2 3 4 5 6 7 8 "},
    {.stored = "........",
     .script = "vnnnv",
     .log = "[1.1v 2.1n 2.2n 2.3n][3.1v 4.1v][5.1v 6.1v][7.1v 8.1v]",
     .kept = "1 2 2 2 3 4 5 6 7 8 "},
    /* One cell alone, and a third of it. */
    {.stored = "........",
     .only = {.workload = 1, .block = 2},
     .log = "[7.1v 8.1v]",
     .kept = "7 8 "},
    {.stored = "........",
     .only = {.workload = 0, .block = 1},
     .script = "nnn",
     .log = "[1.1n 1.2n 2.1n]",
     .kept = "1 1 2 "},
    /* What failed is no noise. */
    {.stored = "........",
     .script = "fi",
     .log = "[1.1f 2.1i][3.1v 4.1v][5.1v 6.1v][7.1v 8.1v]",
     .kept = "1 2 3 4 5 6 7 8 "},
    /* A third of the plan, three of eight, was repeated: further ones are only marked. */
    {.stored = "........",
     .script = "nvnvnvnn",
     .log = "[1.1n 1.2v 2.1n 2.2v][3.1n 3.2v 4.1n][5.1n 6.1v][7.1v 8.1v]",
     .kept = "1 1 2 2 3 3 4 5 6 7 8 "},
    {.stored = "........",
     .script = "n",
     .repeated = 3,
     .log = "[1.1n 2.1v][3.1v 4.1v][5.1v 6.1v][7.1v 8.1v]",
     .kept = "1 2 3 4 5 6 7 8 "},
    /* Nor is one repeated that would end too late. */
    {.stored = "........",
     .script = "n",
     .repeats_until_ns = 1,
     .log = "[1.1n 2.1v][3.1v 4.1v][5.1v 6.1v][7.1v 8.1v]",
     .kept = "1 2 3 4 5 6 7 8 "},
    {.stored = "........",
     .script = "n",
     .repeats_until_ns = INT64_MAX,
     .log = "[1.1n 1.2v 2.1v][3.1v 4.1v][5.1v 6.1v][7.1v 8.1v]",
     .kept = "1 1 2 3 4 5 6 7 8 "},
    /* Resumed: what is finished is left out, numbers of attempts go on, empty cells are none. */
    {.stored = "vv1.v.2v",
     .host = "n1",
     .log = "[3.2v 4.1v]@n1[6.1v]@n1[7.3v]@n1",
     .kept = "3 4 6 7 "},
    {.stored = "vv2.vvvv", .script = "nn", .log = "[3.3n 4.1n 4.2v]", .kept = "3 4 4 "},
    {.stored = "vvvvvvvv", .log = "", .kept = ""},
    /* Interrupted and broken: what was finished is kept. */
    {.stored = "........",
     .script = "vvx",
     .log = "[1.1v 2.1v][3.1x ",
     .kept = "1 2 ",
     .code = -EINTR},
    {.stored = "........", .script = "nx", .log = "[1.1n 1.2x ", .kept = "1 ", .code = -EINTR},
    {.stored = "........", .script = "ve", .log = "[1.1v 2.1e ", .kept = "1 ", .code = -EIO},
    {.stored = "........", .log = "[1.1v ", .kept = "", .code = -ENOSPC, .sink_code = -ENOSPC},
    /* Many hosts: cells come back as they are done. What the runner would have repeated is not. */
    {.stored = "........",
     .script = "vnv",
     .elsewhere = true,
     .log = "[7.1v 8.1n][5.1v 6.1v][3.1v 4.1v][1.1v 2.1v]",
     .kept = "7 8 5 6 3 4 1 2 "},
    /* An executor that has lost one says that it is done. */
    {.stored = "........",
     .script = "vl",
     .log = "[1.1v 2.1l][3.1v 4.1v][5.1v 6.1v][7.1v 8.1v]",
     .kept = "1 3 4 5 6 7 8 ",
     .code = -ENODATA},
};

static void play(const struct story *story)
{
    struct fake_executor fake = {
        .script = story->script, .make = fake_plain, .elsewhere = story->elsewhere};
    const struct executor executor = fake_executor(&fake);
    struct book book = {.story = story};
    struct err err = ERR_INIT;
    AUTO(plan) struct plan plan = {.trial_count = 0};
    plan_build(ARRAY_LENGTH(workloads), ARRAY_LENGTH(rows), 2, 1, &plan);
    assert_int_equal(plan.trial_count, TRIALS);
    const struct runner runner = {
        .plan = &plan,
        .workloads = workloads,
        .rows = rows,
        .executor = &executor,
        .repeated = story->repeated,
        .repeats_until_ns = story->repeats_until_ns,
        .stored = on_stored,
        .host = on_host,
        .folder = on_folder,
        .sink = on_record,
        .progress = on_progress,
        .only = story->only,
        .finished = on_finished,
        .context = &book,
    };
    assert_int_equal(runner_run(&runner, &err), story->code);
    assert_string_equal(fake.log, story->log);
    assert_string_equal(book.kept, story->kept);
    if (story->code == -ENODATA)
        assert_string_equal(err.text, "1 of 8 trials were not brought back; --resume asks for them "
                                      "again");
}

static void test_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(stories); i++) {
        print_message("stored %s, played %s\n", stories[i].stored,
                      stories[i].script ? stories[i].script : "v…");
        play(&stories[i]);
    }
}

/* Every cell is one block of one workload, whole, however long the plan is. */
static void test_cells_are_blocks(void **state)
{
    (void)state;
    AUTO(plan) struct plan plan = {.trial_count = 0};
    plan_build(ARRAY_LENGTH(workloads), ARRAY_LENGTH(rows), 2, 1, &plan);
    for (size_t i = 0; i < plan.trial_count; i += 2) {
        assert_int_equal(plan.trials[i].workload, plan.trials[i + 1].workload);
        assert_int_equal(plan.trials[i].block, plan.trials[i + 1].block);
    }
}

int main(void)
{
    (void)text_copy(workloads[0].name, sizeof workloads[0].name, "one");
    (void)text_copy(workloads[1].name, sizeof workloads[1].name, "two");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stories),
        cmocka_unit_test(test_cells_are_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
