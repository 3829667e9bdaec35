/*
 * recommend_hosts: is what costs least over all hosts also cheaper than the incumbent on each?
 *
 * The score of a row (recommend.h) over the blocks of one host alone. A switch that loses on a host
 * is not advised for all: who runs only hosts of the other kind takes the row and reads the table.
 */
#pragma once

#include <stdio.h>

#include "recommend.h"

/* Fills out->hosts and out->host_score, from the weights and the reference chosen. Nothing on one
 * host. */
void recommend_hosts_score(const struct result_workload *workload, size_t blocks,
                           struct recommendation *out);

/* On how many hosts it does not cost less than the reference. */
size_t recommend_hosts_lost(const struct recommendation *recommendation, int row);

/* " It costs less on 3 of 3 hosts (-12 to -7 %).", " It costs less on n1 and n2 (-11 %), and not on
 * n3 (+2 %)." Nothing on one host. */
void recommend_say_hosts(FILE *out, const struct result_workload *workload,
                         const struct recommendation *recommendation);
