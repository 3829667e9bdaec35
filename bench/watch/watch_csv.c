#include "watch_csv.h"

#include <inttypes.h>

#include "record.h"

void watch_csv_head(FILE *csv)
{
    (void)fputs("cycle,elapsed_s,rss_bytes,rss_anon_bytes,pss_bytes,swap_bytes,threads\n", csv);
}

static void field(FILE *csv, int64_t value)
{
    if (value == RECORD_NA)
        (void)fputc(',', csv);
    else
        (void)fprintf(csv, ",%" PRId64, value);
}

void watch_csv_line(FILE *csv, int64_t look, double elapsed_s, const struct watch_reading *reading)
{
    (void)fprintf(csv, "%" PRId64 ",%.3f", look, elapsed_s);
    field(csv, reading->rss_bytes);
    field(csv, reading->anon_bytes);
    field(csv, reading->pss_bytes);
    field(csv, reading->swap_bytes);
    field(csv, reading->threads);
    (void)fputc('\n', csv);
}
