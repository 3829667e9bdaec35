#include "jemalloc_knobs.h"

#include <stddef.h>

/* Each is read back as opt.NAME. */
#define CONF_KNOB(word)                                                                  \
    .name = (word), .variable = "MALLOC_CONF", .entry = word ":", .join = ',',           \
    .lead = "abort_conf:true", .source = "jemalloc(3), TUNING", .proof = KNOB_BY_OPTION, \
    .option = "opt." word

/* clang-format off: rows */
const struct allocator_knob jemalloc_knobs[] = {
    {CONF_KNOB("background_thread"),
     .purpose = "a thread gives memory back also while the program idles",
     .values = (const char *const[]){"true", NULL}, .standard = "false"},
    {CONF_KNOB("dirty_decay_ms"), .purpose = "how soon pages that are free go back; -1: never",
     .values = (const char *const[]){"1000", "0", "-1", NULL}, .standard = "10000"},
    {CONF_KNOB("narenas"),
     .purpose = "fewer arenas keep less apart, and threads wait for each other",
     .values = (const char *const[]){"1", "2", NULL}, .standard = "4 per core"},
    {CONF_KNOB("tcache"), .purpose = "without caches of threads every call takes a lock",
     .values = (const char *const[]){"false", NULL}, .standard = "true"},
    {CONF_KNOB("tcache_max"), .purpose = "the largest block that a thread caches",
     .values = (const char *const[]){"4096", NULL}, .standard = "32768", .since = "5.3.0"},
    {CONF_KNOB("lg_tcache_max"), .purpose = "the same, as a power of two",
     .values = (const char *const[]){"12", NULL}, .standard = "15", .before = "5.3.0"},
    {CONF_KNOB("retain"), .purpose = "address space goes back, too, and is asked for again",
     .values = (const char *const[]){"false", NULL}, .standard = "true"},
    {CONF_KNOB("metadata_thp"), .purpose = "its own records on huge pages",
     .values = (const char *const[]){"auto", NULL}, .standard = "disabled"},
    {CONF_KNOB("thp"), .purpose = "huge pages for what it hands out",
     .values = (const char *const[]){"always", "never", NULL},
     .standard = "default: as the system has it"},
    {CONF_KNOB("oversize_threshold"), .purpose = "large blocks from ordinary arenas",
     .values = (const char *const[]){"0", NULL}, .standard = "8388608"},
    {CONF_KNOB("muzzy_decay_ms"),
     .purpose = "a second delay, in which the kernel may take pages and need not",
     .values = (const char *const[]){"10000", NULL}, .standard = "0"},
    {CONF_KNOB("lg_extent_max_active_fit"),
     .purpose = "large free extents are cut for smaller ones up to 2 to this times as small",
     .values = (const char *const[]){"3", NULL}, .standard = "6"},
    {CONF_KNOB("percpu_arena"), .by_name = true,
     .purpose =
         "an arena for each core, whichever thread runs there; refused in a process that may "
         "not use all cores, as subjects that are pinned",
     .values = (const char *const[]){"percpu", "phycpu", NULL}, .standard = "disabled"},
    {.name = NULL},
};
/* clang-format on */
