/* gperftools tcmalloc without profiler and unwinder; the statistics are those of gperftools.h. */
#include "gperftools.h"
#include "gperftools_knobs.h"
#include "silent.h"

const struct allocator allocator_tcmalloc_minimal = {
    .name = "tcmalloc_minimal",
    .title = "gperftools tcmalloc, minimal",
    .link = "-Wl,--push-state,--no-as-needed -ltcmalloc_minimal -Wl,--pop-state",
    .package = "libgoogle-perftools-dev",
    .shows_itself = "MALLOCSTATS=1",
    .shows_itself_when = "statistics when the program ends",
    .api = gperftools_api,
    .owns = gperftools_owns,
    .version = gperftools_version,
    .stats = gperftools_stats,
    .unavailable = gperftools_unavailable,
    .options = gperftools_options,
    .release = gperftools_release,
    .release_call = "MallocExtension_ReleaseFreeMemory()",
    .release_reach = GPERFTOOLS_REACH,
    .live_at_exit = gperftools_live_at_exit,
    .detail = gperftools_detail,
    .variants = silent_variants,
    .knobs = gperftools_knobs,
    .no_tools = "tcmalloc_minimal has neither heap checker nor heap profiler, and ignores their "
                "variables in silence",
};
