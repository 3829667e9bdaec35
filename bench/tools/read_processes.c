#include "line.h"
#include "memory_stream.h"
#include "read.h"
#include "saturate.h"

/* "==1234== ": whose line it is; 0: nobody's. Leaves what follows. */
static int64_t line_process(struct line *line)
{
    int64_t process = 0;
    struct line rest = *line;
    if (!line_take(&rest, "==") || !line_take_count(&rest, &process) || !line_take(&rest, "=="))
        return 0;
    *line = rest;
    return process;
}

int64_t valgrind_process(const char *text, int64_t after)
{
    int64_t next = 0;
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        struct line rest = line;
        int64_t process = line_process(&rest);
        if (process > after && (next == 0 || process < next))
            next = process;
    }
    return next;
}

char *valgrind_part(const char *text, int64_t process)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        struct line rest = line;
        if (line_process(&rest) == process)
            (void)fprintf(out, "%.*s\n", (int)line.length, line.text);
    }
    return memory_stream_close(&memory);
}

int64_t valgrind_allocations(const char *text)
{
    int64_t all = AMOUNT_NA;
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        struct line rest = line;
        int64_t group = 0;
        int64_t count = 0;
        if (line_process(&rest) == 0 || !line_take(&rest, " total heap usage: ") ||
            !line_take_count(&rest, &count))
            continue;
        while (line_take(&rest, ",") && line_take_count(&rest, &group))
            count = saturate_add(saturate_multiply(count, 1000), group);
        all = saturate_add(all < 0 ? 0 : all, count);
    }
    return all;
}
