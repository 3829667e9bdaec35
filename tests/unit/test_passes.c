/* From a tool's row to the environment of a pass, and from a viewer's stacks to call sites. */
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

#include "pass_profile.h"
#include "passes.h"
#include "roles.h"
#include "temporary.h"
#include "tool_left.h"

static const struct tool joining = {
    .name = "joining",
    .environment = (const char *const[]){"CONF=dump:%/je,final:1", "MODE=all", NULL},
    .join = ",",
};

static const struct tool replacing = {
    .name = "replacing",
    .environment = (const char *const[]){"CONF=%", NULL},
};

static void a_value_of_the_row_stands_first_where_the_tool_joins(void **state)
{
    (void)state;
    char first[] = "OTHER=1", second[] = "CONF=a:1,b:2";
    char *row[] = {first, second, NULL};
    char **environment = tool_environment(&joining, row, "/x");
    assert_string_equal(environment[0], "CONF=a:1,b:2,dump:/x/je,final:1");
    assert_string_equal(environment[1], "MODE=all");
    assert_null(environment[2]);
    tool_words_free(environment);

    environment = tool_environment(&joining, NULL, "/x");
    assert_string_equal(environment[0], "CONF=dump:/x/je,final:1");
    tool_words_free(environment);

    environment = tool_environment(&replacing, row, "/x");
    assert_string_equal(environment[0], "CONF=/x");
    assert_null(environment[1]);
    tool_words_free(environment);
}

static void a_setting_is_exact_but_for_the_folder(void **state)
{
    (void)state;
    const struct tool none = {.environment = (const char *const[]){NULL}};
    char *setting = tool_setting(&joining);
    assert_string_equal(setting, "CONF=dump:DIR/je,final:1 MODE=all");
    free(setting);
    assert_null(tool_setting(&none));
}

static void read_stacks(const char *text, struct pass_stacks *out)
{
    AUTO_FCLOSE FILE *in = tmpfile();
    assert_non_null(in);
    (void)fputs(text, in);
    rewind(in);
    pass_stacks_read(in, out);
}

static void stacks_become_call_sites(void **state)
{
    (void)state;
    AUTO(pass_stacks) struct pass_stacks bytes;
    AUTO(pass_stacks) struct pass_stacks blocks;
    AUTO(pass) struct pass pass;
    pass_init(&pass);
    read_stacks("Using local file ./peer.\n"
                "main<00000000000011ca>;run;on_joined<0000000000003da0> 4096\n"
                "main;run;std::map<int>::insert(int const&) 100\n"
                "main;zmq_msg_init;malloc_usable_size<0000000000031b30> 300\n"
                "main;other;on_joined 4\n"
                "main;shrank -50\n"
                "nonsense\n",
                &bytes);
    read_stacks("main;run;on_joined 64\nmain;zmq_msg_init;malloc 3\n", &blocks);
    assert_int_equal(bytes.count, 5);
    pass_sites_build(&bytes, &blocks, &pass);
    assert_int_equal(pass.site_count, 3);
    assert_string_equal(pass.sites[0].function, "on_joined");
    assert_int_equal(pass.sites[0].bytes, 4100);
    assert_int_equal(pass.sites[0].blocks, 64);
    assert_string_equal(pass.sites[1].function, "zmq_msg_init");
    assert_int_equal(pass.sites[1].bytes, 300);
    assert_int_equal(pass.sites[1].blocks, 3);
    assert_string_equal(pass.sites[2].function, "std::map<int>::insert(int const&)");
}

static void no_stacks_are_no_sites(void **state)
{
    (void)state;
    AUTO(pass_stacks) struct pass_stacks none;
    AUTO(pass) struct pass pass;
    pass_init(&pass);
    read_stacks("", &none);
    pass_sites_build(&none, &none, &pass);
    assert_int_equal(pass.site_count, 0);
}

static int never(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    (void)text;
    (void)moment;
    (void)out;
    (void)err;
    fail();
    return 0;
}

static char scratch[64];
static char folder[80]; /* in it, of a name that is a pattern too */

static int make_folder(void **state)
{
    (void)state;
    if (temporary_open("test-passes", scratch, sizeof scratch, NULL) < 0)
        return -1;
    (void)snprintf(folder, sizeof folder, "%s/r[1]", scratch);
    return mkdir(folder, 0700);
}

static int remove_folder(void **state)
{
    (void)state;
    temporary_remove(scratch);
    return 0;
}

static void put(const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", scratch, name);
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    (void)fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static int read_blocks(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    struct amount amount = {.bytes = 0};
    (void)err;
    int code = sscanf(text, "%jd", &amount.blocks) == 1 ? 0 : -1;
    stacks_begin(out, moment, amount);
    return code;
}

static void only_the_peers_own_dumps_are_read(void **state)
{
    (void)state;
    const struct tool tool = {.figures = TOOL_READS_LOST,
                              .dumps = "je.@.*.heap",
                              .sources = {{MOMENT_LOST, TOOL_DUMPS, -1, read_blocks, false}}};
    const struct tool_left left = {.folder = folder, .pid = 7};
    struct amount leak = {0};
    AUTO(folder_files) struct folder_files dumps = {.count = 0};
    char path[256];
    (void)snprintf(path, sizeof path, "%s/r1", scratch);
    assert_int_equal(mkdir(path, 0700), 0);
    put("r[1]/je.7.2.m2.heap", "2");
    put("r[1]/je.7.10.f.heap", "10");
    put("r[1]/je.77.99.f.heap", "99");
    put("r[1]/je.9.99.f.heap", "99");
    put("r1/je.7.11.f.heap", "11");
    assert_int_equal(tool_left_dumps(&tool, &left, &dumps, NULL), 0);
    assert_int_equal(dumps.count, 2);
    (void)snprintf(path, sizeof path, "%s/je.7.2.m2.heap", folder);
    assert_string_equal(dumps.paths[0], path);
    assert_int_equal(tool_read_figures(&tool, &left, &leak, NULL), 0);
    assert_int_equal(leak.blocks, 10);
}

/* What was asked for is of no end, and of several processes all must have come to theirs. */
static void silence_at_the_end_is_no_figure(void **state)
{
    (void)state;
    struct tool tool = {.name = "dumper",
                        .figures = TOOL_READS_LOST,
                        .dumps = "je.@.*.heap",
                        .sources = {{MOMENT_LOST, TOOL_DUMPS, -1, read_blocks, false}}};
    struct tool_left left = {.folder = folder, .pid = 7, .asked = 2};
    struct amount leak = {0};
    struct err err = ERR_INIT;
    put("r[1]/je.7.0.m0.heap", "1");
    put("r[1]/je.7.1.m1.heap", "2");
    assert_true(tool_read_figures(&tool, &left, &leak, &err) < 0);
    assert_non_null(strstr(err.text, "it wrote nothing at the end"));
    put("r[1]/je.7.2.f.heap", "4");
    assert_int_equal(tool_read_figures(&tool, &left, &leak, &err), 0);
    assert_int_equal(leak.blocks, 4);

    left.processes = 2;
    assert_true(tool_read_figures(&tool, &left, &leak, &err) < 0);
    assert_non_null(strstr(err.text, "of the process that was started alone, and there were 2"));
    tool.last_dumps = "je.*.f.heap";
    assert_true(tool_read_figures(&tool, &left, &leak, &err) < 0);
    assert_non_null(strstr(err.text, "of 2 processes 1 told it at their end"));
    put("r[1]/je.8.0.f.heap", "8");
    assert_int_equal(tool_read_figures(&tool, &left, &leak, &err), 0);
    assert_int_equal(leak.blocks, 12);
}

/* A viewer of our own; the file of stacks leads to a full disk, which shows when it is closed. */
static void stacks_that_cannot_be_written_are_no_profile(void **state)
{
    (void)state;
    static const char viewer[] = "#!/bin/sh\necho 'main;lose 64'\n";
    const struct tool tool = {
        .dumps = "hp.*.heap", .viewer = "test-viewer", .viewer_package = "none"};
    const struct tool_left left = {.folder = folder};
    const struct pass_profile profile = {
        .tool = &tool, .allocator = "glibc", .program = "peer", .left = &left, .interrupt_fd = -1};
    char path[256];
    AUTO_FREE char *before = strdup(getenv("PATH"));
    AUTO(pass) struct pass pass;
    pass_init(&pass);
    put("r[1]/hp.0001.heap", "");
    put("r[1]/hp.0002.heap", "");
    put("r[1]/hp.0003.heap", "");
    put("test-viewer", viewer);
    (void)snprintf(path, sizeof path, "%s/test-viewer", scratch);
    assert_int_equal(chmod(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/profile.collapsed", folder);
    assert_int_equal(symlink("/dev/full", path), 0);
    assert_int_equal(setenv("PATH", scratch, 1), 0);
    int code = pass_profile_read(&profile, &pass);
    assert_int_equal(setenv("PATH", before, 1), 0);
    assert_int_equal(code, 0);
    assert_non_null(pass.no_profile);
    assert_non_null(strstr(pass.no_profile, "profile.collapsed: cannot be written"));
    assert_null(pass.collapsed);
    assert_int_equal(pass.site_count, 0);
}

static void a_missing_dump_is_a_sentence(void **state)
{
    (void)state;
    struct tool tool = {.figures = TOOL_READS_LOST,
                        .dumps = "no.*.heap",
                        .sources = {{MOMENT_LOST, TOOL_DUMPS, -1, never, false}}};
    struct tool_left left = {.folder = folder, .at_exit = {ALLOCATOR_NA, ALLOCATOR_NA}};
    struct amount leak;
    struct err err = ERR_INIT;
    assert_true(tool_read_figures(&tool, &left, &leak, &err) < 0);
    assert_non_null(strstr(err.text, "wrote no dump"));
    tool.sources[0].file = TOOL_LOG;
    assert_true(tool_read_figures(&tool, &left, &leak, &err) < 0);
    tool.figures = TOOL_ASKS_EXIT;
    assert_true(tool_read_figures(&tool, &left, &leak, &err) < 0);
    left.at_exit = (struct allocator_leftover){.blocks = 3, .bytes = 96};
    assert_int_equal(tool_read_figures(&tool, &left, &leak, &err), 0);
    assert_int_equal(leak.blocks, 3);
}

static void an_unknown_tool_is_answered_with_the_nearest(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    assert_int_equal(passes_check_tool("heapcheck-strict", &err), 0);
    assert_int_equal(passes_check_tool("prof_leak", &err), 0);
    assert_true(passes_check_tool("heapcheck-strikt", &err) < 0);
    assert_non_null(strstr(err.text, "did you mean 'heapcheck-strict'?"));
}

int main(void)
{
#define IN_FOLDER(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_of_the_row_stands_first_where_the_tool_joins),
        cmocka_unit_test(a_setting_is_exact_but_for_the_folder),
        cmocka_unit_test(stacks_become_call_sites),
        cmocka_unit_test(no_stacks_are_no_sites),
        IN_FOLDER(a_missing_dump_is_a_sentence),
        IN_FOLDER(only_the_peers_own_dumps_are_read),
        IN_FOLDER(silence_at_the_end_is_no_figure),
        IN_FOLDER(stacks_that_cannot_be_written_are_no_profile),
        cmocka_unit_test(an_unknown_tool_is_answered_with_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
