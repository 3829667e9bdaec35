/* A trace made by hand, raw and packed: what was put in stands in the file. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zstd.h>

#include "assert_between.h"
#include "cleanup.h"
#include "path.h"
#include "trace_file.h"
#include "trace_pack.h"
#include "trace_raw.h"
#include "trace_write.h"

static char folder[] = "/tmp/test_trace_pack.XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

/* Two streams, so many blocks each; the second begins later and ends in a chunk of its own. */
static struct trace_write *made(unsigned blocks)
{
    struct trace_write *write = trace_write_new();
    uint32_t main = trace_write_stream(
        write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_MAIN});
    uint32_t thread = trace_write_stream(
        write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_THREAD});
    for (unsigned i = 0; i < blocks; i++) {
        struct trace_name block = trace_write_malloc(write, main, 70000 + i);
        trace_write_clock(write, (uint64_t)(i + 1) << TRACE_CLOCK_BITS);
        trace_write_free(write, thread, block);
    }
    trace_write_end(write, main, true);
    trace_write_cut(write, thread);
    trace_write_mark(write, thread, "the end");
    trace_write_end(write, thread, false);
    trace_write_control(write)->lost_events = 3;
    return write;
}

static size_t file_bytes(const char *path, uint8_t **out)
{
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t size = (size_t)ftell(file);
    rewind(file);
    *out = malloc(size);
    assert_int_equal(fread(*out, 1, size, file), size);
    return size;
}

static size_t unpack(const uint8_t *frame, size_t room, uint8_t **out, size_t *out_bytes)
{
    size_t packed = ZSTD_findFrameCompressedSize(frame, room);
    assert_false(ZSTD_isError(packed));
    *out_bytes = (size_t)ZSTD_getFrameContentSize(frame, packed);
    *out = malloc(*out_bytes + 1);
    assert_int_equal(ZSTD_decompress(*out, *out_bytes, frame, packed), *out_bytes);
    return packed;
}

static void test_raw(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct trace_raw raw = {.bytes = NULL};
    AUTO_FREE char *path = path_join(folder, "a.raw");
    struct trace_write *write = made(40000);
    assert_int_equal(trace_write_raw(write, path, &err), 0);
    assert_int_equal(trace_raw_open(path, &raw, &err), 0);
    uint64_t clock = 0;
    uint32_t next[3] = {0};
    assert_true(raw.count > 4);
    for (size_t i = 0; i < raw.count; i++) {
        const struct trace_chunk *header = &raw.chunks[i].header;
        assert_true(header->clock >= clock);
        clock = header->clock;
        assert_between(header->stream, 1, 2);
        assert_int_equal(header->index, next[header->stream]++);
        assert_true(header->used_bytes > 0);
    }
    assert_int_equal(raw.control->lost_events, 3);
    trace_raw_close(&raw);
    trace_write_release(write);
    (void)unlink(path);
}

static void put(const char *path, const uint8_t *bytes, size_t count)
{
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
}

/* Whatever bit of a chunk is another one: it is left out and counted. */
static void test_raw_flipped(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct trace_raw whole = {.bytes = NULL};
    AUTO_FREE char *path = path_join(folder, "f.raw");
    AUTO_FREE uint8_t *bytes = NULL;
    struct trace_write *write = made(40);
    assert_int_equal(trace_write_raw(write, path, &err), 0);
    trace_write_release(write);
    AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(file_bytes(path, &bytes) > TRACE_SLOT_BYTES);
    assert_int_equal(trace_raw_open(path, &whole, &err), 0);
    assert_int_equal(whole.damaged, 0);
    assert_int_equal(whole.unfinished, 0);
    uint32_t used = whole.chunks[0].header.used_bytes;
    for (size_t bit = 0; bit < 8 * (sizeof(struct trace_chunk) + used); bit++) {
        struct trace_raw raw = {.bytes = NULL};
        size_t at = TRACE_SLOT_BYTES + bit / 8;
        uint8_t flipped = (uint8_t)(bytes[at] ^ 1U << bit % 8);
        assert_int_equal(pwrite(fd, &flipped, 1, (off_t)at), 1);
        assert_int_equal(trace_raw_open(path, &raw, &err), 0);
        if (raw.damaged != 1 || raw.damaged_calls == 0 || raw.count != whole.count - 1)
            fail_msg("bit %zu was not seen", bit);
        trace_raw_close(&raw);
        assert_int_equal(pwrite(fd, &bytes[at], 1, (off_t)at), 1);
    }
    trace_raw_close(&whole);
    (void)unlink(path);
}

/* Its writer was killed: no checksum, what is whole is read, and it is told. */
static void test_raw_unfinished(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct trace_raw raw = {.bytes = NULL};
    AUTO_FREE char *path = path_join(folder, "u.raw");
    AUTO_FREE uint8_t *bytes = NULL;
    struct trace_write *write = made(40);
    assert_int_equal(trace_write_raw(write, path, &err), 0);
    trace_write_release(write);
    size_t size = file_bytes(path, &bytes);
    uint8_t *header = bytes + TRACE_SLOT_BYTES;
    (void)memset(header + offsetof(struct trace_chunk, used_bytes), 0, sizeof(uint32_t));
    put(path, bytes, size); /* killed between the two */
    assert_int_equal(trace_raw_open(path, &raw, &err), 0);
    assert_int_equal(raw.unfinished + raw.damaged, 0);
    trace_raw_close(&raw);
    (void)memset(header + offsetof(struct trace_chunk, checksum), 0, sizeof(uint64_t));
    put(path, bytes, size);
    assert_int_equal(trace_raw_open(path, &raw, &err), 0);
    assert_int_equal(raw.unfinished, 1);
    assert_int_equal(raw.damaged, 0);
    assert_int_equal(raw.calls, 80);
    trace_raw_close(&raw);
    (void)unlink(path);
}

/* The index leads to each chunk, and the trailer to the index. */
static void check_places(const uint8_t *file, size_t size, const struct trace_raw *raw)
{
    struct trace_trailer trailer;
    (void)memcpy(&trailer, file + size - sizeof trailer, sizeof trailer);
    assert_memory_equal(trailer.magic, TRACE_TRAILER_MAGIC, sizeof trailer.magic);
    uint64_t sum = trailer.checksum;
    trailer.checksum = 0;
    assert_int_equal(sum, trace_checksum(&trailer, sizeof trailer));
    assert_int_equal(trailer.chunks, raw->count);
    AUTO_FREE uint8_t *index = NULL;
    size_t bytes = 0;
    assert_int_equal(unpack(file + trailer.index_offset, size, &index, &bytes),
                     trailer.index_bytes);
    assert_int_equal(bytes, raw->count * sizeof(struct trace_place));
    for (size_t i = 0; i < raw->count; i++) {
        struct trace_place place;
        (void)memcpy(&place, index + i * sizeof place, sizeof place);
        AUTO_FREE uint8_t *frame = NULL;
        size_t frame_bytes = 0;
        (void)unpack(file + place.frame_offset, size, &frame, &frame_bytes);
        assert_true(frame_bytes <= TRACE_FRAME_BYTES_MAX);
        const struct trace_chunk *header = &raw->chunks[i].header;
        assert_memory_equal(frame + place.offset, header, sizeof *header);
        assert_int_equal(place.used_bytes, header->used_bytes);
        assert_memory_equal(frame + place.offset + sizeof *header, raw->chunks[i].events,
                            header->used_bytes);
    }
}

static void test_packed(void **state)
{
    (void)state;
    static const char facts[] = "{\"made\": \"by hand\"}";
    struct err err = ERR_INIT;
    struct trace_raw raw = {.bytes = NULL};
    AUTO_FREE char *raw_path = path_join(folder, "b.raw");
    AUTO_FREE char *path = path_join(folder, "b.trace");
    struct trace_write *write = made(400000);
    assert_int_equal(trace_write_raw(write, raw_path, &err), 0);
    assert_int_equal(trace_pack_raw(raw_path, path, facts, strlen(facts), 1, &err), 0);
    assert_int_equal(trace_raw_open(raw_path, &raw, &err), 0);
    AUTO_FREE uint8_t *file = NULL;
    size_t size = file_bytes(path, &file);
    struct trace_control control;
    (void)memcpy(&control, file, sizeof control);
    assert_int_equal(control.form, TRACE_PACKED);
    assert_int_equal(control.lost_events, 3);
    uint64_t sum = control.checksum;
    control.checksum = 0;
    assert_int_equal(sum, trace_checksum(&control, sizeof control));
    AUTO_FREE uint8_t *told = NULL;
    size_t told_bytes = 0;
    assert_int_equal(unpack(file + TRACE_CONTROL_BYTES, size, &told, &told_bytes),
                     control.facts_bytes);
    assert_int_equal(told_bytes, strlen(facts));
    assert_memory_equal(told, facts, told_bytes);
    check_places(file, size, &raw);
    trace_raw_close(&raw);
    trace_write_release(write);
    (void)unlink(raw_path);
    (void)unlink(path);
}

/* What was left out, as of a file that was damaged, was the first that a thread wrote: it is no
 * stream of no chunks. */
static void test_a_stream_without_its_beginning(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct trace_raw raw = {.bytes = NULL};
    struct trace_pack *pack = NULL;
    AUTO(trace_file) struct trace_file file = {.fd = -1};
    AUTO_FREE char *raw_path = path_join(folder, "d.raw");
    AUTO_FREE char *path = path_join(folder, "d.trace");
    struct trace_write *write = trace_write_new();
    uint32_t main = trace_write_stream(
        write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_MAIN});
    (void)trace_write_malloc(write, main, 100);
    uint32_t thread = trace_write_stream(
        write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_THREAD});
    (void)trace_write_malloc(write, thread, 100);
    trace_write_cut(write, thread);
    (void)trace_write_malloc(write, thread, 100);
    assert_int_equal(trace_write_raw(write, raw_path, &err), 0);
    trace_write_release(write);
    assert_int_equal(trace_raw_open(raw_path, &raw, &err), 0);
    assert_int_equal(raw.count, 3);
    assert_int_equal(trace_pack_open(path, "", 0, 1, &pack, &err), 0);
    for (size_t i = 0; i < raw.count; i++)
        if (raw.chunks[i].header.stream != thread || raw.chunks[i].header.index > 0)
            assert_int_equal(
                trace_pack_add(pack, &raw.chunks[i].header, raw.chunks[i].events, &err), 0);
    assert_int_equal(trace_pack_finish(pack, raw.control, &err), 0);
    trace_pack_close(pack);
    trace_raw_close(&raw);
    assert_int_equal(trace_file_open(path, &file, &err), 0);
    assert_non_null(file.damage);
    assert_int_equal(file.stream_count, 1);
    assert_int_equal(file.streams[0].chunk_count, 1);
    (void)unlink(raw_path);
    (void)unlink(path);
}

static void test_nothing_is_left_of_what_is_not_finished(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct trace_pack *pack = NULL;
    AUTO_FREE char *path = path_join(folder, "c.trace");
    assert_int_equal(trace_pack_open(path, "", 0, 1, &pack, &err), 0);
    trace_pack_close(pack);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(trace_pack_open("/nowhere/c.trace", "", 0, 1, &pack, &err), -ENOENT);
    assert_non_null(strstr(err.text, "/nowhere/c.trace"));
}

static void test_what_is_no_raw_trace(void **state)
{
    (void)state;
    static const struct {
        size_t offset;
        uint32_t value;
        const char *says;
    } wrong[] = {
        {offsetof(struct trace_control, magic), 0, "is no trace"},
        {offsetof(struct trace_control, byte_order), 0x04030201, "byte order"},
        {offsetof(struct trace_control, version), 9, "version 9"},
        {offsetof(struct trace_control, form), TRACE_PACKED, "no raw trace"},
    };
    AUTO_FREE char *path = path_join(folder, "d.raw");
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        struct err err = ERR_INIT;
        struct trace_raw raw = {.bytes = NULL};
        struct trace_write *write = trace_write_new();
        (void)memcpy((char *)trace_write_control(write) + wrong[i].offset, &wrong[i].value,
                     sizeof wrong[i].value);
        assert_int_equal(trace_write_raw(write, path, &err), 0);
        assert_int_equal(trace_raw_open(path, &raw, &err), -EINVAL);
        assert_non_null(strstr(err.text, wrong[i].says));
        trace_write_release(write);
    }
    (void)unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_raw),
        cmocka_unit_test(test_raw_flipped),
        cmocka_unit_test(test_raw_unfinished),
        cmocka_unit_test(test_packed),
        cmocka_unit_test(test_a_stream_without_its_beginning),
        cmocka_unit_test(test_nothing_is_left_of_what_is_not_finished),
        cmocka_unit_test(test_what_is_no_raw_trace),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
