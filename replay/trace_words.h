/*
 * trace_words: the words that events are made of (trace_format.h), written and read. Inline: this
 * is the hot path of recorder and reader.
 */
#pragma once

#include <stddef.h>
#include <string.h>

#include "trace_format.h"

/* What a payload of at most 56 bits takes. */
static inline unsigned trace_word_bytes(uint64_t payload)
{
    return (unsigned)(70 - __builtin_clzll(payload | 1)) * 37 >> 8; /* / 7, up to 70 */
}

/* Writes 8 bytes, of which the word is the first ones and zeros the rest; returns where the next
 * word goes. One store: whoever is killed here has written the word or nothing. */
static inline uint8_t *trace_put_word(uint8_t *to, uint64_t payload)
{
    unsigned bytes = trace_word_bytes(payload);
    uint64_t word = (payload << bytes) | (UINT64_C(1) << (bytes - 1));
    (void)memcpy(to, &word, sizeof word);
    return to + bytes;
}

static inline uint8_t *trace_put_event(uint8_t *to, enum trace_kind kind, uint64_t value)
{
    return trace_put_word(to, value << TRACE_KIND_BITS | (uint64_t)kind);
}

/* The word at `at`; `end` is the first byte that may not be read. Returns where the next one is;
 * NULL where none begins (the byte 0, or `end`) and where it is not whole. */
static inline const uint8_t *trace_get_word(const uint8_t *at, const uint8_t *end,
                                            uint64_t *out_payload)
{
    uint64_t word = 0;
    size_t room = (size_t)(end - at);
    if (__builtin_expect(room >= sizeof word, 1))
        (void)memcpy(&word, at, sizeof word);
    else
        (void)memcpy(&word, at, room);
    if ((word & 0xff) == 0)
        return NULL;
    unsigned bytes = (unsigned)__builtin_ctzll(word) + 1;
    if (bytes > room)
        return NULL;
    *out_payload = (word >> bytes) & ((UINT64_C(1) << (7 * bytes)) - 1);
    return at + bytes;
}

/* Of events that begin at `events`: how many bytes the whole ones take that stand there before the
 * byte 0, `room` bytes, or something that is no event. */
uint32_t trace_whole_bytes(const uint8_t *events, uint32_t room);

/* The same; *calls grows by how many of them are calls of the program. */
uint32_t trace_whole_calls(const uint8_t *events, uint32_t room, uint64_t *calls);
