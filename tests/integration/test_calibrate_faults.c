/* An instrument that is off must be found out, and one that cannot be read must say so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "calibrate.h"
#include "registry.h"
#include "temporary.h"
#include "tool_left.h"

static char folder[64];

static int setup(void **state)
{
    (void)state;
    return temporary_open("test-calibrate", folder, sizeof folder, NULL);
}

static int teardown(void **state)
{
    (void)state;
    temporary_remove(folder);
    return 0;
}

/* Says 100 blocks whatever it sees. */
static int always_hundred(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    (void)text;
    (void)err;
    stacks_begin(out, moment, (struct amount){.blocks = 100, .bytes = 100000});
    return 0;
}

static const struct allocator *first_allocator(void)
{
    struct allocator_row row;
    assert_int_equal(allocator_row_find(TEST_ALLOCATOR, &row), 0);
    return row.entry->allocator;
}

static void calibrate(const struct tool *tool, struct calibrate_reading *readings)
{
    const struct calibrate_request request = {.allocator = first_allocator(),
                                              .tool = tool,
                                              .programs = TEST_BIN_DIR,
                                              .folder = folder,
                                              .interrupt_fd = -1};
    assert_int_equal(calibrate_tool(&request, readings, NULL), 0);
}

static void a_wrong_instrument_is_off(void **state)
{
    (void)state;
    const struct tool liar = {.name = "liar",
                              .kind = TOOL_UNREACHABLE,
                              .figures = TOOL_READS_LOST,
                              .own_exit_status = true, /* LeakSanitizer, instrumented */
                              .environment = (const char *const[]){NULL},
                              .sources = {{MOMENT_LOST, TOOL_LOG, -1, always_hundred, false}}};
    struct calibrate_reading readings[CASE_COUNT];
    calibrate(&liar, readings);
    for (int id = 0; id < CASE_COUNT; id++) {
        assert_string_equal(readings[id].unavailable, "");
        assert_int_equal(readings[id].right, calibration_cases[id].lost == 100);
    }
}

static void a_silent_instrument_is_not_available(void **state)
{
    (void)state;
    const struct tool silent = {.name = "silent",
                                .figures = TOOL_READS_LOST,
                                .own_exit_status = true,
                                .environment = (const char *const[]){NULL},
                                .dumps = "silent.*",
                                .sources = {{MOMENT_LOST, TOOL_DUMPS, -1, always_hundred, false}}};
    struct calibrate_reading readings[CASE_COUNT];
    calibrate(&silent, readings);
    for (int id = 0; id < CASE_COUNT; id++) {
        assert_false(readings[id].right);
        assert_non_null(strstr(readings[id].unavailable, "wrote no dump"));
    }
}

/* All variables, and a PATH of any length: cut ones made another tool of it. */
static void an_environment_is_whole(void **state)
{
    (void)state;
    static const char *const many[] = {"V01=1",  "V02=2",  "V03=3",  "V04=4",  "V05=5",  "V06=6",
                                       "V07=7",  "V08=8",  "V09=9",  "V10=10", "V11=11", "V12=12",
                                       "V13=13", "V14=14", "V15=15", "V16=16", NULL};
    const struct tool tool = {.name = "many",
                              .kind = TOOL_NOT_FREED,
                              .figures = TOOL_ASKS_EXIT,
                              .own_exit_status = true,
                              .environment = many};
    struct calibrate_reading readings[CASE_COUNT];
    char programs[128], path[256], saw[256], text[64] = "", wanted[64];
    (void)snprintf(programs, sizeof programs, "%s/many", folder);
    assert_int_equal(mkdir(programs, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/calibrate-" TEST_ALLOCATOR, programs);
    (void)snprintf(saw, sizeof saw, "%s/saw", programs);
    FILE *script = fopen(path, "we");
    assert_non_null(script);
    (void)fprintf(script, "#!/bin/sh\necho \"$V16 ${#PATH}\" >'%s'\n", saw);
    assert_int_equal(fchmod(fileno(script), 0700), 0);
    assert_int_equal(fclose(script), 0);
    char *before = strdup(getenv("PATH"));
    char *long_path = NULL;
    assert_true(asprintf(&long_path, "%s:/%05000d", before, 0) > 5000);
    assert_int_equal(setenv("PATH", long_path, 1), 0);
    const struct calibrate_request request = {.allocator = first_allocator(),
                                              .tool = &tool,
                                              .programs = programs,
                                              .folder = folder,
                                              .interrupt_fd = -1};
    assert_int_equal(calibrate_tool(&request, readings, NULL), 0);
    assert_int_equal(setenv("PATH", before, 1), 0);
    FILE *seen = fopen(saw, "re");
    assert_non_null(seen);
    assert_non_null(fgets(text, sizeof text, seen));
    (void)fclose(seen);
    (void)snprintf(wanted, sizeof wanted, "16 %zu\n", strlen(long_path));
    assert_string_equal(text, wanted);
    free(before);
    free(long_path);
}

/* A program that says nothing for some cases is not read as the case before it. */
static void a_silent_program_is_not_available(void **state)
{
    (void)state;
    const struct tool liar = {.name = "liar",
                              .kind = TOOL_NOT_FREED,
                              .figures = TOOL_ASKS_EXIT,
                              .own_exit_status = true,
                              .environment = (const char *const[]){NULL}};
    char programs[128], path[256];
    (void)snprintf(programs, sizeof programs, "%s/programs", folder);
    assert_int_equal(mkdir(programs, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/calibrate-" TEST_ALLOCATOR, programs);
    FILE *script = fopen(path, "we");
    assert_non_null(script);
    (void)fprintf(script,
                  "#!/bin/sh\n[ \"$1\" != thread ] || exit 0\n[ \"$1\" != reachable ] || exit 127\n"
                  "exec " TEST_BIN_DIR "/calibrate-" TEST_ALLOCATOR " \"$@\"\n");
    assert_int_equal(fclose(script), 0);
    assert_int_equal(chmod(path, 0700), 0);
    const struct calibrate_request request = {.allocator = first_allocator(),
                                              .tool = &liar,
                                              .programs = programs,
                                              .folder = folder,
                                              .interrupt_fd = -1};
    struct calibrate_reading readings[CASE_COUNT];
    assert_int_equal(calibrate_tool(&request, readings, NULL), 0);
    assert_non_null(strstr(readings[CASE_REACHABLE].unavailable, "did not come to its end"));
    assert_non_null(strstr(readings[CASE_THREAD].unavailable, "did not come to its end"));
    assert_null(strstr(readings[CASE_LOST].unavailable, "did not come to its end"));
}

/* What ends a path depends on who reads the setting. */
static void a_path_that_variables_cannot_carry_is_told(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    const struct tool any = {.name = "any"}, options = {.name = "o", .path_ends = ","};
    assert_int_equal(tool_check_folder(&any, "/tmp/my, 10:30", NULL), 0);
    assert_int_equal(tool_check_folder(&options, "/tmp/my 10:30", NULL), 0);
    assert_int_equal(tool_check_folder(&options, "/tmp/a,b", &err), -EINVAL);
    assert_string_equal(err.text, "/tmp/a,b: the settings of o cannot carry a path with ',' in it; "
                                  "use another folder");
    assert_int_equal(tool_check_folder(&tool_ledger, "/tmp/a,b", NULL), 0);
    assert_int_equal(tool_check_folder(&tool_ledger, "/tmp/my build", NULL), -EINVAL);
    assert_int_equal(tool_check_folder(&tool_ledger, "/tmp/10:30", NULL), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_wrong_instrument_is_off, setup, teardown),
        cmocka_unit_test_setup_teardown(a_silent_instrument_is_not_available, setup, teardown),
        cmocka_unit_test_setup_teardown(an_environment_is_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(a_silent_program_is_not_available, setup, teardown),
        cmocka_unit_test(a_path_that_variables_cannot_carry_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
