/*
 * bare_result: a result with the numbers a test gives it, of one workload "test", every block
 * valid, every verdict a plateau of high confidence; nothing behind it was measured or made up.
 */
#pragma once

#include "cleanup.h"
#include "result.h"

struct bare_result {
    struct result result;
    struct result_workload workload;
    struct workload spec;
    struct stored_run stored;
    struct record *records;
};

/* Every metric is 1000 in every block until it is set. */
void bare_build(const char *const *rows, size_t row_count, size_t blocks, struct bare_result *out);
void bare_release(struct bare_result *bare);
static inline void cleanup_bare_result(struct bare_result *bare)
{
    bare_release(bare);
}

/* One value per block; NaN: missing. */
void bare_set(struct bare_result *bare, size_t row, size_t role, enum metric_id metric,
              const double *values);

void bare_set_verdict(struct bare_result *bare, size_t row, size_t role, enum verdict_kind kind,
                      enum confidence confidence);

/* Live grows, as a finding, surely or not, whatever the verdict. */
void bare_set_leak_finding(struct bare_result *bare, size_t row, size_t role, bool sure);

/* All blocks find this, beside what they found before. */
void bare_add_finding(struct bare_result *bare, size_t row, size_t role, enum finding_kind kind,
                      double size_bytes);

/* Nothing of this row is valid. */
void bare_spoil(struct bare_result *bare, size_t row);
