#include "scudo_knobs.h"

#include <stddef.h>

/* clang-format off: rows */
const struct allocator_knob scudo_knobs[] = {
    {.name = "release_interval_ms",
     .variable = "SCUDO_OPTIONS",
     .entry = "release_to_os_interval_ms=",
     .join = ':',
     .purpose = "how often pages that are free go back; 0: at once, -1: never",
     .values = (const char *const[]){"0", "-1", NULL},
     .standard = "5000",
     .source = "LLVM, Scudo Hardened Allocator: Options",
     .proof = KNOB_UNPROVED,
     .unproved = "scudo has no getter"},
    {.name = NULL},
};
/* clang-format on */
