#include "gperftools_knobs.h"

#include <stddef.h>

#define VARIABLE(word, name_of_variable)                      \
    .name = (word), .variable = "TCMALLOC_" name_of_variable, \
    .source = "gperftools, docs/tcmalloc.html: Modifying Runtime Behavior"
#define READ_BACK(property) .proof = KNOB_BY_OPTION, .option = "tcmalloc." property

/* clang-format off: rows */
const struct allocator_knob gperftools_knobs[] = {
    {VARIABLE("aggressive_decommit", "AGGRESSIVE_DECOMMIT"),
     READ_BACK("aggressive_memory_decommit"), .purpose = "spans go back as soon as they are free",
     .values = (const char *const[]){"1", NULL}, .standard = "0"},
    {VARIABLE("release_rate", "RELEASE_RATE"), READ_BACK("release_rate"),
     .purpose = "how eagerly free memory goes back, 0 to 10",
     .values = (const char *const[]){"10", "0", NULL}, .standard = "1"},
    {VARIABLE("max_total_thread_cache_bytes", "MAX_TOTAL_THREAD_CACHE_BYTES"),
     READ_BACK("max_total_thread_cache_bytes"),
     .purpose = "what the caches of all threads may keep",
     .values = (const char *const[]){"1048576", "134217728", NULL}, .standard = "33554432"},
    {VARIABLE("transfer_num_obj", "TRANSFER_NUM_OBJ"), .proof = KNOB_UNPROVED,
     .unproved = "tcmalloc has no property that tells it",
     .purpose = "blocks that move between caches at a time",
     .values = (const char *const[]){"4", NULL}, .standard = "32"},
    {.name = NULL},
};
/* clang-format on */
