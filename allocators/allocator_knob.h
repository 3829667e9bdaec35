/*
 * allocator_knob: one setting of an allocator that is worth trying, as a const row in its folder:
 * how it is set, which values, from which version on, where that is written, what it is for, and
 * how it is known to have taken effect. `heapchurn tune` measures them. A knob whose values worth
 * trying changed with a version has two rows of one name, of which each version has one.
 */
#pragma once

#include <stdbool.h>

/* How a value is read back from a process that was started with it. */
enum knob_proof {
    KNOB_BY_OPTION, /* the allocator says it, among its effective options (allocator.options) */
    KNOB_BY_LOADER, /* the dynamic loader lists what it made of the environment (--list-tunables) */
    KNOB_UNPROVED,  /* nobody tells: `unproved` says why */
};

struct allocator_knob {
    const char *name; /* as rows are called by it: "dirty_decay_ms" */
    const char *purpose;
    const char *variable; /* of the environment: "MALLOC_CONF" */
    const char *entry;    /* in it, before the value: "dirty_decay_ms:"; NULL: the value alone */
    char join;            /* between entries of that variable; 0: it holds one value */
    const char *lead;     /* stands before the first entry of that variable, joined; or NULL */
    const char *const *values; /* worth trying, the most promising first; ends with NULL */
    const char *standard;      /* what holds without it */
    const char *since;         /* the first version that has it; NULL: all that are supported */
    const char *before;        /* the first that has it no longer; NULL: none */
    const char *source;        /* where it is documented */
    bool by_name;              /* tried only when it is named: it does not work everywhere */
    enum knob_proof proof;
    const char *option; /* what it is called where it is read back */
    const char *unproved;
};
