#include <stdio.h>

#include "attribution.h"

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
    case REMARK_KINDS:
        break;
    }
    return out;
}
