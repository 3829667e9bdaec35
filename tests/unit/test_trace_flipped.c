/* A packed trace of which a bit has flipped, wherever: it is not taken for whole, or the bit means
 * nothing (zstd has some), and all that is read is what was written. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "assert_between.h"
#include "cleanup.h"
#include "made_up_traces.h"
#include "trace_file.h"

enum { ROOM = 1 << 16 };

static size_t packed(char *path, uint8_t *bytes)
{
    struct err err = ERR_INIT;
    struct trace_write *write = made_up_trace("short-threads");
    AUTO_CLOSE int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(trace_write_pack(write, path, "{\"host\": \"none\"}", &err), 0);
    trace_write_release(write);
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    assert_non_null(file);
    return fread(bytes, 1, ROOM, file);
}

/* A checksum of all that is read of it; 0: it is not taken for whole. */
static uint64_t sum_of_whole(const char *path)
{
    struct err err = ERR_INIT;
    AUTO(trace_file) struct trace_file file = {.fd = -1};
    if (trace_file_open(path, &file, &err) < 0 || file.damage)
        return 0;
    uint64_t sum = trace_checksum(&file.control, sizeof file.control) ^
                   trace_checksum(file.facts, file.facts_bytes);
    for (size_t i = 0; i < file.chunk_count; i++) {
        const uint8_t *events;
        const struct trace_chunk_place *place = &file.chunks[i];
        assert_int_equal(trace_file_chunk(&file, i, &events, &err), 0);
        sum = sum * 31 + trace_checksum(events, place->used_bytes) + place->clock + place->stream;
    }
    return sum | 1;
}

static void test_each_byte(void **state)
{
    (void)state;
    char path[] = "/tmp/test_trace_flipped.XXXXXX";
    unsigned same = 0;
    static uint8_t bytes[ROOM];
    size_t size = packed(path, bytes);
    assert_true(size > TRACE_CONTROL_BYTES && size < ROOM);
    uint64_t whole = sum_of_whole(path);
    assert_int_not_equal(whole, 0);
    AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);
    for (size_t i = 0; i < size; i++) {
        uint8_t flipped = (uint8_t)(bytes[i] ^ 1U << (i * 5 + i / 8) % 8);
        assert_int_equal(pwrite(fd, &flipped, 1, (off_t)i), 1);
        uint64_t sum = sum_of_whole(path);
        same += sum == whole;
        if (sum != 0 && sum != whole)
            fail_msg("byte %zu of %zu: %02x is now %02x", i, size, bytes[i], flipped);
        assert_int_equal(pwrite(fd, &bytes[i], 1, (off_t)i), 1);
    }
    (void)unlink(path);
    assert_between(same, 0, 20);
}

static void test_each_length(void **state)
{
    (void)state;
    char path[] = "/tmp/test_trace_flipped.XXXXXX";
    static uint8_t bytes[ROOM];
    for (size_t size = packed(path, bytes); size-- > 0;) {
        assert_int_equal(truncate(path, (off_t)size), 0);
        if (sum_of_whole(path) != 0)
            fail_msg("cut off at %zu bytes", size);
    }
    (void)unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_byte),
        cmocka_unit_test(test_each_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
