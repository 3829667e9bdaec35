#include "plan.h"

#include <stdlib.h>

#include "splitmix.h"

static void shuffle(struct plan_trial *trials, size_t count, uint64_t *state);

void plan_build(size_t workload_count, size_t row_count, int64_t blocks, uint64_t seed,
                struct plan *out)
{
    size_t count = workload_count * row_count * (size_t)blocks;
    struct plan_trial *trials = calloc(count ? count : 1, sizeof *trials);
    if (!trials)
        abort();
    uint64_t state = seed;
    size_t next = 0;
    for (int64_t block = 1; block <= blocks; block++) {
        for (size_t workload = 0; workload < workload_count; workload++) {
            struct plan_trial *first = &trials[next];
            for (size_t row = 0; row < row_count; row++)
                trials[next++] =
                    (struct plan_trial){.workload = workload, .row = row, .block = block};
            shuffle(first, row_count, &state);
        }
    }
    for (size_t i = 0; i < count; i++)
        trials[i].id = (int64_t)i + 1;
    *out = (struct plan){.trials = trials, .trial_count = count, .seed = seed};
}

int64_t plan_cell_number(const struct plan_cell *cell, size_t workload_count)
{
    return (cell->block - 1) * (int64_t)workload_count + (int64_t)cell->workload + 1;
}

struct plan_cell plan_cell_of(int64_t number, size_t workload_count)
{
    return (struct plan_cell){.workload = (size_t)(number - 1) % workload_count,
                              .block = (number - 1) / (int64_t)workload_count + 1};
}

void plan_release(struct plan *plan)
{
    free(plan->trials);
    *plan = (struct plan){0};
}

/* Fisher-Yates. The remainder favours small indices by less than one in 2^50. */
static void shuffle(struct plan_trial *trials, size_t count, uint64_t *state)
{
    for (size_t left = count; left > 1; left--) {
        size_t chosen = (size_t)(splitmix_next(state) % left);
        struct plan_trial last = trials[left - 1];
        trials[left - 1] = trials[chosen];
        trials[chosen] = last;
    }
}
