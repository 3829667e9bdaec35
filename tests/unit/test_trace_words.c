/* The words of events, and where events end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "trace_words.h"

static const struct {
    uint64_t payload;
    unsigned bytes;
} words[] = {
    {0, 1},
    {1, 1},
    {127, 1},
    {128, 2},
    {(1 << 14) - 1, 2},
    {1 << 14, 3},
    {(1 << 21) - 1, 3},
    {UINT64_C(1) << 28, 5},
    {(UINT64_C(1) << 49) - 1, 7},
    {UINT64_C(1) << 49, 8},
    {TRACE_OPERAND_MAX, 8},
};

static void test_a_word_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        uint8_t bytes[16];
        uint64_t payload = 1;
        (void)memset(bytes, 0xff, sizeof bytes);
        const uint8_t *end = trace_put_word(bytes, words[i].payload);
        assert_int_equal(end - bytes, words[i].bytes);
        assert_int_not_equal(bytes[0], 0);
        assert_ptr_equal(trace_get_word(bytes, bytes + sizeof bytes, &payload), end);
        assert_int_equal(payload, words[i].payload);
        assert_ptr_equal(trace_get_word(bytes, end, &payload), end);
        assert_null(trace_get_word(bytes, end - 1, &payload));
    }
}

static void test_no_word(void **state)
{
    (void)state;
    static const uint8_t nothing[8] = {0};
    uint64_t payload = 0;
    assert_null(trace_get_word(nothing, nothing + 8, &payload));
    assert_null(trace_get_word(nothing, nothing, &payload));
}

static void test_zigzag(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 1, -1, 2, -2, INT64_C(1) << 39, -(INT64_C(1) << 39)};
    for (size_t i = 0; i < ARRAY_LENGTH(values); i++)
        assert_int_equal(trace_unzigzag(trace_zigzag(values[i])), values[i]);
    assert_int_equal(trace_zigzag(-1), 1);
}

/* Every kind of event, and for each prefix of it: where the whole ones end. */
static void test_where_events_end(void **state)
{
    (void)state;
    static const struct {
        unsigned kind;
        uint64_t value;
        unsigned operands;
        uint64_t operand[6];
        unsigned text;
    } events[] = {
        {TRACE_FREE, 300, 0, {0}, 0},
        {TRACE_MALLOC, 70000, 0, {0}, 0},
        {TRACE_CALLOC, 0, 0, {0}, 0},
        {TRACE_REALLOC, 5, 1, {6 << 1}, 0},
        {TRACE_REALLOC, 5, 2, {6 << 1 | 1, 900}, 0},
        {TRACE_ALIGNED, 64, 1, {6}, 0},
        {TRACE_FOREIGN, 9, 1, {2}, 0},
        {TRACE_CLOCK, UINT64_C(1) << 24, 0, {0}, 0},
        {TRACE_MORE, TRACE_EXTENT, 4, {2, 4096, 1, 10}, 0},
        {TRACE_MORE, TRACE_EXTENT, 5, {3, 7, 4096, 0, 10}, 0},
        {TRACE_MORE, TRACE_HOLED, 5, {2, 35, 8165, 40, 10}, 0},
        {TRACE_MORE, TRACE_HOLED, 6, {3, 7, 35, 8165, 40, 0}, 0},
        {TRACE_MORE, TRACE_END, 2, {1000, 1 << 20}, 0},
        {TRACE_MORE, TRACE_EXIT, 2, {1000, 1 << 20}, 0},
        {TRACE_MORE, TRACE_MARK, 1, {11}, 11},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(events); i++) {
        uint8_t bytes[128] = {0};
        uint8_t *first = trace_put_event(bytes, TRACE_MALLOC, 8);
        uint8_t *at = trace_put_event(first, events[i].kind, events[i].value);
        for (unsigned j = 0; j < events[i].operands; j++)
            at = trace_put_word(at, events[i].operand[j]);
        (void)memset(at, 'x', events[i].text);
        at += events[i].text;
        assert_int_equal(trace_whole_bytes(bytes, sizeof bytes), at - bytes);
        assert_int_equal(trace_whole_bytes(bytes, (uint32_t)(at - bytes)), at - bytes);
        for (const uint8_t *cut = first; cut < at; cut++)
            assert_int_equal(trace_whole_bytes(bytes, (uint32_t)(cut - bytes)), first - bytes);
    }
}

static void test_what_is_no_event(void **state)
{
    (void)state;
    uint8_t bytes[32] = {0};
    uint8_t *first = trace_put_event(bytes, TRACE_FREE, 0);
    (void)trace_put_event(first, TRACE_MORE, TRACE_MORE_COUNT);
    assert_int_equal(trace_whole_bytes(bytes, sizeof bytes), 1);
    (void)trace_put_event(first, TRACE_MORE, 0);
    assert_int_equal(trace_whole_bytes(bytes, sizeof bytes), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_word_comes_back),
        cmocka_unit_test(test_no_word),
        cmocka_unit_test(test_zigzag),
        cmocka_unit_test(test_where_events_end),
        cmocka_unit_test(test_what_is_no_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
