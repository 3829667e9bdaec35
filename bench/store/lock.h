/*
 * lock: one driver writes a run's folder at a time.
 *
 * The folder itself is locked (flock), so that nothing is left behind however the driver ends, and
 * nobody waits: a folder that another one writes is an error that names it.
 *
 *     AUTO(store_lock) struct store_lock lock = STORE_LOCK_INIT;
 *     if (store_lock(dir, &lock, err) < 0)
 *         return …;
 *     … store_load(), store_create(), store_append(), reports …
 */
#pragma once

#include "cleanup.h"
#include "err.h"

struct store_lock {
    int fd;
};
#define STORE_LOCK_INIT ((struct store_lock){.fd = -1})

/* The folder is there. -EBUSY: "DIR is being written by process 4711 (heapchurn run -o DIR); …". */
int store_lock(const char *dir, struct store_lock *out, struct err *err);

void store_unlock(struct store_lock *lock);
DEFINE_AUTO(store_lock, store_unlock)
