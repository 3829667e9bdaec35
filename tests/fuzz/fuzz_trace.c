/* A trace of a stranger's: opened, told and compiled: what is compiled holds its own promises. */
#include <sys/mman.h>
#include <unistd.h>

#include "compile.h"
#include "compiled_map.h"
#include "fuzz.h"
#include "trace_summary.h"

/* Every operation that was compiled is one that a lane understands. */
static void walk(const char *path, const struct compiled_facts *facts)
{
    struct err err = ERR_INIT;
    AUTO(compiled_map) struct compiled_map map = {.header = NULL};
    FUZZ_PROMISE(compiled_map_open(path, &map, &err) == 0);
    FUZZ_PROMISE(map.slices[map.header->slice_count - 1].events == facts->events);
    FUZZ_PROMISE(map.header->slot_count <= facts->calls);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    struct trace_summary summary;
    struct compiled_facts facts;
    AUTO(trace_file) struct trace_file file = {.fd = -1};
    int code = trace_file_open(fuzz_file("fuzzed.trace", data, size), &file, &err);
    FUZZ_PROMISE(code <= 0 && (code == 0) == (err.text[0] == '\0'));
    if (code < 0)
        return 0;
    const struct traced_image *image = trace_file_main_image(&file);
    int told = trace_summary(&file, image, &summary, &err);
    AUTO_CLOSE int fd = memfd_create("compiled", MFD_CLOEXEC);
    err = ERR_INIT;
    code = compile_trace(&file, image, 1, fd, &facts, &err);
    FUZZ_PROMISE((code == 0) == (err.text[0] == '\0'));
    FUZZ_PROMISE(told == 0 || code < 0); /* both check the same */
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (code == 0)
        walk(path, &facts);
    return 0;
}
