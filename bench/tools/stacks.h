/*
 * stacks: what every memory tool tells in the end: this many bytes in this many blocks were
 * allocated along this chain of calls. The common form of their outputs, before any judgement.
 *
 * Readers (read_*.h) are pure functions from a tool's text to stacks. Strings live as long as the
 * stacks do.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

/* What the bytes are: still allocated when all had left and it was quiet; never freed, or lost,
 * when the program ended; allocated at any time. */
enum moment { MOMENT_LIVE, MOMENT_LOST, MOMENT_TOTAL, MOMENT_COUNT };
extern const char *const moment_names[]; /* "live", "lost", "total" */

enum { AMOUNT_NA = -1 };

struct amount {
    int64_t bytes;
    int64_t blocks; /* AMOUNT_NA: the tool does not count them */
};

/* One call. NULL or 0: not told. */
struct frame {
    const char *function;
    const char *file;
    int64_t line;
    const char *object;
    uint64_t address; /* of the call itself, not of where it returns to */
    bool in_object;   /* the address counts from the beginning of the object, else of the process */
};

struct stack {
    enum moment moment;
    struct amount amount;
    bool reachable;      /* left at the end, but still pointed to: no loss, where the tool tells */
    size_t first, count; /* of frames; the allocating call first */
};

struct stacks {
    struct stack *list;
    size_t count;
    struct frame *frames;
    size_t frame_count;
    struct stacks_text *texts; /* owns all strings */
};

/* A copy of the first `length` bytes, owned by `stacks`. */
const char *stacks_text(struct stacks *stacks, const char *text, size_t length);

/* The address of a call, of where it returns to. */
static inline uint64_t frame_before(uint64_t returns_to)
{
    return returns_to ? returns_to - 1 : 0;
}

/* Begin a stack; frames added next belong to it. */
void stacks_begin(struct stacks *stacks, enum moment moment, struct amount amount);
void stacks_frame(struct stacks *stacks, const struct frame *frame);

/* Bytes and blocks of one moment; {0, 0} when there is no such stack. */
struct amount stacks_sum(const struct stacks *stacks, enum moment moment);

void stacks_release(struct stacks *stacks);
DEFINE_AUTO(stacks, stacks_release)
