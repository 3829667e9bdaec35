/*
 * mimalloc_heap: whether a walk over mimalloc's heap sees all of it, which statistics at length and
 * the leak tool `visit` both need.
 */
#pragma once

/* Why it does not, in one sentence; NULL: this version shows all. */
const char *mimalloc_not_all_seen(const char *version);
