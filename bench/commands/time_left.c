#include "time_left.h"

#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "units.h"

#define WORTH_TELLING_NS (60LL * CLOCK_NS_PER_S)
enum { FEW_ROWS = 2 };

const char *time_left_shorter(const struct planning *planning, char *out, size_t size)
{
    const size_t rows = planning->rows.count;
    /* Replay has no such option, and a quarter of a program's twenty rounds is no trend. */
    const bool has_quick = !planning->traces && planning->own.command.count == 0;
    (void)snprintf(
        out, size, "%s%s%s%s", rows == 0 || rows > FEW_ROWS ? " -a glibc -a jemalloc" : "",
        planning->blocks > 1 ? " -r 1" : "", has_quick && !planning->quick ? " --quick" : "",
        planning->no_passes ? "" : " --no-passes");
    return *out ? out + 1 : out;
}

const char *time_left_sentence(const struct runner_progress *at, const char *shorter, char *out,
                               size_t size)
{
    const int64_t left_s = at->left_ns / CLOCK_NS_PER_S;
    const int64_t step_s = left_s < 600 ? 10 : 60;
    char left[32];
    if (size > 0)
        out[0] = '\0';
    if (at->left_ns < WORTH_TELLING_NS)
        return out;
    (void)units_format_duration((left_s + step_s / 2) / step_s * step_s * CLOCK_NS_PER_S, left,
                                sizeof left);
    (void)snprintf(out, size,
                   "about %s until all trials are done; Ctrl-C ends it and reports what was "
                   "measured%s%s",
                   left, *shorter ? "; shorter: " : "", shorter);
    return out;
}
