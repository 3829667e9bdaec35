#include "prof_dump.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cleanup.h"
#include "line.h"

int prof_dump_read(FILE *in, struct allocator_leak *out, struct err *err)
{
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    int64_t interval = 0;
    struct allocator_leak all;
    struct line rest = {.text = NULL};
    if (getline(&line, &size, in) > 0)
        rest = line_first(line);
    if (!rest.text || !line_take(&rest, "heap_v2/") || !line_take_count(&rest, &interval))
        return err_set(err, -EPROTO, "no heap dump of jemalloc: it does not begin with 'heap_v2/'");
    if (interval != 1)
        return err_set(err, -EPROTO,
                       "the dump holds one sample per %" PRId64
                       " bytes, so its counts are estimates; it "
                       "needs lg_prof_sample:0",
                       interval);
    rest = (struct line){.text = NULL};
    if (getline(&line, &size, in) > 0)
        rest = line_first(line);
    if (!rest.text || !line_take(&rest, " t*: ") || !line_take_count(&rest, &all.blocks) ||
        !line_take(&rest, ": ") || !line_take_count(&rest, &all.bytes))
        return err_set(err, -EPROTO, "the heap dump of jemalloc has no totals in line 2");
    while (getline(&line, &size, in) >= 0) {
        if (strncmp(line, "MAPPED_LIBRARIES:", 17) == 0) {
            *out = all;
            return 0;
        }
    }
    return err_set(err, -EPROTO, "the heap dump of jemalloc is cut off");
}
