#include "mimalloc_knobs.h"

#include <stddef.h>

/* Unknown names are ignored in silence: each is read back by mi_option_get(). */
#define OPTION(word, upper)                        \
    .name = (word), .variable = "MIMALLOC_" upper, \
    .source = "mimalloc, readme: Environment Options", .proof = KNOB_BY_OPTION, .option = (word)

/* clang-format off: rows */
const struct allocator_knob mimalloc_knobs[] = {
    {OPTION("purge_delay", "PURGE_DELAY"), .purpose = "how soon pages that are free go back, in ms",
     .values = (const char *const[]){"0", NULL}, .standard = "10 (2.1), 1000 (3.6)",
     .since = "2.1.0"},
    {OPTION("decommit_delay", "DECOMMIT_DELAY"),
     .purpose = "how soon pages that are free go back, in ms",
     .values = (const char *const[]){"0", NULL}, .standard = "25", .before = "2.1.0"},
    {OPTION("segment_decommit_delay", "SEGMENT_DECOMMIT_DELAY"),
     .purpose = "the same for whole segments, in ms", .values = (const char *const[]){"0", NULL},
     .standard = "500", .before = "2.1.0"},
    {OPTION("page_reset", "PAGE_RESET"),
     .purpose = "pages go back as soon as their last block is freed",
     .values = (const char *const[]){"1", NULL}, .standard = "0", .before = "2.1.0"},
    {OPTION("abandoned_page_decommit", "ABANDONED_PAGE_DECOMMIT"),
     .purpose = "pages go back when their thread ends", .values = (const char *const[]){"1", NULL},
     .standard = "0", .before = "2.1.0"},
    {OPTION("allow_thp", "ALLOW_THP"),
     .purpose = "without huge pages what it holds is not rounded up to them",
     .values = (const char *const[]){"0", NULL}, .standard = "1 (2.2), 2 (3.6)", .since = "2.2.0"},
    {OPTION("arena_eager_commit", "ARENA_EAGER_COMMIT"),
     .purpose = "arenas are committed as they are used", .values = (const char *const[]){"0", NULL},
     .standard = "2", .since = "2.1.0"},
    {OPTION("eager_commit", "EAGER_COMMIT"), .purpose = "segments are committed as they are used",
     .values = (const char *const[]){"0", NULL}, .standard = "1", .before = "3.0.0"},
    {OPTION("arena_purge_mult", "ARENA_PURGE_MULT"),
     .purpose = "how much later arenas go back than pages",
     .values = (const char *const[]){"1", NULL}, .standard = "10 (2.1), 4 (3.6)", .since = "2.1.0"},
    {OPTION("max_segment_reclaim", "MAX_SEGMENT_RECLAIM"),
     .purpose = "segments of ended threads that are taken over at once",
     .values = (const char *const[]){"100", NULL}, .standard = "8", .before = "3.0.0"},
    {OPTION("page_full_retain", "PAGE_FULL_RETAIN"),
     .purpose = "pages of a size without a block that a thread keeps for the next one",
     .values = (const char *const[]){"0", NULL}, .standard = "2", .since = "3.0.1"},
    {OPTION("page_reclaim_on_free", "PAGE_RECLAIM_ON_FREE"),
     .purpose = "whoever frees a block of an ended thread takes over its page",
     .values = (const char *const[]){"0", NULL}, .standard = "1", .since = "3.6.0"},
    {OPTION("purge_decommits", "PURGE_DECOMMITS"),
     .purpose = "the kernel may take pages and need not",
     .values = (const char *const[]){"0", NULL}, .standard = "1", .since = "2.1.0"},
    {OPTION("large_os_pages", "LARGE_OS_PAGES"), .purpose = "large pages of 2 MiB",
     .values = (const char *const[]){"1", NULL}, .standard = "0", .before = "2.1.0"},
    {OPTION("allow_large_os_pages", "ALLOW_LARGE_OS_PAGES"), .purpose = "large pages of 2 MiB",
     .values = (const char *const[]){"1", NULL}, .standard = "0", .since = "2.1.0"},
    {.name = NULL},
};
/* clang-format on */
