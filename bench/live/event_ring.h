/*
 * event_ring: the last events of a run, numbered from 1. Plain data; who shares it, locks it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

enum { EVENT_RING_SIZE = 8192 };

struct event_ring {
    char *text[EVENT_RING_SIZE]; /* as sent: "id: 7\ndata: {…}\n\n" */
    uint64_t last_id;            /* 0: none yet */
};

/* One event with this JSON as its data. Forgets the oldest when the ring is full. */
void event_ring_add(struct event_ring *ring, const char *json);

/* The oldest event that is newer than `id` and still there: its text, and its number in *out_id;
 * NULL when there is none. */
const char *event_ring_after(const struct event_ring *ring, uint64_t id, uint64_t *out_id);

void event_ring_release(struct event_ring *ring);
DEFINE_AUTO(event_ring, event_ring_release)
