#include "metric_text.h"

#include <math.h>
#include <stdio.h>

#include "number.h"
#include "units.h"

const char *metric_text(const struct metric *metric, double value, char *out, size_t size)
{
    char number[NUMBER_TEXT_MAX];
    if (!isfinite(value)) {
        (void)snprintf(out, size, "n/a");
        return out;
    }
    switch (metric->unit) {
    case UNIT_BYTES:
        return units_format_bytes(value, out, size);
    case UNIT_BYTES_PER_CYCLE:
        return units_format_rate(value, out, size);
    case UNIT_BYTE_SECONDS:
        (void)snprintf(out, size, "%s MiB s",
                       number_format(value / (1 << 20), number, sizeof number));
        return out;
    case UNIT_NS:
        (void)snprintf(out, size, "%s ms", number_format(value / 1e6, number, sizeof number));
        return out;
    case UNIT_RATIO:
    case UNIT_COUNT:
        break;
    }
    return number_format(value, out, size);
}
