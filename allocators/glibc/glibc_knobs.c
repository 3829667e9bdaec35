#include "glibc_knobs.h"

#include <stddef.h>

/* mallopt() has no getter: what the loader made of the environment is read back. */
#define TUNABLE(word)                                                                             \
    .name = (word), .variable = "GLIBC_TUNABLES", .entry = "glibc.malloc." word "=", .join = ':', \
    .source = "The GNU C Library, Memory Allocation Tunables", .proof = KNOB_BY_LOADER,           \
    .option = "glibc.malloc." word

/* clang-format off: rows */
const struct allocator_knob glibc_knobs[] = {
    {TUNABLE("arena_max"),
     .purpose = "fewer arenas keep less apart, and threads wait for each other",
     .values = (const char *const[]){"1", "2", NULL}, .standard = "8 per core"},
    {TUNABLE("trim_threshold"),
     .purpose = "a fixed threshold keeps the heap's end from growing with the largest block freed",
     .values = (const char *const[]){"131072", NULL},
     .standard = "131072, grows with mmap_threshold"},
    {TUNABLE("mmap_threshold"),
     .purpose = "blocks from this size on are mapped, and go back when freed",
     .values = (const char *const[]){"131072", "16384", NULL},
     .standard = "131072, grows to 33554432"},
    {TUNABLE("tcache_count"), .purpose = "how many free blocks of a size a thread keeps",
     .values = (const char *const[]){"0", "64", NULL}, .standard = "7, from 2.43 on 16"},
    {TUNABLE("tcache_max"), .purpose = "the largest block that a thread caches",
     .values = (const char *const[]){"65536", NULL}, .standard = "1032", .since = "2.42"},
    {TUNABLE("top_pad"), .purpose = "how much more than needed is asked of the system",
     .values = (const char *const[]){"4096", "1048576", NULL}, .standard = "131072"},
    {TUNABLE("mxfast"),
     .purpose = "blocks up to this size are not joined with their neighbours when freed",
     .values = (const char *const[]){"0", NULL}, .standard = "128"},
    {TUNABLE("hugetlb"), .purpose = "transparent huge pages: 1 asks for them, 0 does not",
     .values = (const char *const[]){"1", NULL}, .standard = "0", .since = "2.35",
     .before = "2.43"},
    {TUNABLE("hugetlb"), .purpose = "transparent huge pages: 1 asks for them, 0 does not",
     .values = (const char *const[]){"0", NULL},
     .standard = "1 where the system leaves it to madvise", .since = "2.43"},
    {.name = NULL},
};
/* clang-format on */
