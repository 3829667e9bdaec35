#include "watch_columns.h"

#include <inttypes.h>

#include "record.h"

#define COLUMN(member) offsetof(struct watch_reading, member)

const struct watch_column watch_columns[] = {
    {"rss_bytes", MEMORY_RSS, "RSS", WATCH_ALWAYS, COLUMN(rss_bytes)},
    {"rss_anon_bytes", MEMORY_RSS_ANON, "ANON", WATCH_ALWAYS, COLUMN(anon_bytes)},
    {"live_bytes", MEMORY_LIVE, "LIVE", WATCH_WITH_AGENT, COLUMN(live_bytes)},
    {"heap_bytes", MEMORY_HEAP, NULL, WATCH_WITH_AGENT, COLUMN(heap_bytes)},
    {"allocator_resident_bytes", MEMORY_ALLOCATOR_RESIDENT, NULL, WATCH_WITH_AGENT,
     COLUMN(allocator_resident_bytes)},
    {"kept_bytes", MEMORY_COLUMNS, "KEPT", WATCH_WITH_AGENT, COLUMN(kept_bytes)},
    {"outside_bytes", MEMORY_COLUMNS, "OUTSIDE", WATCH_WITH_AGENT, COLUMN(outside_bytes)},
    {"file_bytes", MEMORY_FILE, NULL, WATCH_ALWAYS, COLUMN(file_bytes)},
    {"shmem_bytes", MEMORY_SHMEM, "SHMEM", WATCH_ALWAYS, COLUMN(shmem_bytes)},
    {"stack_bytes", MEMORY_STACK, "STACK", WATCH_WITHOUT_AGENT, COLUMN(stack_bytes)},
    {"lazyfree_bytes", MEMORY_LAZY_FREE, "LAZY", WATCH_ALWAYS, COLUMN(lazy_free_bytes)},
    {"anon_huge_bytes", MEMORY_ANON_HUGE, "HUGE", WATCH_WITHOUT_AGENT, COLUMN(anon_huge_bytes)},
    {"swap_bytes", MEMORY_SWAP, "SWAP", WATCH_WITHOUT_AGENT, COLUMN(swap_bytes)},
    {"pss_bytes", MEMORY_COLUMNS, NULL, WATCH_ALWAYS, COLUMN(pss_bytes)},
    {"threads", MEMORY_COLUMNS, NULL, WATCH_ALWAYS, COLUMN(threads)},
    {"processes", MEMORY_COLUMNS, NULL, WATCH_ALWAYS, COLUMN(processes)},
    {NULL, MEMORY_COLUMNS, NULL, WATCH_ALWAYS, 0},
};

const struct watch_reading watch_reading_none = {
    RECORD_NA, RECORD_NA, RECORD_NA, RECORD_NA, RECORD_NA, RECORD_NA,
    RECORD_NA, RECORD_NA, RECORD_NA, RECORD_NA, RECORD_NA, RECORD_NA,
    RECORD_NA, RECORD_NA, RECORD_NA, RECORD_NA, 0,
};

int64_t watch_column_value(const struct watch_column *column, const struct watch_reading *reading)
{
    return *(const int64_t *)((const char *)reading + column->offset);
}

void watch_reading_add(struct watch_reading *sum, const struct watch_reading *part)
{
    for (const struct watch_column *column = watch_columns; column->name; column++) {
        int64_t *total = (int64_t *)((char *)sum + column->offset);
        int64_t value = watch_column_value(column, part);
        *total = *total == RECORD_NA || value == RECORD_NA ? RECORD_NA : *total + value;
    }
    if (!sum->hidden_error)
        sum->hidden_error = part->hidden_error;
}

void watch_csv_head(FILE *csv)
{
    (void)fputs("cycle,elapsed_s", csv);
    for (const struct watch_column *column = watch_columns; column->name; column++)
        (void)fprintf(csv, ",%s", column->name);
    (void)fputc('\n', csv);
}

void watch_csv_line(FILE *csv, int64_t look, double elapsed_s, const struct watch_reading *reading)
{
    (void)fprintf(csv, "%" PRId64 ",%.3f", look, elapsed_s);
    for (const struct watch_column *column = watch_columns; column->name; column++) {
        int64_t value = watch_column_value(column, reading);
        (void)fputc(',', csv);
        if (value != RECORD_NA)
            (void)fprintf(csv, "%" PRId64, value);
    }
    (void)fputc('\n', csv);
}
