#include "trace_words.h"

/* What follows the first word of an event: a REF or not, then so many words. */
struct operands {
    unsigned char refs, words;
};

static const struct operands of_kind[] = {
    [TRACE_FREE] = {0, 0},    [TRACE_MALLOC] = {0, 0},  [TRACE_CALLOC] = {0, 0},
    [TRACE_REALLOC] = {1, 0}, [TRACE_ALIGNED] = {0, 1}, [TRACE_FOREIGN] = {0, 1},
    [TRACE_CLOCK] = {0, 0},
};

static const struct operands of_more[TRACE_MORE_COUNT] = {
    [TRACE_EXTENT] = {1, 3}, [TRACE_END] = {0, 2},   [TRACE_EXIT] = {0, 2},
    [TRACE_MARK] = {0, 1},   [TRACE_HOLED] = {1, 4},
};

static const uint8_t *skip(const uint8_t *at, const uint8_t *end, struct operands operands)
{
    uint64_t value = 0;
    if (operands.refs) {
        at = trace_get_word(at, end, &value);
        operands.words = (unsigned char)(operands.words + (value & 1));
    }
    for (unsigned i = 0; at && i < operands.words; i++)
        at = trace_get_word(at, end, &value);
    return at;
}

/* Behind the event at `at`; NULL where there is none that is whole. */
static const uint8_t *next_event(const uint8_t *at, const uint8_t *end, unsigned *out_kind)
{
    uint64_t payload = 0;
    at = trace_get_word(at, end, &payload);
    unsigned kind = payload & ((1U << TRACE_KIND_BITS) - 1);
    uint64_t more = payload >> TRACE_KIND_BITS;
    if (!at)
        return NULL;
    *out_kind = kind;
    if (kind != TRACE_MORE)
        return skip(at, end, of_kind[kind]);
    if (more == 0 || more >= TRACE_MORE_COUNT)
        return NULL;
    if (more != TRACE_MARK)
        return skip(at, end, of_more[more]);
    uint64_t length = 0;
    at = trace_get_word(at, end, &length);
    return at && length <= TRACE_MARK_BYTES_MAX && length <= (uint64_t)(end - at) ? at + length
                                                                                  : NULL;
}

uint32_t trace_whole_calls(const uint8_t *events, uint32_t room, uint64_t *calls)
{
    const uint8_t *end = events + room;
    const uint8_t *at = events;
    unsigned kind = 0;
    for (const uint8_t *next; (next = next_event(at, end, &kind)) != NULL; at = next)
        *calls += kind != TRACE_CLOCK && kind != TRACE_MORE;
    return (uint32_t)(at - events);
}

uint32_t trace_whole_bytes(const uint8_t *events, uint32_t room)
{
    uint64_t calls = 0;
    return trace_whole_calls(events, room, &calls);
}
