/*
 * agent_others: who else is in this process. Internal.
 */
#pragma once

#include <stddef.h>

/* Threads beside the caller and the agent's. Allocates nothing. */
size_t agent_others(void);
