/*
 * allocator: one allocator is one folder `allocators/<name>/` holding
 *
 *     CMakeLists.txt   find it, say how to link it, or why it is unavailable and what brings it
 *     <name>.c         one const row, `allocator_<name>`
 *
 * and nothing else in the project knows its name. The same object file serves two readers:
 *
 *   - the subject (peer, proxy), which is linked with exactly one of them. The link rule makes
 *     `allocator_linked` an alias of that row; its hooks run inside the measured process.
 *   - the driver, which links all of them as a table (registry.h) and never calls a hook.
 *
 * So an adapter declares the functions of its allocator as weak externs (they are NULL in the
 * driver) and includes no header of the allocator: it compiles on every machine.
 *
 * Rules for hooks: they never allocate, lock or print; they are called by the subject's main thread
 * between messages; what the allocator cannot tell stays ALLOCATOR_NA and `unavailable` says why.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allocator_knob.h"

/* The common statistics schema. Bytes unless the name says otherwise. What each one is for each
 * allocator, measured against a program that knows, is a comment in the adapter. */
enum allocator_stat {
    STAT_LIVE,         /* handed to the application and not yet freed (size-class rounded) */
    STAT_HEAP,         /* committed for blocks, live or free; includes direct maps. Neither address
                          space that was only reserved nor what was given back to the system */
    STAT_RESIDENT,     /* the allocator's own estimate of its physical memory */
    STAT_CACHED,       /* free bytes kept: thread caches, bins, page heap */
    STAT_THREAD_CACHE, /* of which in per-thread caches */
    STAT_RELEASED,     /* free bytes given back, address space kept */
    STAT_METADATA,     /* the allocator's own book-keeping */
    STAT_ARENAS,       /* count */
    ALLOCATOR_STAT_COUNT
};

/* "live_bytes", "heap_bytes", …, "arenas": keys on the control channel, CSV columns, JSON names. */
extern const char *const allocator_stat_names[ALLOCATOR_STAT_COUNT];

#define ALLOCATOR_NA ((int64_t)-1)

struct allocator_stats {
    int64_t value[ALLOCATOR_STAT_COUNT]; /* ALLOCATOR_NA where it cannot tell */
};

/* What is still allocated when main is about to return, after the C and C++ runtimes gave back
 * what they keep (facts: __gnu_cxx::__freeres and __libc_freeres). ALLOCATOR_NA: cannot count. */
struct allocator_leftover {
    int64_t blocks;
    int64_t bytes;
};

/* What a row does about transparent huge pages; the machine's own mode is never touched. */
enum allocator_huge_pages {
    HUGE_PAGES_AS_FOUND,
    HUGE_PAGES_OFF,   /* the kernel gives its processes none: prctl(PR_SET_THP_DISABLE) */
    HUGE_PAGES_ASKED, /* its tunables ask for them: nothing to measure where the machine has none */
};
extern const char *const allocator_huge_pages_names[]; /* "as found", "off", "asked" */

/* One row of the comparison: the allocator as it is (suffix "") or with tunables. */
struct allocator_variant {
    const char *suffix;             /* "" or "+prof": the row is called name followed by suffix */
    const char *const *environment; /* "KEY=value", NULL-terminated; NULL: none */
    const char *why;                /* why this row exists, one sentence for the report */
    const char *defaults;           /* what the tunables are without it: "dirty_decay_ms:10000" */
    bool by_default;                /* part of `make bench` */
    bool diagnostic;                /* shows what a tool costs: measured, never recommended */
    enum allocator_huge_pages huge_pages;
};

/* Receives one effective option ("opt.narenas", "8"). */
typedef void allocator_option_fn(const char *name, const char *value, void *context);

/* What takes a library in although nothing refers to it: Debian's gcc drops such ones. */
#define ALLOCATOR_LINK(library) "-Wl,--push-state,--no-as-needed " library " -Wl,--pop-state"

struct allocator {
    const char *name;    /* equals the folder */
    const char *title;   /* "jemalloc", "gperftools tcmalloc" */
    const char *link;    /* what a user puts on the link line: ALLOCATOR_LINK("-ljemalloc") */
    const char *package; /* Debian package that brings library and headers; NULL: none */
    /* Of one that is part of another libc: what the path of that one's loader has in it. It serves
     * builds of the user's own ('program: commands'), seen from outside. NULL: of glibc's world. */
    const char *loader;
    /* A variable with which it prints something of itself, by which a user sees that it serves a
     * program: "MALLOC_CONF=stats_print:true"; NULL: there is none. */
    const char *shows_itself;
    const char *shows_itself_when; /* what, and when: "statistics when the program ends" */

    /* Identity. `api` is the address of a function only this allocator has (NULL when it is not
     * loaded); it must live in the same object as malloc. `owns` answers for one pointer, also
     * into the middle of a block, or is NULL where the allocator cannot tell safely. */
    const void *(*api)(void);
    bool (*owns)(const void *pointer);
    int (*version)(char *out, size_t size); /* "5.3.0"; 0 or -errno */

    int (*stats)(struct allocator_stats *out);
    const char *(*unavailable)(enum allocator_stat stat);      /* a reason, or NULL if it is told */
    void (*options)(allocator_option_fn *emit, void *context); /* effective, as it says itself */

    /* 0, or -EINVAL and a sentence where the environment sets what this version would ignore in
     * silence: such a row is refused. NULL: cannot tell, or the allocator ends the process. */
    int (*check_settings)(char *out_why, size_t size);

    /* Give back to the system what can be given; what the call is named, for the report. NULL,
     * both: there is none, as `release_reach` says in a sentence. */
    void (*release)(void);
    const char *release_call;
    const char *release_reach; /* whose memory it reaches: "the calling thread's heap" */
    bool release_is_by_thread; /* nothing for a thread that never allocated, as an agent's */

    int (*live_at_exit)(struct allocator_leftover *out); /* may be NULL */

    /* Under a tool only, and therefore free to allocate; each may be NULL. Begin and end a trace;
     * write a heap profile now; write statistics per size class and arena, in the allocator's own
     * format, to `path` (0 or -errno). */
    void (*trace)(bool on);
    void (*dump_profile)(void);
    int (*detail)(const char *path);
    const char *(*no_detail)(const char *version); /* why this one cannot; NULL: it can. Or NULL */

    /* What `STAT_LIVE` charges for a block beyond malloc_usable_size() (glibc: its 8-byte header,
     * since uordblks counts chunks). Lets known losses be compared with the counter exactly. */
    int64_t block_overhead_bytes;

    /* And beyond that per thread of the process, at most: what it cannot tell from live blocks, as
     * set in this process. ALLOCATOR_NA: without a bound. Both NULL where there is none. */
    int64_t (*thread_excess_max_bytes)(void);
    const char *thread_excess; /* what that is, after "counts as live" */

    const struct allocator_variant *variants; /* the plain row first; ends with suffix NULL */
    const struct allocator_knob *knobs; /* the most promising first; ends with name NULL; NULL:
                                           none is known to be worth trying */
    const char
        *no_tools; /* why it has no leak tool of its own (bench/tools/tool.h); NULL: it has */
    const char *no_ledger; /* why the ledger cannot stand before it; NULL: it can */
};

/* In a subject: the row of the allocator it was linked with (an alias made by the link rule). */
extern const struct allocator allocator_linked;

/* Set every value to ALLOCATOR_NA. */
void allocator_stats_init(struct allocator_stats *stats);
