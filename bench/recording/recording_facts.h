/*
 * recording_facts: what a recording tells of itself beside its events, put together. Internal to
 * recording/.
 */
#pragma once

#include "trace_facts.h"

/* Initialise, and tell host, versions, time and command (NULL: none). */
void recording_facts_begin(struct trace_facts *facts, char *const *command);

/* One more run at the end of a list; what it owns is the list's. */
void recording_facts_add_run(struct trace_run **list, size_t *count, const struct trace_run *run);

/* What each recorded program is linked against, as far as its file tells now. */
void recording_facts_find_linked(struct trace_facts *facts);

/* -1: it is not there. */
int64_t recording_facts_file_bytes(const char *path);
