/* What malloc serves of a program: told of programs of the user's alone, from rows that can tell.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "assert_near.h"
#include "bare_result.h"
#include "growth_parts.h"
#include "malloc_share.h"
#include "memory_stream.h"
#include "roles.h"

static void set_row(struct bare_result *bare, size_t row, double anon, double live, double kept)
{
    bare_set(bare, row, ROLE_PEER, METRIC_RSS_ANON_END, &anon);
    bare_set(bare, row, ROLE_PEER, METRIC_LIVE_RESIDENT_END, &live);
    bare_set(bare, row, ROLE_PEER, METRIC_KEPT_END, &kept);
}

static void test_numbers(void **state)
{
    (void)state;
    assert_near(malloc_share_of(100, 20, 30), 0.3, 1e-12);
    assert_near(malloc_share_of(100, 40, 30), 0.4, 1e-12); /* books that lag behind */
    assert_near(malloc_share_of(100, 20, 500), 1, 1e-12);  /* books that hold address space */
    assert_true(isnan(malloc_share_of(100, -1, 30)));
    assert_true(isnan(malloc_share_of(100, 20, -1)));
    assert_true(isnan(malloc_share_of(0, 20, 30)));
}

static void test_sentences(void **state)
{
    (void)state;
    static const char *const rows[] = {"glibc", "jemalloc", "mimalloc"};
    static char word[] = "python3";
    static char program[] = "/usr/bin/python3.11";
    char *own[] = {word, NULL};
    struct record_role role = {.program = program};
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, 3, 1, &bare);
    set_row(&bare, 0, 100, 15, 7);
    set_row(&bare, 1, 100, 15, 12);
    set_row(&bare, 2, 100, 15, NAN);                /* cannot tell what is kept, and is no 100 % */
    assert_null(malloc_share_text(&bare.workload)); /* a program of ours */
    bare.spec.program.command = own;
    bare.records[0].roles = &role;
    bare.records[0].role_count = 1;
    AUTO_FREE char *text = malloc_share_text(&bare.workload);
    assert_string_equal(text, "At the end malloc serves 22 to 27 % of its anonymous memory, live "
                              "and kept; the rest is its own: pymalloc's arenas and its mappings, "
                              "which no allocator changes. PYTHONMALLOC=malloc sends its objects "
                              "through malloc.");
    result_recommend(&bare.workload, 1, &recommend_weights_default, NULL);
    assert_non_null(strstr(bare.workload.recommendation,
                           "Little can come of any allocator here: malloc serves 27 % of the "
                           "anonymous memory at most."));
    set_row(&bare, 0, 100, 50, 34);
    set_row(&bare, 1, 100, 80, 40);
    AUTO_FREE char *much = malloc_share_text(&bare.workload);
    assert_string_equal(much, "At the end malloc serves 84 to 100 % of its anonymous memory, live "
                              "and kept.");
    set_row(&bare, 0, 100, NAN, NAN);
    set_row(&bare, 1, 100, NAN, NAN);
    assert_null(malloc_share_text(&bare.workload));
}

/* What grows beside malloc may be what the program's objects take. */
static void test_a_heap_of_its_own_that_grows(void **state)
{
    (void)state;
    static const char *const rows[] = {"glibc"};
    static const char said[] = "Objects lie there, leaked or not, in pymalloc's arenas and its "
                               "mappings. PYTHONMALLOC=malloc sends its objects through malloc.";
    static char word[] = "python3", program[] = "/usr/bin/python3.11", other[] = "/bin/server";
    char *own[] = {word, NULL};
    struct record_role role = {.program = program};
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, 1, 1, &bare);
    bare.spec.program.command = own;
    bare.records[0].roles = &role;
    bare.records[0].role_count = 1;
    bare.workload.rows[0].subjects[ROLE_PEER].findings = (struct voted_findings){
        .list = {{.finding = {.kind = FINDING_OUTSIDE_GROWS}}}, .count = 1, .runs = 1};
    for (int known = 1; known >= 0; known--) {
        struct memory_stream memory;
        role.program = known ? program : other;
        growth_parts_say(memory_stream_open(&memory), &bare.workload);
        AUTO_FREE char *text = memory_stream_close(&memory);
        assert_non_null(strstr(text, "Outside the allocator"));
        if ((strstr(text, said) != NULL) != (known == 1))
            fail_msg("%s", text);
    }
}

static void test_known_runtimes(void **state)
{
    (void)state;
    assert_non_null(strstr(malloc_share_rest("/usr/bin/node"), "V8"));
    assert_non_null(strstr(malloc_share_hint("java"), "-Xmx"));
    assert_string_equal(malloc_share_rest("/opt/my-python-tool/server"), "its own");
    assert_null(malloc_share_hint("server"));
    assert_string_equal(malloc_share_rest(NULL), "its own");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_a_heap_of_its_own_that_grows),
        cmocka_unit_test(test_known_runtimes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
