/*
 * recorder_thread: a thread that writes its stream. Internal.
 *
 * What a thread knows of its stream is thread-local, and so is known to a child that it forks.
 * Where it writes is in memory that fork gives to the child zeroed (MADV_WIPEONFORK): there is no
 * room, so the child finds out in its first event, without a check in the hot path, and begins a
 * stream that names its parent. Raw clone(2) is no exception.
 *
 * While a thread is within the recorder it is busy; a signal handler that allocates then writes to
 * a stream of its own.
 */
#pragma once

#include "recorder_names.h"

enum {
    RECORDER_POPULATE_BYTES = 16384,
    RECORDER_EVENT_BYTES_MAX = 384, /* the longest (a mark) after a CLOCK, and the byte 0 */
};

/* 64 bytes, in memory that is wiped in a forked child. All 0: no room. */
struct recorder_state {
    uint8_t *cursor; /* where the next event goes */
    uint8_t *limit;  /* who is here looks up: time for the clock, or a new chunk */
    uint8_t *end;    /* of the slot, less RECORDER_EVENT_BYTES_MAX */
    uint8_t *populated;
    uint8_t *slot;
    uint32_t slot_number;
    uint32_t chunk_offset; /* in the slot */
    uint32_t taken;
    uint32_t reserved[3];
};

_Static_assert(sizeof(struct recorder_state) == 64, "a cache line each");

/* A large block of this thread that may be looked at. */
struct recorder_watched {
    void *block;
    uint64_t name;
    uint64_t due_ms; /* of the next look */
};

struct recorder_watch {
    struct recorder_watched *list; /* NULL: none yet */
    uint8_t *copy;                 /* RECORDER_COPY_BYTES, to look at them in; NULL: none yet */
    size_t count, room, next;
    size_t next_at_end; /* the first that was not looked at since the end; SIZE_MAX: all were */
};

struct recorder_thread {
    struct recorder_state *state; /* never NULL */
    uint64_t base;                /* stream << RECORDER_STREAM_SHIFT; 0: no stream yet */
    uint64_t sequence;            /* the last that was given */
    uint64_t clock;               /* the word that was seen last */
    uint64_t foreign;
    uint64_t calls, requested_bytes;
    uint64_t parent_sequence;
    struct recorder_thread *nested; /* of signal handlers */
    uint32_t parent_stream;
    uint32_t image;
    uint32_t chunks;
    union {
        struct {
            volatile uint8_t busy;
            uint8_t deleting; /* within operator delete, whose block was told already */
        };
        volatile uint16_t occupied; /* by either */
    };
    uint8_t began; /* enum trace_began */
    uint8_t ended; /* its last chunk was passed on: each event takes one, and passes it on; … */
    uint8_t process_ends; /* … but libraries may have much to give back yet: the first ones do */
    uint16_t late;        /* events since, up to there */
    struct recorder_watch watch;
};

extern _Thread_local struct recorder_thread recorder_self RECORDER_TLS RECORDER_HIDDEN;

/* The clock word of the file; of a process that is not recorded one that never changes. */
extern const volatile uint64_t *recorder_clock RECORDER_HIDDEN;

/* From this size on blocks are large; SIZE_MAX: none is. */
extern size_t recorder_large_bytes RECORDER_HIDDEN;

/* What a block takes at least: glibc's are 32 bytes apart with 24 asked for; where it is not glibc
 * that serves, 32 are asked for. */
enum { RECORDER_LEAST_BYTES = 32, RECORDER_LEAST_BYTES_OF_GLIBC = 24 };
extern size_t recorder_least_bytes RECORDER_HIDDEN;

/* Once, when the functions that serve are known. */
void recorder_find_least(void) RECORDER_HIDDEN;

/* The thread is busy, and has no room or an old clock. True: it may write now. False: the event is
 * lost, and counted, or nothing is recorded here. Keeps errno. */
bool recorder_make_ready(struct recorder_thread *thread) RECORDER_HIDDEN;

/* The stream of a handler that interrupted this thread, busy and ready; NULL as above. */
struct recorder_thread *recorder_enter_nested(struct recorder_thread *thread) RECORDER_HIDDEN;

/* An ended thread gives its chunk back after each event; that by which its process ends, after the
 * first ones. */
void recorder_leave_ended(struct recorder_thread *thread) RECORDER_HIDDEN;

/* The thread writes END, or EXIT, and its chunk is passed on. */
void recorder_end(struct recorder_thread *thread, bool exit) RECORDER_HIDDEN;

/* Is the process recorded? The first one to ask attaches it. */
bool recorder_attached(void) RECORDER_HIDDEN;

/* Streams below this number are of processes that forked this one. */
uint32_t recorder_first_stream(void) RECORDER_HIDDEN;

/* Count what is no event. */
void recorder_count(uint64_t *counter) RECORDER_HIDDEN;

/* Called by recorder_attach, once: the memory for states is there, and the key for ends. */
int recorder_threads_begin(void) RECORDER_HIDDEN;
uint32_t recorder_image(void) RECORDER_HIDDEN;
