#include "trace_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "grow.h"
#include "trace_pack.h"
#include "trace_raw.h"
#include "trace_words.h"

enum { EVENT_BYTES_MAX = 8 * TRACE_WORD_BYTES_MAX + TRACE_MARK_BYTES_MAX };

struct made_chunk {
    struct trace_chunk header;
    uint8_t *events; /* of TRACE_SLOT_BYTES */
};

struct made_stream {
    struct trace_write_stream about;
    struct made_chunk *chunk; /* the open one; NULL: the next event begins one */
    uint32_t chunks;
    uint64_t last, clock, foreign, calls, requested;
};

struct trace_write {
    struct trace_control control;
    struct made_stream *streams;
    struct made_chunk **chunks;
    size_t count;
};

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

struct trace_write *trace_write_new(void)
{
    struct trace_write *write = must(calloc(1, sizeof *write));
    (void)memcpy(write->control.magic, TRACE_MAGIC, sizeof write->control.magic);
    write->control.version = TRACE_VERSION;
    write->control.byte_order = TRACE_BYTE_ORDER;
    write->control.form = TRACE_RAW;
    write->control.slot_bytes = TRACE_SLOT_BYTES;
    write->control.touch_least_bytes = 8192;
    write->control.bump_bytes = 512;
    return write;
}

void trace_write_release(struct trace_write *write)
{
    if (!write)
        return;
    for (size_t i = 0; i < write->count; i++) {
        free(write->chunks[i]->events);
        free(write->chunks[i]);
    }
    free(write->chunks);
    free(write->streams);
    free(write);
}

struct trace_control *trace_write_control(struct trace_write *write)
{
    return &write->control;
}

uint32_t trace_write_stream(struct trace_write *write, const struct trace_write_stream *about)
{
    write->streams = grow(write->streams, write->control.streams, sizeof *write->streams);
    write->streams[write->control.streams] = (struct made_stream){.about = *about};
    if (about->image > write->control.images)
        write->control.images = about->image;
    return ++write->control.streams;
}

void trace_write_clock(struct trace_write *write, uint64_t word)
{
    write->control.clock = word;
}

static void begin_chunk(struct trace_write *write, uint32_t number, struct made_stream *stream)
{
    struct made_chunk *chunk = must(calloc(1, sizeof *chunk));
    chunk->events = must(calloc(1, TRACE_SLOT_BYTES));
    chunk->header = (struct trace_chunk){
        .magic = TRACE_CHUNK_MAGIC,
        .stream = number,
        .index = stream->chunks++,
        .first_sequence = stream->last + 1,
        .clock = write->control.clock,
        .image = stream->about.image,
        .pid = stream->about.pid,
        .began = (uint32_t)stream->about.began,
        .parent_stream = stream->about.parent_stream,
        .parent_sequence = stream->about.parent_sequence,
    };
    stream->chunk = chunk;
    stream->clock = write->control.clock;
    stream->foreign = 0;
    write->chunks = grow(write->chunks, write->count, sizeof *write->chunks);
    write->chunks[write->count++] = chunk;
}

static void put_word(struct made_stream *stream, uint64_t payload)
{
    struct made_chunk *chunk = stream->chunk;
    uint8_t *at = chunk->events + chunk->header.used_bytes;
    chunk->header.used_bytes = (uint32_t)(trace_put_word(at, payload) - chunk->events);
}

static void put(struct made_stream *stream, enum trace_kind kind, uint64_t value)
{
    put_word(stream, value << TRACE_KIND_BITS | (uint64_t)kind);
}

/* The stream, with room for one more event, and the clock told. */
static struct made_stream *ready(struct trace_write *write, uint32_t number)
{
    const size_t room = TRACE_SLOT_BYTES - sizeof(struct trace_chunk) - EVENT_BYTES_MAX;
    struct made_stream *stream = &write->streams[number - 1];
    if (!stream->chunk || stream->chunk->header.used_bytes > room ||
        write->control.clock - stream->clock > TRACE_VALUE_MAX)
        begin_chunk(write, number, stream);
    if (stream->clock != write->control.clock)
        put(stream, TRACE_CLOCK, write->control.clock - stream->clock);
    stream->clock = write->control.clock;
    return stream;
}

static uint64_t from_foreign(struct made_stream *stream, struct trace_name block)
{
    uint64_t value = trace_zigzag((int64_t)(block.sequence - stream->foreign));
    stream->foreign = block.sequence;
    return value;
}

static void put_ref(struct made_stream *stream, uint32_t number, struct trace_name block)
{
    if (block.stream == number) {
        put_word(stream, (stream->last - block.sequence) << 1);
        return;
    }
    put_word(stream, from_foreign(stream, block) << 1 | 1);
    put_word(stream, block.stream);
}

static struct trace_name name_next(struct made_stream *stream, uint32_t number, uint64_t bytes)
{
    stream->calls++;
    stream->requested += bytes;
    return (struct trace_name){.stream = number, .sequence = ++stream->last};
}

struct trace_name trace_write_malloc(struct trace_write *write, uint32_t stream, uint64_t bytes)
{
    struct made_stream *made = ready(write, stream);
    put(made, TRACE_MALLOC, bytes);
    return name_next(made, stream, bytes);
}

struct trace_name trace_write_calloc(struct trace_write *write, uint32_t stream, uint64_t bytes)
{
    struct made_stream *made = ready(write, stream);
    put(made, TRACE_CALLOC, bytes);
    return name_next(made, stream, bytes);
}

struct trace_name trace_write_aligned(struct trace_write *write, uint32_t stream,
                                      unsigned alignment_log2, uint64_t bytes)
{
    struct made_stream *made = ready(write, stream);
    put(made, TRACE_ALIGNED, bytes);
    put_word(made, alignment_log2);
    return name_next(made, stream, bytes);
}

struct trace_name trace_write_realloc(struct trace_write *write, uint32_t stream,
                                      struct trace_name block, uint64_t bytes)
{
    struct made_stream *made = ready(write, stream);
    put(made, TRACE_REALLOC, bytes);
    put_ref(made, stream, block);
    return name_next(made, stream, bytes);
}

void trace_write_free(struct trace_write *write, uint32_t stream, struct trace_name block)
{
    struct made_stream *made = ready(write, stream);
    made->calls++;
    if (block.stream == stream) {
        put(made, TRACE_FREE, made->last - block.sequence);
        return;
    }
    put(made, TRACE_FOREIGN, from_foreign(made, block));
    put_word(made, block.stream);
}

void trace_write_extent(struct trace_write *write, uint32_t stream, struct trace_name block,
                        uint64_t written, unsigned flags, uint64_t since_ms)
{
    struct made_stream *made = ready(write, stream);
    put(made, TRACE_MORE, TRACE_EXTENT);
    put_ref(made, stream, block);
    put_word(made, written);
    put_word(made, flags);
    put_word(made, since_ms);
}

void trace_write_holed(struct trace_write *write, uint32_t stream, struct trace_name block,
                       const struct trace_runs *runs, uint64_t since_ms)
{
    struct made_stream *made = ready(write, stream);
    put(made, TRACE_MORE, TRACE_HOLED);
    put_ref(made, stream, block);
    put_word(made, runs->front_bytes);
    put_word(made, runs->hole_bytes);
    put_word(made, runs->behind_bytes);
    put_word(made, since_ms);
}

void trace_write_mark(struct trace_write *write, uint32_t stream, const char *text)
{
    struct made_stream *made = ready(write, stream);
    size_t length = strnlen(text, TRACE_MARK_BYTES_MAX);
    put(made, TRACE_MORE, TRACE_MARK);
    put_word(made, length);
    (void)memcpy(made->chunk->events + made->chunk->header.used_bytes, text, length);
    made->chunk->header.used_bytes += (uint32_t)length;
}

void trace_write_end(struct trace_write *write, uint32_t stream, bool exit)
{
    struct made_stream *made = ready(write, stream);
    put(made, TRACE_MORE, exit ? TRACE_EXIT : TRACE_END);
    put_word(made, made->calls);
    put_word(made, made->requested);
}

void trace_write_word(struct trace_write *write, uint32_t stream, uint64_t payload)
{
    put_word(ready(write, stream), payload);
}

void trace_write_cut(struct trace_write *write, uint32_t stream)
{
    write->streams[stream - 1].chunk = NULL;
}

/* By clock: as they were begun, since the clock never falls here either. */
int trace_write_pack(struct trace_write *write, const char *path, const char *facts,
                     struct err *err)
{
    struct trace_pack *pack = NULL;
    int code = trace_pack_open(path, facts, strlen(facts), TRACE_PACK_LEVEL, &pack, err);
    for (size_t i = 0; code == 0 && i < write->count; i++)
        code = trace_pack_add(pack, &write->chunks[i]->header, write->chunks[i]->events, err);
    if (code == 0)
        code = trace_pack_finish(pack, &write->control, err);
    trace_pack_close(pack);
    return code;
}

int trace_write_raw(struct trace_write *write, const char *path, struct err *err)
{
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    bool fine = file && fwrite(&write->control, sizeof write->control, 1, file) == 1;
    for (size_t i = 0; fine && i < write->count; i++) {
        const struct made_chunk *chunk = write->chunks[i];
        struct trace_chunk header = chunk->header;
        header.checksum = trace_chunk_checksum(&header, chunk->events);
        fine = fseek(file, (long)(i + 1) * TRACE_SLOT_BYTES, SEEK_SET) == 0 &&
               fwrite(&header, sizeof header, 1, file) == 1 &&
               (chunk->header.used_bytes == 0 ||
                fwrite(chunk->events, chunk->header.used_bytes, 1, file) == 1);
    }
    if (!fine || fflush(file) != 0)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    return 0;
}
