/*
 * read: from the text a tool wrote to stacks. Pure: no file, no process.
 *
 * Each reader adds to `out`, under the moment that the caller says the text is of (a tool's text
 * may add totals too). 0, or -EPROTO with a sentence when the text is not the tool's or was cut
 * off: a tool that fell silent is no tool that found nothing. What was read up to there stays.
 * Where a tool tells a total beside its stacks, what the stacks leave out is one without calls, so
 * that the sum of a moment is the tool's own figure.
 */
#pragma once

#include "err.h"
#include "stacks.h"

typedef int read_fn(const char *text, enum moment moment, struct stacks *out, struct err *err);

/* valgrind memcheck: the loss records of a leak check; "LEAK SUMMARY" ends it. Blocks that are
 * still reachable count at MOMENT_LIVE, and at MOMENT_LOST too: nobody freed them. */
read_fn read_memcheck;

/* Several processes write into one log of valgrind's when they fork; each line begins with the
 * number of its process. The next one after `process` in order of number (0: the first); 0: none.
 */
int64_t valgrind_process(const char *text, int64_t after);

/* The lines of one process; freed by the caller. */
char *valgrind_part(const char *text, int64_t process);

/* How many allocations all processes made that came to the end of their check; AMOUNT_NA: none
 * did. */
int64_t valgrind_allocations(const char *text);

/* valgrind --xtree-memory=full: bytes and blocks now and in all. Calls without symbols have neither
 * object nor address there. */
read_fn read_xtree;

/* valgrind massif: the last detailed heap tree of a massif.out file. It counts no blocks, but knows
 * objects and addresses: to be read after the xtree of the same moment, whose calls without a name
 * get them from the stacks that match it. */
read_fn read_massif;

/* LeakSanitizer and AddressSanitizer: "Direct leak of …". Needs log_threads=1, which makes a check
 * that found nothing leave a trace. */
read_fn read_lsan;

/* tcmalloc's heap checker: "Leak of … bytes in … objects allocated from:". */
read_fn read_heapcheck;

/* Heap dumps of jemalloc ("heap_v2/1"; bytes rounded to size classes) and of tcmalloc's profiler
 * ("heap profile:"; as requested): live and total. Frames are addresses in objects, by the map at
 * the end, so that a dump that stops before "MAPPED_LIBRARIES:" was cut off. A sampled one is
 * refused: its counts are estimates. */
read_fn read_heap_dump;

/* glibc's mtrace: what was not freed, by the immediate caller, and the total. The trace of
 * MOMENT_LIVE may end anywhere: the program goes on. */
read_fn read_mtrace;

/* heaptrack, interpreted: what is left at the end of the trace, and the total. The trace of
 * MOMENT_LIVE may end anywhere. Bytehound writes the same, in format 2, and marks no end. */
read_fn read_heaptrack;
