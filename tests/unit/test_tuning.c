/*
 * tuning.c: settings measured rung by rung with a fake executor, in a real folder: which are asked
 * for, what is interrupted and resumed, and what does not take effect.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "deaf_observer.h"
#include "fake_executor.h"
#include "folder.h"
#include "path.h"
#include "price_list.h"
#include "run_request.h"
#include "synthetic_run.h"
#include "tuning.h"

static char scratch[] = "/tmp/test_tuning.XXXXXX";

/* As if a second had passed. */
static char rungs[512];
static const char *untold; /* an option that reads back as something else */

static const struct synthetic_row row = {"x", "jemalloc", "5.3.0", 1000, 9000, 1100, 300, 0, 10, 1};
static const struct synthetic_workload of = {"w", "Is it?", 8, 60, &row, 1};
static const struct synthetic_run shape = {
    .workloads = &of, .workload_count = 1, .blocks = 100, .noise = 0.01, .samples_between = 2};

static void add_option(struct record_role *role, const char *name, const char *value)
{
    role->options = realloc(role->options, (role->option_count + 1) * sizeof *role->options);
    role->options[role->option_count++] = (struct record_pair){strdup(name), strdup(value)};
}

/* Says what its environment sets, as jemalloc does. */
static void read_back(const struct trial_row *trial, struct record_role *role)
{
    for (char *const *entry = trial->environment; entry && *entry; entry++) {
        char text[256], name[96];
        (void)snprintf(text, sizeof text, "%s", strchr(*entry, '=') + 1);
        for (char *rest = text, *word; (word = strsep(&rest, ",")) != NULL;) {
            char *value = strchr(word, ':');
            *value++ = '\0';
            (void)snprintf(name, sizeof name, "opt.%s", word);
            add_option(role, name, untold && strcmp(untold, word) == 0 ? "other" : value);
        }
    }
}

static void scale(struct record *record, double factor)
{
    for (size_t i = 0; i < record->sample_count; i++)
        record->samples[i].rss_anon_bytes =
            (int64_t)((double)record->samples[i].rss_anon_bytes * factor);
}

/* A background thread halves memory, no cache takes a fifth of it. */
static void make(const struct cell *cell, const struct cell_trial *trial, int64_t attempt,
                 struct record *out)
{
    synthetic_trial(&shape, 0, 0, cell->block, attempt, out);
    read_back(trial->row, &out->roles[0]);
    for (size_t i = 0; i < out->roles[0].option_count; i++) {
        if (strcmp(out->roles[0].options[i].name, "opt.background_thread") == 0)
            scale(out, 0.5);
        if (strcmp(out->roles[0].options[i].name, "opt.tcache") == 0)
            scale(out, 0.8);
    }
}

/* The fake takes no time: each rung is said to have taken as long as it was expected to. */
static void on_rung(void *context, size_t number, const struct tune_rung *next, int64_t trial_ns)
{
    struct tuning *const *measured = context;
    (*measured)->spent_ns += (int64_t)next->settings.count * next->blocks * trial_ns;
    size_t used = strlen(rungs);
    used += (size_t)snprintf(rungs + used, sizeof rungs - used, "%zu:", number);
    for (size_t i = 2; i < next->settings.count; i++)
        used +=
            (size_t)snprintf(rungs + used, sizeof rungs - used, " %s", next->settings.list[i].name);
    (void)snprintf(rungs + used, sizeof rungs - used, " x%d\n", next->blocks > 0);
}

static struct tuning *measured;
static const struct tuning_observer observer = {
    .rung = on_rung, .context = &measured, .measure = {DEAF_OBSERVER}};

static int begin(void **state)
{
    (void)state;
    rungs[0] = '\0';
    untold = NULL;
    return folder_empty(scratch, NULL);
}

static char none_name[] = "rpmalloc";
static const char *const three[] = {"background_thread", "tcache", "narenas=1"};

static int open_row(const char *name, int64_t budget_ns, struct tuning *out, struct err *err)
{
    static const char *const workload[] = {"steady"};
    const char *const rows[] = {name};
    const struct run_request asked = {.workload_names = workload,
                                      .workload_count = 1,
                                      .row_names = rows,
                                      .row_count = 1,
                                      .blocks = 1,
                                      .seed = 1,
                                      .sample_period_ns = 20 * CLOCK_NS_PER_MS,
                                      .command = "test"};
    AUTO(run) struct run run = {.blocks = 0};
    char skipped[256];
    int code = run_request_resolve(&asked, &run, skipped, sizeof skipped, err);
    if (code == -ENOENT && strstr(err->text, "not available"))
        skip(); /* a build without jemalloc, or a machine without huge pages */
    const struct tuning_request request = {
        .run = &run,
        .knobs = three,
        .knob_count = 3,
        .budget_ns = budget_ns,
        .weights = recommend_weights_default,
    };
    return code < 0 ? code : tuning_begin(&request, scratch, out, err);
}

static int open_three(int64_t budget_ns, struct tuning *out, struct err *err)
{
    return open_row("jemalloc", budget_ns, out, err);
}

static int measure(struct tuning *tuning, const char *script, char *out_log, struct err *err)
{
    struct fake_executor fake = {.script = script, .make = make};
    const struct executor executor = fake_executor(&fake);
    measured = tuning;
    int code = tuning_measure(tuning, NULL, &executor, &observer, err);
    if (out_log)
        (void)snprintf(out_log, sizeof fake.log, "%s", fake.log);
    return code;
}

/* Rung 0 is said to have taken that; a trial takes two minutes, and there is time for 28 more. */
static const int64_t long_ns = 3600LL * CLOCK_NS_PER_S;
static const int64_t pretended_ns = 240LL * CLOCK_NS_PER_S;

static void test_rung_by_rung(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(tuning) struct tuning tuning = {.lock = STORE_LOCK_INIT};
    assert_int_equal(open_three(long_ns, &tuning, &err), 0);
    tuning.spent_ns = pretended_ns;
    assert_int_equal(measure(&tuning, NULL, NULL, &err), 0);
    assert_string_equal(rungs,
                        "1: background_thread=true tcache=false narenas=1 x1\n"
                        "2: background_thread=true tcache=false narenas=1 "
                        "background_thread=true+tcache=false x1\n"
                        "3: background_thread=true+tcache=false background_thread=true x1\n");
    AUTO(tune_data) struct tune_data data;
    struct tune_choice choice;
    tuning_data(&tuning, &data);
    tune_choose(&data, &tuning.weights, false, &choice);
    assert_false(choice.default_differs);
    assert_string_equal(data.settings.list[choice.best].name,
                        "background_thread=true+tcache=false");
    for (size_t i = 0; i < data.settings.count; i++)
        assert_string_equal(data.trouble[i], "");
    const struct tune_effect *joined = &choice.line[choice.best].effect[TUNE_MEMORY];
    assert_true(joined->word == TUNE_LESS && fabs(joined->ratio - 0.4) < 0.02);
    assert_true(choice.line[choice.best].on_frontier);
}

/* What the row is that settings build on, they are: its library, its huge pages. */
static void test_settings_are_rows_like_their_base(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(tuning) struct tuning tuning = {.lock = STORE_LOCK_INIT};
    assert_int_equal(open_row("jemalloc+nothp", long_ns, &tuning, &err), 0);
    tuning.spent_ns = pretended_ns;
    assert_int_equal(measure(&tuning, "vvx", NULL, &err), -EINTR);
    for (size_t r = 0; r < 2; r++)
        for (size_t i = 0; i < tuning.rung[r].run.row_count; i++) {
            const struct run_row *row_of = &tuning.rung[r].run.rows[i];
            assert_int_equal(row_of->huge_pages, HUGE_PAGES_OFF);
            assert_non_null(row_of->preload);
            assert_non_null(row_of->shows_itself);
        }
}

static void test_interrupted_it_goes_on(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    char log[2048];
    {
        AUTO(tuning) struct tuning tuning = {.lock = STORE_LOCK_INIT};
        assert_int_equal(open_three(long_ns, &tuning, &err), 0);
        tuning.spent_ns = pretended_ns;
        assert_int_equal(measure(&tuning, "vvvvx", log, &err), -EINTR);
        assert_int_equal(tuning.rung_count, 2);
        AUTO(tune_data) struct tune_data data; /* what is known so far can be told */
        tuning_data(&tuning, &data);
        assert_int_equal(tune_data_shared(&data, TUNE_DEFAULT_AGAIN, TUNE_MEMORY), 1);
    }
    AUTO(tuning) struct tuning again = {.lock = STORE_LOCK_INIT};
    rungs[0] = '\0';
    assert_int_equal(tuning_load(scratch, &again, &err), 0);
    assert_int_equal(again.rung_count, 2);
    assert_int_equal(again.budget_ns, long_ns);
    assert_int_equal(measure(&again, NULL, log, &err), 0);
    assert_int_equal(strncmp(log, "[3.", 3), 0); /* the rest of what was begun */
    assert_int_equal(strncmp(rungs, "2: background_thread=true", 25), 0);
    assert_int_equal(again.rung_count, TUNE_RUNGS);
}

static void test_what_has_no_effect_is_no_result(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(tuning) struct tuning tuning = {.lock = STORE_LOCK_INIT};
    assert_int_equal(open_three(long_ns, &tuning, &err), 0);
    tuning.spent_ns = pretended_ns;
    untold = "tcache";
    assert_int_equal(measure(&tuning, NULL, NULL, &err), 0);
    AUTO(tune_data) struct tune_data data;
    struct tune_choice choice;
    tuning_data(&tuning, &data);
    tune_choose(&data, &tuning.weights, false, &choice);
    for (size_t i = 2; i < data.settings.count; i++)
        if (strcmp(data.settings.list[i].name, "tcache=false") == 0)
            assert_string_equal(data.trouble[i],
                                "did not take effect: opt.tcache reads back as other, not false");
        else
            assert_string_equal(data.trouble[i], "");
    assert_string_equal(data.settings.list[choice.best].name, "background_thread=true");
    assert_null(strstr(strchr(rungs, '2'), "tcache"));
}

static void test_noisy_trials_are_repeated(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    char log[2048];
    AUTO(tuning) struct tuning tuning = {.lock = STORE_LOCK_INIT};
    assert_int_equal(open_three(long_ns, &tuning, &err), 0);
    tuning.spent_ns = pretended_ns;
    assert_int_equal(measure(&tuning, "nvnvx", log, &err), -EINTR);
    assert_string_equal(log, "[1.1n 2.1v][1.1n 1.2v 2.1x ");
    AUTO(tune_data) struct tune_data data;
    tuning_data(&tuning, &data);
    assert_int_equal(data.repeated, 1);
    assert_int_equal(data.disturbed, 1); /* of rung 0, which asks how long a trial takes */
}

/* What the budget has no time for is not repeated, neither at once nor when it is resumed. */
static void test_noise_respects_the_budget(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    char log[2048];
    AUTO(tuning) struct tuning tuning = {.lock = STORE_LOCK_INIT};
    assert_int_equal(open_three(long_ns, &tuning, &err), 0);
    tuning.spent_ns = pretended_ns;
    assert_int_equal(measure(&tuning, "vvx", log, &err), -EINTR);
    tuning.spent_ns = long_ns;
    assert_int_equal(measure(&tuning, "nnnnnnnnnn", log, &err), 0);
    assert_string_equal(log, "[1.1n 2.1n 3.1n 4.1n 5.1n][6.1n 7.1n 8.1n 9.1n 10.1n]");
    assert_int_equal(measure(&tuning, NULL, log, &err), 0);
    assert_string_equal(log, "");
    AUTO(tune_data) struct tune_data data;
    tuning_data(&tuning, &data);
    assert_int_equal(data.repeated, 0);
    assert_int_equal(data.disturbed, 10);
}

static void test_a_budget_too_small(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(tuning) struct tuning tuning = {.lock = STORE_LOCK_INIT};
    assert_int_equal(open_three(100LL * CLOCK_NS_PER_S, &tuning, &err), 0);
    tuning.spent_ns = 40LL * CLOCK_NS_PER_S;
    assert_int_equal(measure(&tuning, NULL, NULL, &err), -ENOSPC);
    assert_non_null(strstr(err.text, "a budget of 100 s is too small (give --budget 2"));
    assert_non_null(strstr(err.text, "there is time for 2 trials"));
}

static void test_what_cannot_be_begun(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(tuning) struct tuning tuning = {.lock = STORE_LOCK_INIT};
    assert_int_equal(tuning_load(scratch, &tuning, &err), -ENOENT);
    assert_int_equal(open_three(long_ns, &tuning, &err), 0);
    AUTO(tuning) struct tuning second = {.lock = STORE_LOCK_INIT};
    assert_int_equal(open_three(long_ns, &second, &err), -EBUSY); /* the first one writes it */
    tuning_release(&tuning);
    assert_int_equal(open_three(long_ns, &second, &err), -EEXIST);
    assert_non_null(strstr(err.text, "--resume"));
}

/* An allocator without knobs, and more than one row or workload. */
static void test_what_has_no_settings(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct workload workloads[2] = {{.rounds = 1}, {.rounds = 1}};
    struct run_row rows[2] = {{.name = none_name, .allocator = none_name}};
    struct run run = {.workloads = workloads, .workload_count = 1, .rows = rows, .row_count = 1};
    AUTO(tuning) struct tuning tuning = {.lock = STORE_LOCK_INIT};
    const struct tuning_request request = {.run = &run, .budget_ns = long_ns};
    assert_int_equal(tuning_begin(&request, scratch, &tuning, &err), -EINVAL);
    assert_string_equal(err.text, "no setting of rpmalloc is known that is worth trying");
    run.workload_count = 2;
    assert_int_equal(tuning_begin(&request, scratch, &tuning, &err), -EINVAL);
    assert_non_null(strstr(err.text, "these are 1 row and 2 workloads"));
    run.row_count = 2;
    assert_int_equal(tuning_begin(&request, scratch, &tuning, &err), -EINVAL);
    assert_non_null(strstr(err.text, "these are 2 rows and 2 workloads"));
}

static int make_scratch(void **state)
{
    (void)state;
    return mkdtemp(scratch) ? 0 : -1;
}

static int remove_scratch(void **state)
{
    (void)state;
    return folder_empty(scratch, NULL) < 0 || rmdir(scratch) < 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_rung_by_rung, begin),
        cmocka_unit_test_setup(test_settings_are_rows_like_their_base, begin),
        cmocka_unit_test_setup(test_interrupted_it_goes_on, begin),
        cmocka_unit_test_setup(test_what_has_no_effect_is_no_result, begin),
        cmocka_unit_test_setup(test_noisy_trials_are_repeated, begin),
        cmocka_unit_test_setup(test_noise_respects_the_budget, begin),
        cmocka_unit_test_setup(test_a_budget_too_small, begin),
        cmocka_unit_test_setup(test_what_cannot_be_begun, begin),
        cmocka_unit_test_setup(test_what_has_no_settings, begin),
    };
    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
