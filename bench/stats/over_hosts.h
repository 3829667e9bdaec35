/*
 * over_hosts: does what was measured in blocks hold on every host, and on others like them?
 *
 * The values are differences within blocks (log ratios of two rows), and a block lies on one host.
 * Two questions, two kinds of uncertainty:
 *
 *   the hosts measured   how sure is the mean over them, and each one's own? By the spread of
 *                        blocks within hosts, s² = Σ(y - host mean)² / (N - H), with N - H degrees
 *                        of freedom: se of a host s / sqrt(n_h), of their mean s sqrt(Σ 1/n_h) / H.
 *   hosts like them      a host is a random factor: what would the mean over other such hosts be?
 *                        By the spread of host means, Student with H - 1 degrees of freedom, each
 *                        host counting once. Exact where hosts have as many blocks each (one-way
 *                        random effects: Searle, Casella, McCulloch, Variance Components,
 * 1992, 3.4).
 *
 * Do hosts differ? The F test of one-way analysis of variance, at 5 %.
 *
 * Measured by simulation, 20,000 sessions each (tests/unit/test_over_hosts.c runs some again;
 * spread between hosts 5 %, within 3 %, three blocks a host): the interval over hosts covers the
 * truth in 95 % with 2, 3, 5 and 10 hosts, 94 to 95 % where hosts have one to five blocks.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct over_host {
    size_t blocks;    /* that have a value */
    double mean;      /* NaN without one */
    double low, high; /* 95 %, by the spread within hosts; NaN where there is none to tell it by */
};

struct over_hosts {
    size_t hosts, blocks; /* hosts with a value */
    double mean;          /* over hosts, each counting once */
    double standard_error,
        degrees;      /* of the mean over these hosts; NaN, 0: no host has two blocks */
    double low, high; /* 95 % over hosts like them; NaN with one host */
    double between_p; /* that hosts differ by no more than their blocks do; NaN: cannot be told */
};

/* values[i] was measured on host host_of[i] < host_count; NaN: missing. `out_each` has room for
 * host_count. */
void over_hosts(const double *values, const size_t *host_of, size_t count, size_t host_count,
                struct over_host *out_each, struct over_hosts *out);
