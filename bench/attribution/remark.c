#include <stdio.h>

#include "attribution.h"

/* "… is above … in 3 rows: … counts as 0 there". */
static void say_above(const char *column, const char *other, const struct remark *remark, char *out,
                      size_t size)
{
    (void)snprintf(out, size, "%s is above %s count as none in %zu row%s", column, other,
                   remark->rows, remark->rows == 1 ? "" : "s");
}

const char *remark_sentence(const struct remark *remark, char *out, size_t size)
{
    const char *column = memory_column_names[remark->column];
    switch (remark->kind) {
    case REMARK_ZEROS_UNKNOWN:
        (void)snprintf(out, size, "%s is 0 in %zu row%s: taken as unknown", column, remark->rows,
                       remark->rows == 1 ? "" : "s");
        break;
    case REMARK_ALL_ZERO:
    case REMARK_ALL_ZERO_HEAP:
        (void)snprintf(
            out, size,
            "%s 0 in all rows: if that means unknown, leave the cells empty; or it counts "
            "another allocator than the one in use",
            remark->kind == REMARK_ALL_ZERO ? "live is" : "live and heap are");
        break;
    case REMARK_ANON_ABOVE_RSS:
        say_above("rss_anon_bytes", "rss_bytes, of which it is a part: pages outside", remark, out,
                  size);
        break;
    case REMARK_LAZY_ABOVE_ANON:
        say_above("lazyfree_bytes", "rss_anon_bytes, of which it is a part: other pages", remark,
                  out, size);
        break;
    case REMARK_LIVE_ABOVE_HEAP:
        say_above("live_bytes", "heap_bytes, of which it is a part: kept bytes", remark, out, size);
        break;
    case REMARK_KINDS:
        break;
    }
    return out;
}
