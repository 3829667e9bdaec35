#include "paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int join(char *out, const char *folder, const char *below, struct err *err);

int paths_workloads(char *out, struct err *err)
{
    const char *wanted = getenv("HEAPCHURN_WORKLOAD_DIR");
    if (wanted && *wanted) {
        if (access(wanted, R_OK | X_OK) < 0)
            return err_set(err, -errno, "HEAPCHURN_WORKLOAD_DIR is '%s': %s", wanted,
                           strerror(errno));
        return join(out, wanted, "", err);
    }
    char folder[PATHS_MAX];
    int rc = paths_programs(folder, err);
    if (rc < 0)
        return rc;
    char installed[PATHS_MAX];
    rc = join(installed, folder, "/../share/heapchurn/workloads", err);
    if (rc < 0)
        return rc;
    const char *found = access(installed, R_OK | X_OK) == 0 ? installed : PATHS_SOURCE_WORKLOADS;
    if (access(found, R_OK | X_OK) < 0)
        return err_set(err, -ENOENT,
                       "no folder of workloads at '%s' nor '%s'; set HEAPCHURN_WORKLOAD_DIR",
                       installed, found);
    return join(out, found, "", err);
}

int paths_programs(char *out, struct err *err)
{
    char program[PATHS_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0)
        return err_set(err, -errno, "/proc/self/exe: %s; is /proc mounted?", strerror(errno));
    program[length] = '\0';
    char *slash = strrchr(program, '/');
    if (slash)
        *slash = '\0';
    return join(out, program, "", err);
}

static int join(char *out, const char *folder, const char *below, struct err *err)
{
    int length = snprintf(out, PATHS_MAX, "%s%s", folder, below);
    if (length >= PATHS_MAX)
        return err_set(err, -ENAMETOOLONG, "'%s%s' is too long a path", folder, below);
    return 0;
}
