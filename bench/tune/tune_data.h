/*
 * tune_data: what was measured of each setting, block by block, from the runs of all rungs.
 *
 * A block of any rung holds the default, the default again and some of the settings; a setting has
 * no number in the blocks of rungs it was not in. Costs are of the primary subject:
 *
 * - memory: anonymous RSS: mean over the time of load and quiet; of a program that ends by itself
 * the peak; of a trace in virtual time the mean over its slices, since its own time is nobody's
 * - CPU: per cycle, as in all tables
 * - p99: of a join
 * - back: until half was given back (metric_samples.h); the quiet time where it never was
 *   (then back_never)
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "store.h"
#include "tune_setting.h"

enum tune_cost { TUNE_MEMORY, TUNE_CPU, TUNE_P99, TUNE_COSTS, TUNE_BACK = TUNE_COSTS, TUNE_VALUES };
extern const char *const tune_cost_names[TUNE_VALUES]; /* "memory", "CPU", "join p99", … */

enum { TUNE_TROUBLE_MAX = 320, TUNE_PROOF_MAX = 160 };
enum { TUNE_DEFAULT, TUNE_DEFAULT_AGAIN }; /* the first two settings */

struct tune_data {
    struct tune_settings settings;
    size_t blocks;
    size_t *rung;               /* of each block */
    double *value[TUNE_VALUES]; /* [setting * blocks + block], NaN: missing; bytes, ns, ns, s */
    bool *back_never;           /* [setting * blocks + block] */
    const char *memory_is;      /* "anonymous RSS, mean over load and quiet time" */
    size_t trials;              /* that count, … */
    size_t disturbed;           /* … of which others on the machine disturbed so many */
    size_t repeated;            /* noisy ones that were measured again, and do not count */
    /* Of a trace, by how near its replay comes (replay_rule.h): may settings be ranked, and ln of
     * the ratio from which memory is told apart. */
    bool unranked;
    double memory_unsure;
    /* Why a setting is no result: it did not take effect, or has no valid trial. "": it is one.
     * `proof`: how it is known to have taken effect; "" where nobody can tell. */
    char trouble[TUNE_SETTINGS_MAX][TUNE_TROUBLE_MAX];
    char proof[TUNE_SETTINGS_MAX][TUNE_PROOF_MAX];
};

/* How a setting is known to have held in a trial: fills one of the texts of tune_data, or none. */
typedef void tune_prove_fn(void *context, const struct tune_setting *setting,
                           const struct record *record, char *out_trouble, size_t trouble_size,
                           char *out_proof, size_t proof_size);

/* `rungs` in order; `base`: the row that all build on; `singles`: what names are made of. */
void tune_data_build(const struct stored_run *rungs, size_t count, const char *base,
                     const struct tune_settings *singles, tune_prove_fn *prove, void *context,
                     struct tune_data *out);
void tune_data_release(struct tune_data *data);
DEFINE_AUTO(tune_data, tune_data_release)

/* Blocks in which the setting and the default have this cost. */
size_t tune_data_shared(const struct tune_data *data, size_t setting, size_t cost);
