#include "bootstrap.h"

#include <math.h>
#include <stdbool.h>

#include "cleanup.h"
#include "scratch.h"
#include "splitmix.h"

static size_t complete_blocks(const double *scores, size_t rows, size_t blocks, double *out);
static void draw_sums(const double *complete, size_t rows, size_t blocks, uint64_t *state,
                      double *out_sums);
static void share_win(const double *sums, size_t rows, double *wins);

void bootstrap_p_best(const double *scores, size_t rows, size_t blocks, uint64_t seed,
                      double *out_p_best)
{
    AUTO_FREE double *complete = scratch_doubles(rows * blocks);
    AUTO_FREE double *sums = scratch_doubles(rows);
    size_t usable = complete_blocks(scores, rows, blocks, complete);
    for (size_t row = 0; row < rows; row++)
        out_p_best[row] = usable ? 0 : NAN;
    for (int draw = 0; usable && draw < BOOTSTRAP_DRAWS; draw++) {
        draw_sums(complete, rows, usable, &seed, sums);
        share_win(sums, rows, out_p_best);
    }
    for (size_t row = 0; row < rows; row++)
        out_p_best[row] /= BOOTSTRAP_DRAWS;
}

/* Block by block, out[block * rows + row]. Returns how many blocks there are. */
static size_t complete_blocks(const double *scores, size_t rows, size_t blocks, double *out)
{
    size_t usable = 0;
    for (size_t block = 0; block < blocks; block++) {
        double *copy = out + usable * rows;
        bool complete = true;
        for (size_t row = 0; row < rows; row++) {
            copy[row] = scores[row * blocks + block];
            complete = complete && !isnan(copy[row]);
        }
        usable += complete;
    }
    return usable;
}

static void draw_sums(const double *complete, size_t rows, size_t blocks, uint64_t *state,
                      double *out_sums)
{
    for (size_t row = 0; row < rows; row++)
        out_sums[row] = 0;
    for (size_t i = 0; i < blocks; i++) {
        const double *block = complete + splitmix_next(state) % blocks * rows;
        for (size_t row = 0; row < rows; row++)
            out_sums[row] += block[row];
    }
}

static void share_win(const double *sums, size_t rows, double *wins)
{
    double lowest = INFINITY;
    double winners = 0;
    for (size_t row = 0; row < rows; row++) {
        if (sums[row] < lowest) {
            lowest = sums[row];
            winners = 0;
        }
        winners += sums[row] == lowest;
    }
    for (size_t row = 0; row < rows; row++)
        wins[row] += sums[row] == lowest ? 1 / winners : 0;
}
