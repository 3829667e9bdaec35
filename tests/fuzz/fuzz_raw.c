/* What a recording left behind, whose writers may have been killed at any time: the slots behind
 * the control page. What is whole of it is packed, so that its checksums are right, and read as any
 * trace is: events that make no sense come that far. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "read_trace.h"
#include "trace_pack.h"
#include "trace_raw.h"
#include "trace_words.h"

static const struct trace_control control = {
    .magic = {'H', 'C', 'T', 'R', 'A', 'C', 'E', '\n'},
    .version = TRACE_VERSION,
    .byte_order = TRACE_BYTE_ORDER,
    .form = TRACE_RAW,
    .slot_bytes = TRACE_SLOT_BYTES,
    .touch_least_bytes = 4096,
    .streams = 64,
    .images = 64,
};

/* What is told to be there is there, and its events are whole. */
static void walk(const struct trace_raw *raw)
{
    uint64_t calls = 0, event_bytes = 0;
    for (size_t i = 0; i < raw->count; i++) {
        const struct trace_raw_chunk *chunk = &raw->chunks[i];
        const uint32_t used = chunk->header.used_bytes;
        FUZZ_PROMISE(chunk->events > raw->bytes &&
                     used <= (size_t)(raw->bytes + raw->size - chunk->events));
        FUZZ_PROMISE(trace_whole_calls(chunk->events, used, &calls) == used);
        event_bytes += used;
    }
    FUZZ_PROMISE(calls == raw->calls && event_bytes == raw->event_bytes);
    FUZZ_PROMISE(raw->unfinished <= raw->count && raw->damaged <= raw->damaged_calls);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[8 * TRACE_SLOT_BYTES];
    struct err err = ERR_INIT;
    struct trace_raw raw;
    size = size < sizeof bytes - TRACE_SLOT_BYTES ? size : sizeof bytes - TRACE_SLOT_BYTES;
    (void)memcpy(bytes, &control, sizeof control);
    if (size > 0)
        (void)memcpy(bytes + TRACE_SLOT_BYTES, data, size);
    const char *path = fuzz_file("fuzzed.raw", bytes, TRACE_SLOT_BYTES + size);
    FUZZ_PROMISE(trace_raw_open(path, &raw, &err) == 0);
    walk(&raw);
    trace_raw_close(&raw);
    char packed[4200];
    (void)snprintf(packed, sizeof packed, "%s/packed.trace", fuzz_folder());
    FUZZ_PROMISE(trace_pack_raw(path, packed, "", 0, TRACE_PACK_LEVEL, &err) == 0);
    fuzz_read_trace(packed);
    return 0;
}
