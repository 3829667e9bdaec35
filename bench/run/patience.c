#include "patience.h"

#include <errno.h>
#include <stdlib.h>

/* 0: it is no factor. */
static double factor(void)
{
    const char *text = getenv("HEAPCHURN_PATIENCE");
    char *end = NULL;
    double value = text ? strtod(text, &end) : 1;
    return (!text || (end != text && !*end)) && value >= 0.01 && value <= 100 ? value : 0;
}

struct trial_deadlines patience_deadlines(void)
{
    const struct trial_deadlines *usual = &trial_deadlines_default;
    double longer = factor() > 0 ? factor() : 1;
    return (struct trial_deadlines){
        .ready_ns = (int64_t)((double)usual->ready_ns * longer),
        .answer_ns = (int64_t)((double)usual->answer_ns * longer),
        .leave_ns = (int64_t)((double)usual->leave_ns * longer),
    };
}

int patience_check(struct err *err)
{
    return factor() > 0
               ? 0
               : err_set(err, -EINVAL, "HEAPCHURN_PATIENCE=%s: must be a number from 0.01 to 100",
                         getenv("HEAPCHURN_PATIENCE"));
}
