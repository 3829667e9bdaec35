/* The command as main() calls it, its output caught. */
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cleanup.h"
#include "command.h"

extern const struct command command_judge;

#define CURVES TEST_DATA_DIR "/curves/"
#define LEAK   CURVES "32_leak_leak.csv"
#define FLAT   CURVES "01_plateau_flat.csv"

enum { ARGS_MAX = 4 };

/* Run with stdout in a file; its text goes to `out`. */
static int run(const char *const words[ARGS_MAX], char *out, size_t size, struct err *err)
{
    char copies[ARGS_MAX][512];
    char *argv[ARGS_MAX] = {NULL};
    int argc = 0;
    for (; words[argc]; argc++) {
        (void)snprintf(copies[argc], sizeof copies[argc], "%s", words[argc]);
        argv[argc] = copies[argc];
    }
    AUTO_FCLOSE FILE *caught = tmpfile();
    assert_non_null(caught);
    (void)fflush(stdout);
    AUTO_CLOSE int kept = dup(STDOUT_FILENO);
    assert_true(dup2(fileno(caught), STDOUT_FILENO) >= 0);
    int status = command_main(&command_judge, argc, argv, stderr, err);
    (void)fflush(stdout);
    assert_true(dup2(kept, STDOUT_FILENO) >= 0);
    rewind(caught);
    out[fread(out, 1, size - 1, caught)] = '\0';
    return status;
}

static void a_verdict_and_why_per_file(void **state)
{
    (void)state;
    const char *const argv[ARGS_MAX] = {"heapchurn judge", LEAK, FLAT};
    char out[1024];
    struct err err = ERR_INIT;
    assert_int_equal(run(argv, out, sizeof out, &err), EXIT_OK);
    assert_ptr_equal(strstr(out, LEAK " leak high\n  "), out);
    assert_non_null(strstr(out, "\n" FLAT " plateau high\n  none: no leak above "));
}

static void all_figures_as_json(void **state)
{
    (void)state;
    const char *const argv[ARGS_MAX] = {"heapchurn judge", FLAT, "--json"};
    char out[16384];
    struct err err = ERR_INIT;
    assert_int_equal(run(argv, out, sizeof out, &err), EXIT_OK);
    json_t *array = json_loads(out, 0, NULL);
    assert_int_equal(json_array_size(array), 1);
    const char *file, *verdict, *live_state, *finding, *sentence;
    json_int_t rows;
    double slope;
    assert_int_equal(json_unpack(json_array_get(array, 0),
                                 "{s:s, s:s, s:I, s:[{s:s, s:s}], s:{s:s, s:F}}", "file", &file,
                                 "class", &verdict, "rows", &rows, "findings", "kind", &finding,
                                 "sentence", &sentence, "live", "state", &live_state,
                                 "slope_bytes_per_cycle", &slope),
                     0);
    assert_string_equal(file, FLAT);
    assert_string_equal(verdict, "plateau");
    assert_string_equal(finding, "none");
    assert_string_equal(live_state, "flat");
    assert_int_equal(rows, 300);
    assert_true(fabs(slope - -4.343) < 0.001);
    json_decref(array);
}

/* What a trial stores is judged by the lines of one subject, at ends of rounds of the churn. */
static void a_trials_samples(void **state)
{
    (void)state;
    char path[] = "/tmp/test-judge-XXXXXX";
    AUTO_CLOSE int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)dprintf(fd,
                  "cycle,subject,phase,round_end,rss_bytes,rss_anon_bytes,live_bytes,heap_bytes\n");
    (void)dprintf(fd, "0,peer,start,0,9000000,1000000,500000,90000000\n");
    for (int i = 1; i <= 200; i++) {
        (void)dprintf(fd, "%d,peer,churn,1,9000000,%d,%d,90000000\n", 8 * i, 1000000 + 800 * i,
                      500000 + 800 * i);
        (void)dprintf(fd, "%d,proxy,churn,1,9000000,1000000,500000,90000000\n", 8 * i);
        (void)dprintf(fd, "%d,peer,churn,0,9000000,30000000,,\n", 8 * i);
    }
    (void)dprintf(fd, "1600,peer,quiet,0,9000000,1000000,500000,90000000\n");
    char out[1024];
    struct err err = ERR_INIT;
    const char *const peer[ARGS_MAX] = {"heapchurn judge", path};
    assert_int_equal(run(peer, out, sizeof out, &err), EXIT_OK);
    assert_non_null(strstr(out, " leak medium\n"));
    assert_non_null(strstr(out, "live rises by 100 B per cycle"));
    const char *const proxy[ARGS_MAX] = {"heapchurn judge", "--subject=proxy", path};
    assert_int_equal(run(proxy, out, sizeof out, &err), EXIT_OK);
    assert_non_null(strstr(out, " plateau high\n"));
    const char *const other[ARGS_MAX] = {"heapchurn judge", "--subject=churner", path};
    assert_int_equal(run(other, out, sizeof out, &err), EXIT_USAGE);
    assert_non_null(strstr(err.text, "no line of the subject 'churner'"));
    (void)unlink(path);
}

/* No NaN in JSON: what is not available is null. */
static void without_a_live_column(void **state)
{
    (void)state;
    char path[] = "/tmp/test-judge-XXXXXX";
    AUTO_CLOSE int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)dprintf(fd, "cycle,rss_bytes\n");
    for (int i = 0; i < 200; i++)
        (void)dprintf(fd, "%d,%d\n", i, 40000000 + i % 7 * 4096);
    const char *const argv[ARGS_MAX] = {"heapchurn judge", "--json", path};
    char out[16384];
    struct err err = ERR_INIT;
    int status = run(argv, out, sizeof out, &err);
    (void)unlink(path);
    assert_int_equal(status, EXIT_OK);
    json_t *array = json_loads(out, 0, NULL);
    json_t *object = json_array_get(array, 0);
    assert_true(json_is_null(json_object_get(object, "live")));
    assert_string_equal(json_string_value(json_object_get(object, "reason")), "no_live_signal");
    json_decref(array);
}

/* A file may be called anything; JSON is UTF-8. */
static void a_name_that_is_not_utf8(void **state)
{
    (void)state;
    char path[] = "/tmp/test-judge-\xff-XXXXXX";
    AUTO_CLOSE int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)dprintf(fd, "cycle,rss_bytes\n1,4096\n2,4096\n");
    const char *const argv[ARGS_MAX] = {"heapchurn judge", "--json", path};
    char out[16384];
    struct err err = ERR_INIT;
    int status = run(argv, out, sizeof out, &err);
    (void)unlink(path);
    assert_int_equal(status, EXIT_OK);
    json_t *array = json_loads(out, 0, NULL);
    assert_int_equal(json_array_size(array), 1);
    const char *file = json_string_value(json_object_get(json_array_get(array, 0), "file"));
    assert_non_null(file);
    assert_memory_equal(file, "/tmp/test-judge-\xef\xbf\xbd-", 20);
    json_decref(array);
}

static void errors_are_usage_errors(void **state)
{
    (void)state;
    const char *const none[ARGS_MAX] = {"heapchurn judge"};
    const char *const missing[ARGS_MAX] = {"heapchurn judge", FLAT, "/nonexistent/x.csv"};
    const char *const no_curve[ARGS_MAX] = {"heapchurn judge", CURVES "manifest.csv"};
    char out[1024];
    struct err err = ERR_INIT;
    assert_int_equal(run(none, out, sizeof out, &err), EXIT_USAGE);
    assert_non_null(strstr(err.text, "no file to judge"));
    assert_int_equal(run(missing, out, sizeof out, &err), EXIT_USAGE);
    assert_non_null(strstr(err.text, "/nonexistent/x.csv: cannot open it: No such file"));
    assert_int_equal(run(no_curve, out, sizeof out, &err), EXIT_USAGE);
    assert_non_null(strstr(err.text, "manifest.csv:1:1: the header must name cycle"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verdict_and_why_per_file), cmocka_unit_test(a_trials_samples),
        cmocka_unit_test(all_figures_as_json),        cmocka_unit_test(without_a_live_column),
        cmocka_unit_test(a_name_that_is_not_utf8),    cmocka_unit_test(errors_are_usage_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
