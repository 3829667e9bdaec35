/*
 * bootstrap: how sure is it that this row is the best?
 *
 * Whole blocks are drawn again with replacement (Efron 1979), so that what rows share within a
 * block stays together; the row with the lowest mean score wins a draw, equals share it. P(best) is
 * the share of draws won. It ranks rows; for the size of a difference use compare.h.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { BOOTSTRAP_DRAWS = 10000 };

/*
 * scores[row * blocks + block], lower is better (such as weighted log ratios to the incumbent).
 * Only blocks in which every row has a score (not NaN) are drawn from. out_p_best[row] adds up to
 * 1, or is NaN where no block is complete. The same seed gives the same answer.
 */
void bootstrap_p_best(const double *scores, size_t rows, size_t blocks, uint64_t seed,
                      double *out_p_best);
