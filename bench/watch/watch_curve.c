#include "watch_curve.h"

#include <stdbool.h>
#include <stdlib.h>

#include "accounts.h"
#include "clock.h"
#include "grow.h"
#include "huge_padding.h"
#include "record.h"
#include "split.h"

void watch_curve_add(struct watch_curve *curve, int64_t elapsed_ns,
                     const struct watch_reading *reading)
{
    curve->list = grow(curve->list, curve->count, sizeof *curve->list);
    curve->list[curve->count++] =
        (struct watch_moment){.elapsed_ns = elapsed_ns, .reading = *reading};
}

/* Looks that could not afford the mappings do not tell what is LazyFree, in stacks or in huge
 * pages; where others do, they would be taken for looks without. */
static bool is_whole(const struct watch_moment *moment)
{
    return moment->reading.lazy_free_bytes != RECORD_NA;
}

static size_t whole_looks(const struct watch_curve *curve)
{
    size_t count = 0;
    for (size_t i = 0; i < curve->count; i++)
        count += is_whole(&curve->list[i]);
    return count;
}

static void fill(const struct watch_moment *moment, double unit_s, struct memory_curve *to,
                 size_t row)
{
    double elapsed_s = (double)moment->elapsed_ns / CLOCK_NS_PER_S;
    memory_curve_add(to, MEMORY_ELAPSED)[row] = elapsed_s;
    memory_curve_add(to, MEMORY_CYCLE)[row] = elapsed_s / unit_s;
    for (const struct watch_column *column = watch_columns; column->name; column++) {
        int64_t value = watch_column_value(column, &moment->reading);
        if (column->judged != MEMORY_COLUMNS && value != RECORD_NA)
            memory_curve_add(to, column->judged)[row] = (double)value;
    }
}

const char *watch_curve_make(const struct watch_curve *curve, struct memory_curve *out)
{
    enum { HOURS_FROM_S = 2 * 3600 };
    size_t whole = whole_looks(curve);
    double last_s =
        curve->count ? (double)curve->list[curve->count - 1].elapsed_ns / CLOCK_NS_PER_S : 0;
    double unit_s = last_s > HOURS_FROM_S ? 3600 : 60;
    struct memory_curve made = {.count = whole ? whole : curve->count};
    size_t row = 0;
    for (size_t i = 0; i < curve->count; i++)
        if (!whole || is_whole(&curve->list[i]))
            fill(&curve->list[i], unit_s, &made, row++);
    *out = made;
    return unit_s == 60 ? "minute" : "hour";
}

int watch_curve_padding(int dir_fd, struct memory_curve *out)
{
    int64_t huge_bytes = 0;
    int64_t padding_bytes = huge_padding_bytes(dir_fd, &huge_bytes);
    if (padding_bytes < 0)
        return (int)padding_bytes;
    out->padding_told = true;
    out->padded_bytes = (double)huge_bytes;
    out->padding_bytes = (double)padding_bytes;
    return 0;
}

static int64_t known(double bytes)
{
    return bytes >= 0 ? (int64_t)bytes : RECORD_NA; /* NaN is neither */
}

void watch_curve_parts(struct watch_reading *reading)
{
    AUTO(memory_curve) struct memory_curve curve = {.count = 1};
    struct accounts accounts;
    struct level_split level;
    if (reading->live_bytes == RECORD_NA)
        return;
    fill(&(struct watch_moment){.reading = *reading}, 1, &curve, 0);
    accounts_build(&curve, 0, 1, &accounts);
    split_level(&accounts, &level);
    reading->kept_bytes = known(level.kept_bytes);
    reading->outside_bytes = known(level.outside_bytes);
    accounts_release(&accounts);
}

void watch_curve_release(struct watch_curve *curve)
{
    free(curve->list);
    *curve = (struct watch_curve){.count = 0};
}
