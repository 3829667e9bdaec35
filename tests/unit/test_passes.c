/* From a tool's row to the environment of a pass, and from a viewer's stacks to call sites. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "pass_profile.h"
#include "pass_trial.h"
#include "passes.h"

static const struct allocator_tool joining = {
    .name = "joining",
    .environment = (const char *const[]){"CONF=dump:%/je,final:1", "MODE=all", NULL},
    .join = ",",
};

static const struct allocator_tool replacing = {
    .name = "replacing",
    .environment = (const char *const[]){"CONF=%", NULL},
};

static void a_value_of_the_row_stands_first_where_the_tool_joins(void **state)
{
    (void)state;
    char first[] = "OTHER=1", second[] = "CONF=a:1,b:2";
    char *row[] = {first, second, NULL};
    char **environment = pass_environment(&joining, row, "/x");
    assert_string_equal(environment[0], "CONF=a:1,b:2,dump:/x/je,final:1");
    assert_string_equal(environment[1], "MODE=all");
    assert_null(environment[2]);
    pass_environment_free(environment);

    environment = pass_environment(&joining, NULL, "/x");
    assert_string_equal(environment[0], "CONF=dump:/x/je,final:1");
    pass_environment_free(environment);

    environment = pass_environment(&replacing, row, "/x");
    assert_string_equal(environment[0], "CONF=/x");
    assert_null(environment[1]);
    pass_environment_free(environment);
}

static void a_setting_is_exact_but_for_the_folder(void **state)
{
    (void)state;
    const struct allocator_tool none = {.environment = (const char *const[]){NULL}};
    char *setting = pass_setting(&joining);
    assert_string_equal(setting, "CONF=dump:DIR/je,final:1 MODE=all");
    free(setting);
    assert_null(pass_setting(&none));
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

static int never(FILE *in, struct allocator_leak *out, struct err *err)
{
    (void)in;
    (void)out;
    (void)err;
    fail();
    return 0;
}

static void a_missing_dump_is_a_sentence(void **state)
{
    (void)state;
    struct allocator_tool tool = {.source = TOOL_READS_DUMP, .dumps = "no.*.heap", .read = never};
    struct allocator_leftover at_exit = {.blocks = ALLOCATOR_NA, .bytes = ALLOCATOR_NA};
    struct allocator_leak leak;
    struct err err = ERR_INIT;
    assert_true(pass_read_figures(&tool, "/nonexistent", "peer.log", &at_exit, &leak, &err) < 0);
    assert_non_null(strstr(err.text, "wrote no dump"));
    tool.source = TOOL_READS_LOG;
    assert_true(pass_read_figures(&tool, "/nonexistent", "peer.log", &at_exit, &leak, &err) < 0);
    tool.source = TOOL_ASKS_EXIT;
    assert_true(pass_read_figures(&tool, "/nonexistent", "peer.log", &at_exit, &leak, &err) < 0);
    at_exit = (struct allocator_leftover){.blocks = 3, .bytes = 96};
    assert_int_equal(pass_read_figures(&tool, "", "", &at_exit, &leak, &err), 0);
    assert_int_equal(leak.blocks, 3);
}

static void an_unknown_tool_is_answered_with_the_nearest(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    assert_int_equal(passes_check_tool("heapcheck-strict", &err), 0);
    assert_true(passes_check_tool("heapcheck-strikt", &err) < 0);
    assert_non_null(strstr(err.text, "did you mean 'heapcheck-strict'?"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_of_the_row_stands_first_where_the_tool_joins),
        cmocka_unit_test(a_setting_is_exact_but_for_the_folder),
        cmocka_unit_test(stacks_become_call_sites),
        cmocka_unit_test(no_stacks_are_no_sites),
        cmocka_unit_test(a_missing_dump_is_a_sentence),
        cmocka_unit_test(an_unknown_tool_is_answered_with_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
