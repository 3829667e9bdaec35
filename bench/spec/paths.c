#include "paths.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int copy(char *out, const char *path, struct err *err);

int paths_workloads(char *out, struct err *err)
{
    const char *wanted = getenv("HEAPCHURN_WORKLOAD_DIR");
    bool chosen = wanted && *wanted;
    const char *folder = chosen ? wanted : PATHS_SOURCE_WORKLOADS;
    if (access(folder, R_OK | X_OK) < 0)
        return chosen ? err_set(err, -errno, "HEAPCHURN_WORKLOAD_DIR is '%s': %s", folder,
                                strerror(errno))
                      : err_set(err, -errno, "workloads in '%s': %s; set HEAPCHURN_WORKLOAD_DIR",
                                folder, strerror(errno));
    return copy(out, folder, err);
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
    return copy(out, program, err);
}

static int copy(char *out, const char *path, struct err *err)
{
    if (snprintf(out, PATHS_MAX, "%s", path) >= PATHS_MAX)
        return err_set(err, -ENAMETOOLONG, "'%s' is too long a path", path);
    return 0;
}
