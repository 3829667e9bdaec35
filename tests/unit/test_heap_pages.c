/* What of a process is heap: blocks and mappings of its own, but nothing that its files brought. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "elf_image.h"
#include "heap_pages.h"

/* Sanitizers keep books of an eighth of what is written. */
enum { PART_BYTES = 4 << 20, SLACK_BYTES = 1 << 20 };

static char never_written[PART_BYTES], of_the_file[PART_BYTES] = {1};

static void look(struct heap_pages *out)
{
    int dir_fd = open("/proc/self", O_PATH | O_DIRECTORY);
    assert_true(dir_fd >= 0);
    assert_int_equal(heap_pages_look(dir_fd, out), 0);
    (void)close(dir_fd);
}

static void write_all(char *from, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += 4096)
        ((volatile char *)from)[i] = 2;
}

static void write_bss(void)
{
    write_all(never_written, sizeof never_written);
}

static void write_data(void)
{
    write_all(of_the_file, sizeof of_the_file);
}

static void write_stack(void)
{
    char deep[PART_BYTES];
    write_all(deep, sizeof deep);
}

static void map_more(void)
{
    char *mapped =
        mmap(NULL, PART_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(mapped != MAP_FAILED);
    write_all(mapped, PART_BYTES);
}

static const struct {
    const char *name;
    void (*write)(void);
    int64_t bytes;
    bool heap;
} parts[] = {
    {"what the file has room for and no pages", write_bss, PART_BYTES, false},
    {"data of the file", write_data, PART_BYTES, false},
    {"the stack", write_stack, PART_BYTES, false},
    {"a mapping of its own", map_more, PART_BYTES, true},
};

static void each_part(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct heap_pages before, after;
        look(&before);
        parts[i].write();
        look(&after);
        int64_t outside = after.outside_bytes - before.outside_bytes;
        int64_t heap = after.anon_bytes - before.anon_bytes - outside;
        int64_t grown = parts[i].heap ? heap : outside, other = parts[i].heap ? outside : heap;
        if (grown < parts[i].bytes - SLACK_BYTES || grown > parts[i].bytes + SLACK_BYTES ||
            other > SLACK_BYTES)
            fail_msg("%s: heap %+lld, outside %+lld", parts[i].name, (long long)heap,
                     (long long)outside);
    }
}

static void what_a_file_says(void **state)
{
    (void)state;
    int own = open("/proc/self/exe", O_RDONLY), other = open("/proc/self/status", O_RDONLY);
    assert_true(own >= 0 && other >= 0);
    int64_t bytes = elf_image_bss_bytes(own);
    assert_true(bytes >= PART_BYTES - 4096 && bytes < PART_BYTES + (1 << 20));
    assert_int_equal(elf_image_bss_bytes(other), 0);
    (void)close(own);
    (void)close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part),
        cmocka_unit_test(what_a_file_says),
    };
    return cmocka_run_group_tests_name("heap_pages", tests, NULL, NULL);
}
