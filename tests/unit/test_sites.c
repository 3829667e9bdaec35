#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"
#include "resolve.h"
#include "sites.h"

static void test_short_names(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"main", "main"},
        {"operator new(unsigned long)", "operator new"},
        {"zmq::yqueue_t<zmq::msg_t, 256>::allocate_chunk()", "zmq::yqueue_t::allocate_chunk"},
        {"std::vector<std::pair<int, int>, std::allocator<int> >::push_back(int&&)",
         "std::vector::push_back"},
        {"(anonymous namespace)::f(int) const", "(anonymous namespace)::f"},
        {"bool operator<(a const&, b const&)", "bool operator<"},
        {"f<g<h>", "f"},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        char out[SITE_TEXT_MAX];
        assert_string_equal(site_short_name(names[i][0], out, sizeof out), names[i][1]);
    }
}

static void add_stack(struct stacks *stacks, struct amount amount, const struct frame *frames,
                      size_t count)
{
    stacks_begin(stacks, MOMENT_LIVE, amount);
    for (size_t i = 0; i < count; i++)
        stacks_frame(stacks, &frames[i]);
}

static const struct frame pipe_frames[] = {
    {.function = "malloc", .object = "/usr/libexec/valgrind/vgpreload_memcheck.so"},
    {.function = "operator new(unsigned long)"},
    {.function = "std::deque<int>::push_back(int)"},
    {.function = "zmq::pipepair(zmq::object_t**)", .file = "src/pipe.cpp", .line = 43},
    {.function = "zmq::session_base_t::engine_ready()"},
    {.function = "zmq::session_base_t::engine_ready()"},
    {.function = "main"},
};

/* Allocators and containers are passed over; equal sites are added up. */
static void test_sites(void **state)
{
    (void)state;
    AUTO(stacks) struct stacks stacks = {.count = 0};
    AUTO(sites) struct sites sites = {.count = 0};
    static const struct frame stripped = {.object = "/lib/libzmq.so.5", .address = 0x3c659};
    static const struct frame only_plumbing[] = {{.function = "calloc"}, {.function = "malloc"}};
    add_stack(&stacks, (struct amount){100, 2}, pipe_frames, ARRAY_LENGTH(pipe_frames));
    add_stack(&stacks, (struct amount){50, 1}, pipe_frames, ARRAY_LENGTH(pipe_frames));
    add_stack(&stacks, (struct amount){300, AMOUNT_NA}, &stripped, 1);
    add_stack(&stacks, (struct amount){5, 1}, only_plumbing, 2);
    add_stack(&stacks, (struct amount){7, 1}, NULL, 0);
    sites_build(&stacks, &sites);
    sites_sort(&sites, MOMENT_LIVE);
    assert_int_equal(sites.count, 4);
    assert_string_equal(sites.list[0].where, "libzmq.so.5 at 0x3c659");
    assert_int_equal(sites.list[0].amount[MOMENT_LIVE].blocks, AMOUNT_NA);
    assert_string_equal(sites.list[1].where, "zmq::pipepair");
    assert_string_equal(sites.list[1].source, "pipe.cpp:43");
    assert_string_equal(sites.list[1].via, "zmq::session_base_t::engine_ready < main");
    assert_int_equal(sites.list[1].amount[MOMENT_LIVE].bytes, 150);
    assert_int_equal(sites.list[1].amount[MOMENT_LIVE].blocks, 3);
    assert_int_equal(sites.list[1].amount[MOMENT_LOST].bytes, 0);
    assert_string_equal(sites.list[2].where, "unknown");
    assert_string_equal(sites.list[3].where, "malloc");
}

/* The growth of issue 3186, by name, by size, and something else. */
static void test_known_cause(void **state)
{
    (void)state;
    static const struct frame stripped = {.object = "/lib/libzmq.so.5", .address = 1};
    const struct {
        const struct frame *frames;
        size_t count;
        struct amount amount;
        const char *expected; /* NULL: not known */
    } rows[] = {
        {pipe_frames, ARRAY_LENGTH(pipe_frames), {16400 * 200, 200}, "What it is: pipes"},
        {pipe_frames, ARRAY_LENGTH(pipe_frames), {16400 * 200, AMOUNT_NA}, "What it is: pipes"},
        {&stripped, 1, {16400 * 200, 200}, "What it is, by the size of the blocks (2.0"},
        {&stripped, 1, {20480 * 200, 200}, "What it is, by the size of the blocks (2.0"},
        {&stripped, 1, {16400 * 100, 100}, NULL},
        {&stripped, 1, {64 * 200, 200}, NULL},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        AUTO(diagnosis) struct diagnosis diagnosis = {.cycles = 100};
        char text[1024];
        record_init(&diagnosis.record);
        add_stack(&diagnosis.stacks, rows[i].amount, rows[i].frames, rows[i].count);
        sites_build(&diagnosis.stacks, &diagnosis.sites);
        const char *cause = known_cause(&diagnosis, text, sizeof text);
        if (!rows[i].expected)
            assert_null(cause);
        else
            assert_memory_equal(cause, rows[i].expected, strlen(rows[i].expected));
    }
}

/* A name in this program is found, by its address in the process. */
static void test_resolve(void **state)
{
    (void)state;
    AUTO(stacks) struct stacks stacks = {.count = 0};
    FILE *in = fopen("/proc/self/maps", "re");
    char *maps = NULL;
    size_t size = 0;
    assert_non_null(in);
    assert_true(getdelim(&maps, &size, '\0', in) > 0);
    (void)fclose(in);
    struct frame frame = {.address = (uint64_t)(uintptr_t)test_short_names + 5};
    struct frame nowhere = {.address = 16};
    stacks_begin(&stacks, MOMENT_LIVE, (struct amount){1, 1});
    stacks_frame(&stacks, &frame);
    stacks_frame(&stacks, &nowhere);
    resolve(&stacks, maps, -1);
    free(maps);
    assert_true(stacks.list[0].count >= 2);
    assert_non_null(stacks.frames[0].function);
    assert_string_equal(stacks.frames[0].function, "test_short_names");
    assert_non_null(strstr(stacks.frames[0].file, "test_sites.c"));
    assert_null(stacks.frames[stacks.list[0].count - 1].function);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_names),
        cmocka_unit_test(test_sites),
        cmocka_unit_test(test_known_cause),
        cmocka_unit_test(test_resolve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
