/*
 * agent_text: what the agent in a user's program took, as it said itself (agent/agent_cost.h), for
 * the formats that are read by people: of the process that was started, medians over valid trials.
 */
#pragma once

#include "result.h"

/* All rows in one sentence, by the least and the most; each row's are counters of its trials. NULL
 * where no agent has told. The caller frees. */
char *agent_text(const struct result_workload *workload);
