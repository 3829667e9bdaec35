/*
 * scene: a proxy, a peer and a churner as real processes, for tests. There is one at a time.
 */
#pragma once

#include <stdint.h>

#include "child.h"
#include "discovery.h"

struct scene {
    struct child proxy;
    struct child peer;
    struct child churner;
    char proxy_endpoint[DISCOVERY_ENDPOINT_MAX];
};

extern struct scene scene;

/* The allocators there are programs of: the C library's first where it can serve. */
extern const char *const scene_allocators[];
extern const int scene_allocator_count;

/* Lists of arguments, ending with NULL. */
#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_OPTIONS   ((const char *const[]){NULL})

/* Start the parts, each until it is ready; scene_start() all three. */
void scene_start(const char *allocator, const char *const *peer, const char *const *churner);
void scene_start_proxy(const char *allocator, const char *address);
void scene_start_peer(const char *allocator, const char *const *options);
void scene_start_churner(const char *const *options);

/* Ask for statistics as soon as the counter `goal` has reached `value`. */
void scene_stats(struct child *child, const char *goal, int64_t value);

void scene_rounds(int count);

/* All leave properly, in this order: churner, peer, proxy. */
void scene_leave(void);

/* A cmocka teardown: kill what still runs. */
int scene_end(void **state);
