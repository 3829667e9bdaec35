/* gperftools tcmalloc without profiler and unwinder; the statistics are those of gperftools.h. */
#include "gperftools.h"
#include "silent.h"

const struct allocator allocator_tcmalloc_minimal = {
    .name = "tcmalloc_minimal",
    .title = "gperftools tcmalloc, minimal",
    .link = ALLOCATOR_LINK("-ltcmalloc_minimal"),
    GPERFTOOLS_ROW,
    .api = gperftools_api,
    .variants = silent_variants,
    .no_tools = "tcmalloc_minimal has neither heap checker nor heap profiler, and ignores their "
                "variables in silence",
};
