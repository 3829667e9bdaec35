#include "event_ring.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void event_ring_add(struct event_ring *ring, const char *json)
{
    char *text = NULL;
    uint64_t id = ring->last_id + 1;
    if (asprintf(&text, "id: %" PRIu64 "\ndata: %s\n\n", id, json) < 0)
        abort();
    free(ring->text[id % EVENT_RING_SIZE]);
    ring->text[id % EVENT_RING_SIZE] = text;
    ring->last_id = id;
}

const char *event_ring_after(const struct event_ring *ring, uint64_t id, uint64_t *out_id)
{
    uint64_t oldest = ring->last_id > EVENT_RING_SIZE ? ring->last_id - EVENT_RING_SIZE + 1 : 1;
    uint64_t wanted = id + 1 > oldest ? id + 1 : oldest;
    if (wanted > ring->last_id)
        return NULL;
    *out_id = wanted;
    return ring->text[wanted % EVENT_RING_SIZE];
}

void event_ring_release(struct event_ring *ring)
{
    for (size_t i = 0; i < EVENT_RING_SIZE; i++)
        free(ring->text[i]);
    *ring = (struct event_ring){.last_id = 0};
}
