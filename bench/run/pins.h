/*
 * pins: which core is whose. Subjects have one for themselves, driver and load share another, so
 * that what is sampled is not moved by who samples. Two threads of one core (hyper-threading) move
 * each other: where there is a choice, the two are of different cores. Subjects with threads of
 * their own have all cores but the load's (trial_pins.threads).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "trial.h"

enum { PINS_TEXT_MAX = 256 };

/* For this machine and the cores that this process may use; unpinned (-1) when there is one core
 * only. `out_text` says it in words. */
struct trial_pins pins_choose(char *out_text, size_t size);

/* The choice among the processors in `allowed` (ascending): the driver's is the first, the
 * subjects' the last one that is of another core, or, where all are of one, the last.
 * `shares_core` says so of two processors. */
struct trial_pins pins_among(const int *allowed, size_t count,
                             bool (*shares_core)(void *context, int cpu, int other), void *context);

/* Where a role runs under a load whose subjects have threads of their own, if that is not where it
 * always does; else NULL. */
const cpu_set_t *pins_for_threads(const struct trial_pins *pins, bool measured);

/* So many of all these cores, or all: the last ones first, since the first is the driver's. Returns
 * how many; 0: nothing is pinned, and *out stays as it was. */
int pins_several(const struct trial_pins *pins, int wanted, cpu_set_t *out);

/* Is `other` a thread of the core of `cpu`, as the kernel lists them (thread_siblings_list)? False
 * when it does not tell. */
bool pins_share_core(int cpu, int other);

/* Is the processor in a list of the kernel's, "0,4-6"? */
bool pins_listed(const char *list, int cpu);

/* The calling thread, and what it starts unpinned, on the driver's core until it is released, when
 * it may use the cores it could use before. */
struct pinned {
    struct trial_pins pins;
    char before[128]; /* a cpu_set_t */
};
void pinned_begin(const struct trial_pins *pins, struct pinned *out);
void pinned_release(struct pinned *pinned);
DEFINE_AUTO(pinned, pinned_release)
