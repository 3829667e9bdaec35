#include "same_machine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory_stream.h"
#include "pins.h"

static char *list_differences(const struct run *run, const struct host *here, const char *pinning)
{
    struct host_difference differences[HOST_DIFFERENCES_MAX];
    const struct host *then = run_host(run, here->name);
    size_t count = host_differences(then ? then : &run->host, here, differences);
    const char *pinned_then = run->pinning ? run->pinning : "unknown";
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    for (size_t i = 0; i < count; i++)
        (void)fprintf(out, "; %s: %s then, %s now", differences[i].what, differences[i].a,
                      differences[i].b);
    if (strcmp(pinned_then, pinning) != 0)
        (void)fprintf(out, "; pinning: %s then, %s now", pinned_then, pinning);
    return memory_stream_close(&memory);
}

int same_machine_check(const struct run *run, struct err *err)
{
    char pinning[PINS_TEXT_MAX];
    AUTO(host) struct host here;
    host_describe(&here);
    (void)pins_choose(pinning, sizeof pinning);
    AUTO_FREE char *differences = list_differences(run, &here, pinning);
    return *differences ? err_set(err, -EXDEV,
                                  "what would be measured now cannot stand beside what was "
                                  "measured%s; begin a new run",
                                  differences)
                        : 0;
}
