/*
 * Held until the program closes, or lost: what the tools count at its end against what grew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fate.h"
#include "roles.h"

static const struct tool follows_pointers = {.name = "lsan", .kind = TOOL_UNREACHABLE};
static const struct tool counts_all = {.name = "memcheck"};

/* A plain pass of 100 cycles: live grew by 6400 bytes, or nobody knows. */
static struct diagnosis plain_pass(int64_t grown_bytes, int64_t exit_bytes)
{
    struct diagnosis plain = {.cycles = 100};
    roles_add(&plain.record);
    struct record_role *peer = &plain.record.roles[ROLE_PEER];
    peer->snapshot[PHASE_START].stat[STAT_LIVE] = grown_bytes < 0 ? ALLOCATOR_NA : 5000;
    peer->snapshot[PHASE_QUIET].stat[STAT_LIVE] = 5000 + grown_bytes;
    peer->exit_bytes = exit_bytes;
    return plain;
}

static void add_pass(struct diagnosis *out, const struct tool *tool, struct amount lost)
{
    *out = (struct diagnosis){.tool = tool, .cycles = 50};
    if (lost.bytes < 0)
        (void)snprintf(out->why_not[MOMENT_LOST], DIAGNOSE_TEXT_MAX, "it does not tell");
    else if (lost.bytes > 0)
        stacks_begin(&out->stacks, MOMENT_LOST, lost);
}

static const struct {
    int64_t grown_bytes;
    bool grows;
    struct amount unreachable, not_freed; /* as the two tools told; -1: they did not */
    const char *expected;                 /* NULL: nothing to say */
    bool lost;
} rows[] = {
    {6400,
     true,
     {3200, 50},
     {-1, -1},
     "More exactly, the application lost it: 50 blocks (3.12 KiB) that nothing points to, by lsan "
     "in 50 cycles.",
     true},
    {6400,
     true,
     {3200, 50},
     {4200, 51},
     "More exactly, the application lost it: 50 blocks (3.12 KiB) that nothing points to, by lsan "
     "in 50 cycles.",
     true},
    {6400,
     true,
     {-1, -1},
     {3200, 50},
     "More exactly, the application lost it: 50 blocks (3.12 KiB) that nobody freed, by memcheck "
     "in 50 cycles.",
     true},
    {6400,
     true,
     {0, 0},
     {-1, -1},
     "The application holds it until it closes: nothing was left at the end, by lsan.",
     false},
    {6400000,
     true,
     {64, 1},
     {-1, -1},
     "The application holds it until it closes, but for 1 block (64 B) that nothing points to, by "
     "lsan in 50 cycles.",
     false},
    {-1,
     false,
     {64, 1},
     {-1, -1},
     "The application lost 1 block (64 B) that nothing points to, by lsan in 50 cycles.",
     true},
    {0, false, {0, 0}, {0, 0}, NULL, false},
    {6400, true, {-1, -1}, {-1, -1}, NULL, false},
};

static void test_sentences(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct diagnosis passes[2];
        AUTO(diagnosis) struct diagnosis plain = plain_pass(rows[i].grown_bytes, RECORD_NA);
        char text[512];
        print_message("row %zu\n", i);
        add_pass(&passes[0], &counts_all, rows[i].not_freed);
        add_pass(&passes[1], &follows_pointers, rows[i].unreachable);
        const char *said = fate_sentence(passes, 2, &plain, rows[i].grows, text, sizeof text);
        if (rows[i].expected)
            assert_string_equal(said, rows[i].expected);
        else
            assert_null(said);
        assert_int_equal(fate_is_lost(passes, 2, &plain), rows[i].lost);
        diagnosis_release(&passes[0]);
        diagnosis_release(&passes[1]);
    }
}

static void test_left_at_exit(void **state)
{
    (void)state;
    AUTO(diagnosis) struct diagnosis all = plain_pass(6400, 6400);
    AUTO(diagnosis) struct diagnosis little = plain_pass(6400, 64);
    AUTO(diagnosis) struct diagnosis not_told = plain_pass(6400, RECORD_NA);
    AUTO(diagnosis) struct diagnosis not_counted = plain_pass(-1, 6400);
    assert_true(fate_left_at_exit(&all));
    assert_false(fate_left_at_exit(&little));
    assert_false(fate_left_at_exit(&not_told));
    assert_false(fate_left_at_exit(&not_counted));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_left_at_exit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
