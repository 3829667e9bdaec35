#include "holm.h"

#include <math.h>

#include "cleanup.h"
#include "order.h"
#include "scratch.h"

/* The k-th smallest p of m is multiplied by m - k, counted from 0, and is never below the one
 * before it. Equal p values share the largest factor, as the running maximum makes them anyway. */
void holm_adjust(const double *p, size_t count, double *out_adjusted)
{
    AUTO_FREE double *sorted = scratch_copy(p, count);
    size_t tests = order_sort(sorted, count);
    for (size_t i = 0; i < count; i++) {
        double adjusted = isnan(p[i]) ? NAN : 0;
        for (size_t k = 0; k < tests && sorted[k] <= p[i]; k++)
            adjusted = fmax(adjusted, sorted[k] * (double)(tests - k));
        out_adjusted[i] = adjusted > 1 ? 1 : adjusted;
    }
}
