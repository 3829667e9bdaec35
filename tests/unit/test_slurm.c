/* What Slurm's commands say, read; and what is written for its nodes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "expected_time.h"
#include "memory_stream.h"
#include "slurm.h"
#include "slurm_script.h"

static const char nodes_text[] = "n1|bench*|idle|EXCLUSIVE|1-00:00:00\n"
                                 "n2|bench*|mix|NO|infinite\n"
                                 "n2|big|drain|FORCE:4|30:00\n"
                                 "n3|big|down*|NO|10\n";

static void nodes_of_a_partition(void **state)
{
    (void)state;
    static const struct {
        const char *partition;
        const char *of;
        size_t count;
        const char *first;
    } cases[] = {{NULL, "bench", 2, "n1"}, {"bench", "bench", 2, "n1"}, {"big", "big", 2, "n2"}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO(slurm_nodes) struct slurm_nodes nodes = {.count = 0};
        assert_int_equal(slurm_nodes_parse(nodes_text, cases[i].partition, &nodes, NULL), 0);
        assert_int_equal(nodes.count, cases[i].count);
        assert_string_equal(nodes.partition, cases[i].of);
        assert_string_equal(nodes.list[0].name, cases[i].first);
    }
}

static void what_is_no_answer_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *partition;
        int code;
        const char *says;
    } cases[] = {
        {nodes_text, "ben", -ESRCH, "no partition 'ben' with nodes; there are: bench, big"},
        {"n1|a|idle|NO|1\n", NULL, -ESRCH, "no default partition"},
        {"", "x", -ESRCH, "there are: none"},
        {"n1|bench*|idle\n", NULL, -EPROTO, "cannot be read"},
        {"slurm_load_partitions: Unable to contact\n", NULL, -EPROTO, "cannot be read"},
        {"n1||idle|NO|1\n", NULL, -EPROTO, "cannot be read"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO(slurm_nodes) struct slurm_nodes nodes = {.count = 0};
        struct err err = ERR_INIT;
        assert_int_equal(slurm_nodes_parse(cases[i].text, cases[i].partition, &nodes, &err),
                         cases[i].code);
        if (!strstr(err.text, cases[i].says))
            fail_msg("%s", err.text);
    }
}

static void a_node_is_up_when_it_will_run_jobs(void **state)
{
    (void)state;
    static const struct {
        const char *state;
        bool up;
    } cases[] = {
        {"idle", true},   {"mix", true},     {"alloc", true},  {"comp", true},  {"idle~", true},
        {"idle*", false}, {"alloc*", false}, {"drain", false}, {"drng", false}, {"down", false},
        {"down*", false}, {"maint", false},  {"unk", false},   {"fail", false}, {"", false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct slurm_node node = {.name = "n"};
        (void)snprintf(node.state, sizeof node.state, "%s", cases[i].state);
        if (slurm_node_is_up(&node) != cases[i].up)
            fail_msg("'%s'", cases[i].state);
    }
}

static void limits_of_time(void **state)
{
    (void)state;
    static const struct {
        const char *limit;
        int64_t seconds;
    } cases[] = {
        {"1-00:00:00", 86400}, {"2-03:04:05", 183845}, {"30:00", 1800},   {"1:00:00", 3600},
        {"10", 600},           {"infinite", -1},       {"UNLIMITED", -1}, {"n/a", -1},
        {"1-12", 129600},      {"99999999999-1", -1},  {"-5", -1},        {"", -1},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (slurm_seconds(cases[i].limit) != cases[i].seconds)
            fail_msg("%s: %jd", cases[i].limit, (intmax_t)slurm_seconds(cases[i].limit));
}

static void the_queue_is_counted(void **state)
{
    (void)state;
    char text[] = "RUNNING|None|n1\nCOMPLETING|None|n2\nPENDING|Resources|\nPENDING|Priority|\n\n";
    char empty[] = "", odd[] = "|||\nwhat\n";
    struct slurm_queue queue;
    slurm_queue_parse(text, &queue);
    assert_int_equal(queue.running, 2);
    assert_int_equal(queue.pending, 2);
    assert_string_equal(queue.nodes, "n1 n2");
    assert_string_equal(queue.reason, "Resources");
    slurm_queue_parse(empty, &queue);
    assert_int_equal(queue.running + queue.pending, 0);
    slurm_queue_parse(odd, &queue);
    assert_int_equal(queue.running, 1);
}

static char *script(const struct slurm_script *of)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    slurm_script_write(of, "3 4\n5\n", out);
    return memory_stream_close(&memory);
}

/* Carried out by a shell, with an echo for heapchurn: whatever is in the names. */
static void a_task_carries_out_its_line(void **state)
{
    (void)state;
    const struct slurm_script near = {
        .dir = "/r [1]/it's $x", .heapchurn = "/bin/echo", .programs = "/p q"};
    AUTO_FREE char *text = script(&near);
    char path[] = "/tmp/test_slurm.XXXXXX", said[256] = "", command[64];
    AUTO_CLOSE int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    (void)snprintf(command, sizeof command, "SLURM_ARRAY_TASK_ID=1 sh %s", path);
    FILE *output = popen(command, "re");
    assert_non_null(output);
    assert_non_null(fgets(said, sizeof said, output));
    assert_int_equal(pclose(output), 0);
    assert_string_equal(said, "cell /r [1]/it's $x 3 4 --programs /p q\n");
    assert_int_equal(unlink(path), 0);
}

/* Generous, and more where passes come with it. */
static void a_block_has_time_enough(void **state)
{
    (void)state;
    struct workload workload = {.peers = 8, .rounds = 168, .quiet_ns = 1000000000};
    struct run run = {.workloads = &workload, .workload_count = 1, .row_count = 5};
    char load[] = "rounds";
    workload.load = load;
    int64_t later = expected_seconds(&run, false), first = expected_seconds(&run, true);
    assert_true(later > 5 * 168 * 8 / 200);
    assert_true(first > later);
    run.no_passes = true;
    assert_int_equal(expected_seconds(&run, true), later);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_of_a_partition),
        cmocka_unit_test(what_is_no_answer_is_refused),
        cmocka_unit_test(a_node_is_up_when_it_will_run_jobs),
        cmocka_unit_test(limits_of_time),
        cmocka_unit_test(the_queue_is_counted),
        cmocka_unit_test(a_task_carries_out_its_line),
        cmocka_unit_test(a_block_has_time_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
