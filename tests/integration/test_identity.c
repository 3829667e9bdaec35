#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cleanup.h"
#include "registry.h"
#include "subject.h"

static const struct {
    const char *program;
    const char *preload;
    const char *expected; /* a part of the sentence */
} cases[] = {
#include "identity_cases.inc"
};

/* Run with `env` in front; its output, and its exit status. */
static int run(const char *environment, const char *program, const char *arguments, char *out,
               size_t size)
{
    char command[2048];
    (void)snprintf(command, sizeof command, "env %s '%s' %s", environment, program, arguments);
    FILE *output = popen(command, "re");
    assert_non_null(output);
    out[fread(out, 1, size - 1, output)] = '\0';
    int status = pclose(output);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_right_and_wrong_builds(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char environment[1024] = "-u LD_PRELOAD";
        char text[2048];
        bool right = strstr(cases[i].program, "/identity-right-") && !*cases[i].preload;
        if (*cases[i].preload)
            (void)snprintf(environment, sizeof environment, "LD_PRELOAD='%s'", cases[i].preload);
        int rc = run(environment, cases[i].program, "", text, sizeof text);
        print_message("%s %s\n  exit %d: %s", strrchr(cases[i].program, '/') + 1, environment, rc,
                      text);
        assert_int_equal(rc, right ? 0 : SUBJECT_EXIT_REFUSED);
        assert_non_null(strstr(text, cases[i].expected));
    }
}

/* Each tuned row's environment changes what the allocator itself says about its options. */
static void test_tunables_take_effect(void **state)
{
    (void)state;
    struct allocator_row row;
    for (size_t cursor = 0; allocator_row_next(&cursor, &row);) {
        if (row.entry->unavailable || !row.variant->environment)
            continue;
        char program[512];
        char environment[512] = "";
        char plain[4096];
        char tuned[4096];
        (void)snprintf(program, sizeof program, IDENTITY_DIR "/identity-right-%s",
                       row.entry->allocator->name);
        for (const char *const *pair = row.variant->environment; *pair; pair++) {
            size_t used = strlen(environment);
            (void)snprintf(environment + used, sizeof environment - used, "'%s' ", *pair);
        }
        print_message("%s\n", environment);
        assert_int_equal(run("", program, "options", plain, sizeof plain), 0);
        assert_int_equal(run(environment, program, "options", tuned, sizeof tuned), 0);
        assert_string_not_equal(plain, tuned);
    }
}

/* A variable that the allocator would ignore in silence is no row; where a version has one of two
 * names, the other one does no harm. */
static void test_settings_without_effect_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *environment;
        bool refused;
    } settings[] = {
        {"MIMALLOC_NO_SUCH_OPTION=1", true},
        {"MIMALLOC_DECOMMIT_DELAY=0 MIMALLOC_PURGE_DELAY=0", false},
        {"MIMALLOC_SHOW_STATS=0", false},
        {"MIMALLOC_RESET_DELAY=5", false},
        {"", false},
    };
    const char *program = TEST_BIN_DIR "/calibrate-mimalloc";
    if (access(program, X_OK) != 0)
        skip();
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
        char text[2048];
        int rc = run(settings[i].environment, program, "nothing 2>&1", text, sizeof text);
        print_message("%s\n  exit %d: %s", settings[i].environment, rc, text);
        assert_int_equal(rc, settings[i].refused ? SUBJECT_EXIT_REFUSED : 0);
        assert_int_equal(strstr(text, "MIMALLOC_NO_SUCH_OPTION is no option of this version") !=
                             NULL,
                         settings[i].refused);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_and_wrong_builds),
        cmocka_unit_test(test_tunables_take_effect),
        cmocka_unit_test(test_settings_without_effect_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
