/*
 * discovery: the ZeroMQ peer and proxy, and the churner that is the load on them: what the
 * scenarios of this application have in common. The peer is the primary role: the long-lived one
 * that others come to and leave; the churner plays the others, always on glibc.
 */
#pragma once

#include "play.h"

enum { DISCOVERY_PEER, DISCOVERY_PROXY, DISCOVERY_CHURNER };
extern const struct scenario_role discovery_roles[];
extern const struct scenario_work discovery_work[]; /* discovery_work.c */
extern const struct spec_rule discovery_rules[];    /* discovery_rules.c */

/* Proxy, peer and churner, in this order, each ready before the next. */
int discovery_start(struct trial *trial, struct err *err);

/* One request to the churner, its answer, its count of cycles and its join times; `moves` joins and
 * leaves may take the workload's deadline each. */
int discovery_ask_churner(struct trial *trial, const char *verb, const char *answer, int64_t moves);

/* Wait until the peer has heard so many good-byes: its counters are then the work that was done. */
int discovery_settle(struct trial *trial, int64_t lives);

/* Churner, peer, proxy, in this order. */
int discovery_leave(struct trial *trial);

/* Nothing is lost on purpose, and nothing is left to drain. */
void discovery_clean(struct workload *workload);

/* Is it this load? One step of a peer's life alone? */
bool discovery_is(const struct workload *workload, const char *load);
bool discovery_is_step(const struct workload *workload);
