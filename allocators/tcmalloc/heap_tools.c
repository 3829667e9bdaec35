#include "heap_tools.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "line.h"

const char *heapcheck_unavailable(const char *version)
{
    int major = 0;
    int minor = 0;
    if (sscanf(version, "%d.%d", &major, &minor) != 2)
        return "this version of gperftools is not known to have the heap checker";
    return major > 2 || (major == 2 && minor >= 17)
               ? "gperftools 2.17 and later have no heap checker and ignore HEAPCHECK in silence"
               : NULL;
}

int heapcheck_read(FILE *in, struct allocator_leak *out, struct err *err)
{
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, in) >= 0) {
        struct allocator_leak leak;
        struct line rest = line_first(line);
        if (rest.text && line_take_past(&rest, "Leak check _main_ detected leaks of ") &&
            line_take_count(&rest, &leak.bytes) && line_take(&rest, " bytes in ") &&
            line_take_count(&rest, &leak.blocks) && line_take(&rest, " objects")) {
            *out = leak;
            return 0;
        }
        if (strstr(line, "No leaks found for check \"_main_\"")) {
            *out = (struct allocator_leak){0};
            return 0;
        }
    }
    return err_set(err, -EPROTO,
                   "the heap checker said nothing, neither leaks nor none: it was not active (a "
                   "traced process?), or the subject did not reach its end");
}

int heapprofile_read(FILE *in, struct allocator_leak *out, struct err *err)
{
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    struct allocator_leak all;
    struct line rest = {.text = NULL};
    if (getline(&line, &size, in) > 0)
        rest = line_first(line);
    if (!rest.text || !line_take(&rest, "heap profile: ") || !line_take_count(&rest, &all.blocks) ||
        !line_take(&rest, ": ") || !line_take_count(&rest, &all.bytes))
        return err_set(err, -EPROTO,
                       "no dump of the heap profiler: it does not begin with 'heap profile:'");
    while (getline(&line, &size, in) >= 0) {
        if (strncmp(line, "MAPPED_LIBRARIES:", 17) == 0) {
            *out = all;
            return 0;
        }
    }
    return err_set(err, -EPROTO, "the dump of the heap profiler is cut off");
}
