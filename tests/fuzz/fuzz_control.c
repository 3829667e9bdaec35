/* A line on the control channel: taken from a socket, taken apart, put together again, and read as
 * each thing that a subject can say. */
#include <string.h>
#include <sys/socket.h>

#include "control.h"
#include "field.h"
#include "fuzz.h"
#include "work.h"

static void put_together(const struct control_line *line)
{
    static struct control_line copy;
    static char key[CONTROL_LINE_MAX];
    static char value[CONTROL_LINE_MAX];
    size_t cursor = 0;
    control_begin(&copy, "again");
    while (control_next(line, &cursor, key, sizeof key, value, sizeof value) > 0) {
        bool plain = true;
        for (const char *letter = key; *letter; letter++)
            plain = plain && *letter > ' ' && *letter <= '~' && *letter != '%' && *letter != '=';
        if (!plain || !*key)
            continue; /* ours are plain words */
        static char found[CONTROL_LINE_MAX];
        control_add(&copy, key, value);
        FUZZ_PROMISE(copy.overflow || control_get(&copy, key, found, sizeof found) == 0);
    }
}

static void read_all(const struct control_line *line)
{
    AUTO(record) struct record record;
    struct allocator_stats stats;
    int64_t read_ns = 0;
    record_init(&record);
    struct record_role *role = record_add_role(&record, "peer", true);
    (void)work_add_option(role, line);
    (void)work_read_ready(role, line);
    if (work_read_stats(role, line, &stats, &read_ns) == 0)
        for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++)
            FUZZ_PROMISE(stats.value[i] >= ALLOCATOR_NA);
    work_read_released(role, line);
    work_read_exit(role, line);
    FUZZ_PROMISE(role->release_ns >= RECORD_NA && role->exit_bytes >= RECORD_NA);
    (void)work_add_joins(&record, line);
    for (size_t i = 0; i < record.join_count; i++)
        FUZZ_PROMISE(record.join_ns[i] >= 0 && record.join_ns[i] <= FIELD_I64_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int ends[2] = {-1, -1};
    static struct control_line line;
    if (ends[0] < 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        abort();
    if (size == 0 || size > 2 * CONTROL_LINE_MAX)
        return 0;
    if (send(ends[0], data, size, 0) != (ssize_t)size)
        abort();
    if (control_receive(ends[1], &line) < 0)
        return 0;
    put_together(&line);
    read_all(&line);
    return 0;
}
