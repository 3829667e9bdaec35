#include "paths.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"

static int copy(char *out, const char *path, struct err *err)
{
    if (snprintf(out, PATHS_MAX, "%s", path) >= PATHS_MAX)
        return err_set(err, -ENAMETOOLONG, "'%s' is too long a path", path);
    return 0;
}

/* The folder of the running program. */
static int program_folder(char *out, struct err *err)
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

/* `from_bin` is where something lies in an installation, seen from bin/. False in `out_is_there`:
 * this is none. */
static int find_installed(const char *from_bin, char *out, bool *out_is_there, struct err *err)
{
    char bin[PATHS_MAX];
    char path[2 * PATHS_MAX];
    const char *prefix = getenv("HEAPCHURN_PREFIX");
    bool chosen = prefix && *prefix;
    int code = chosen ? copy(bin, prefix, err) : program_folder(bin, err);
    if (code < 0)
        return code;
    (void)snprintf(path, sizeof path, "%s%s/%s", bin, chosen ? "/" PATHS_BIN_FROM_PREFIX : "",
                   from_bin);
    AUTO_FREE char *real = realpath(path, NULL);
    if (!real && chosen)
        return err_set(err, -errno, "HEAPCHURN_PREFIX is '%s', but %s: %s", prefix, path,
                       strerror(errno));
    *out_is_there = real;
    return real ? copy(out, real, err) : 0;
}

int paths_programs(char *out, struct err *err)
{
    bool is_there = false;
    int code = find_installed(PATHS_PROGRAMS_FROM_BIN, out, &is_there, err);
    return code < 0 || is_there ? code : program_folder(out, err);
}

int paths_libraries(const char *programs, char *out, struct err *err)
{
    char own[PATHS_MAX];
    bool is_there = false;
    int code = paths_programs(own, err);
    if (code == 0 && strcmp(own, programs) == 0)
        code = find_installed(PATHS_LIBRARIES_FROM_BIN, out, &is_there, err);
    return code < 0 || is_there ? code : copy(out, programs, err);
}

/* A folder of files: that of `variable` where it is set, else of the installation, else `source`.
 */
static int find_files(const char *name, const char *variable, const char *source, char *out,
                      struct err *err)
{
    const char *wanted = getenv(variable);
    bool chosen = wanted && *wanted;
    bool is_there = false;
    char from_bin[128];
    (void)snprintf(from_bin, sizeof from_bin, PATHS_DATA_FROM_BIN "/%s", name);
    int code = chosen ? 0 : find_installed(from_bin, out, &is_there, err);
    if (code < 0 || is_there)
        return code;
    const char *folder = chosen ? wanted : source;
    if (access(folder, R_OK | X_OK) < 0)
        return chosen ? err_set(err, -errno, "%s is '%s': %s", variable, folder, strerror(errno))
                      : err_set(err, -errno, "%s in '%s': %s; set %s", name, folder,
                                strerror(errno), variable);
    return copy(out, folder, err);
}

int paths_workloads(char *out, struct err *err)
{
    return find_files("workloads", "HEAPCHURN_WORKLOAD_DIR", PATHS_SOURCE "/workloads", out, err);
}

int paths_rows(char *out, struct err *err)
{
    return find_files("rows", "HEAPCHURN_ROW_DIR", PATHS_SOURCE "/rows", out, err);
}
