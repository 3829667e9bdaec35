#include "run.h"

#include <string.h>

static bool is_named(const struct host *host, const char *name)
{
    return host->name && strcmp(host->name, name) == 0;
}

const struct host *run_host(const struct run *run, const char *name)
{
    if (!name || is_named(&run->host, name))
        return &run->host;
    for (size_t i = 0; i < run->more_host_count; i++)
        if (is_named(&run->more_hosts[i], name))
            return &run->more_hosts[i];
    return run->host.name ? NULL : &run->host;
}
