#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "trace_edit.h"
#include "trace_pack.h"

/* As small as can be takes 15 s for 60 MiB of events, and of more who waits for it? The level for
 * those takes 1 s for as much, twice the quickest, and an eighth off its size (docs/recording.md).
 */
enum { SMALL_BYTES_MAX = 64 << 20, LARGE_LEVEL = 9 };

/* Where a text of the program's stands. */
struct text_place {
    size_t chunk; /* index into trace_file.chunks */
    uint32_t offset, bytes;
};

struct texts {
    struct text_place *list; /* by chunk: streams, and chunks in them, come in their order */
    size_t count;
};

static size_t first_of_chunk(const struct texts *texts, size_t chunk)
{
    size_t low = 0, high = texts->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (texts->list[middle].chunk < chunk)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int find_texts(struct trace_file *file, struct texts *texts, struct err *err)
{
    int code = 0;
    for (size_t i = 0; code == 0 && i < file->stream_count; i++) {
        struct trace_cursor cursor;
        struct trace_event event;
        trace_cursor_open(&cursor, file, &file->streams[i]);
        while ((code = trace_cursor_next(&cursor, &event, err)) > 0) {
            if (event.kind != TRACE_EVENT_MARK)
                continue;
            texts->list = grow(texts->list, texts->count, sizeof *texts->list);
            texts->list[texts->count++] =
                (struct text_place){.chunk = file->streams[i].first_chunk + cursor.chunk - 1,
                                    .offset = (uint32_t)(event.text - (char *)cursor.events),
                                    .bytes = (uint32_t)event.text_bytes};
        }
        trace_cursor_close(&cursor);
    }
    return code;
}

static const struct trace_file *sorted; /* of qsort() */

static int by_place(const void *a, const void *b)
{
    const struct trace_chunk_place *left = &sorted->chunks[*(const size_t *)a];
    const struct trace_chunk_place *right = &sorted->chunks[*(const size_t *)b];
    if (left->frame != right->frame)
        return left->frame > right->frame ? 1 : -1;
    return (left->offset > right->offset) - (left->offset < right->offset);
}

static int copy_chunk(struct trace_file *file, size_t number, const struct texts *texts,
                      struct trace_pack *pack, struct err *err)
{
    const struct trace_chunk_place *place = &file->chunks[number];
    const struct trace_stream *stream = trace_file_stream(file, place->stream);
    const uint8_t *events;
    int code = trace_file_chunk(file, number, &events, err);
    if (code < 0)
        return code;
    AUTO_FREE uint8_t *copy = malloc((size_t)place->used_bytes + 1);
    if (!copy)
        abort();
    (void)memcpy(copy, events, place->used_bytes);
    for (size_t i = first_of_chunk(texts, number);
         i < texts->count && texts->list[i].chunk == number; i++)
        (void)memset(copy + texts->list[i].offset, 'x', texts->list[i].bytes);
    const struct trace_chunk chunk = {.magic = TRACE_CHUNK_MAGIC,
                                      .used_bytes = place->used_bytes,
                                      .stream = place->stream,
                                      .index = place->index,
                                      .first_sequence = place->first_sequence,
                                      .clock = place->clock,
                                      .image = stream->image,
                                      .began = (uint32_t)stream->began,
                                      .parent_stream = stream->parent,
                                      .parent_sequence = stream->parent_sequence};
    return trace_pack_add(pack, &chunk, copy, err);
}

/* It is made once and given to many; but 19 does 3 MB a second. */
static int level_of(const struct trace_file *file)
{
    uint64_t event_bytes = 0;
    for (size_t i = 0; i < file->stream_count; i++)
        event_bytes += file->streams[i].event_bytes;
    return event_bytes <= SMALL_BYTES_MAX ? TRACE_PACK_LEVEL_SMALL : LARGE_LEVEL;
}

static int copy_all(struct trace_file *file, const struct texts *texts, const char *facts,
                    const char *path, struct err *err)
{
    struct trace_pack *pack = NULL;
    AUTO_FREE size_t *order = calloc(file->chunk_count, sizeof *order);
    if (!order)
        abort();
    for (size_t i = 0; i < file->chunk_count; i++)
        order[i] = i;
    sorted = file;
    qsort(order, file->chunk_count, sizeof *order, by_place);
    struct trace_control control = file->control;
    control.began_unix_ns = 0;
    int code = trace_pack_open(path, facts, strlen(facts), level_of(file), &pack, err);
    for (size_t i = 0; code == 0 && i < file->chunk_count; i++)
        code = copy_chunk(file, order[i], texts, pack, err);
    if (code == 0)
        code = trace_pack_finish(pack, &control, err);
    trace_pack_close(pack);
    return code;
}

int trace_edit_anonymise(struct trace_file *file, const char *facts, const char *path,
                         struct err *err)
{
    struct texts texts = {.list = NULL};
    if (file->damage)
        return err_set(err, -EINVAL, "%s is not whole (%s): cut out what is, with --cut",
                       file->path, file->damage);
    int code = find_texts(file, &texts, err);
    if (code == 0)
        code = copy_all(file, &texts, facts, path, err);
    free(texts.list);
    return code;
}
