#include "spare_memory.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "cleanup.h"
#include "path.h"

enum { LINE_SIZE = 4096 };

static uint64_t least_of(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t limit_of(const char *folder)
{
    uint64_t bytes = UINT64_MAX;
    AUTO_FREE char *path = path_join(folder, "memory.max");
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    if (!file || fscanf(file, "%" SCNu64, &bytes) != 1) /* "max" is none */
        return UINT64_MAX;
    return bytes;
}

uint64_t spare_memory_limit(const char *line, const char *mount)
{
    static const char version_2[] = "0::/";
    uint64_t least = UINT64_MAX;
    if (strncmp(line, version_2, strlen(version_2)) != 0)
        return least;
    AUTO_FREE char *folder = path_join(mount, "%s", line + strlen(version_2));
    for (char *end = folder + strlen(folder); end >= folder + strlen(mount); end--) {
        if (*end != '/' && *end != '\0')
            continue;
        *end = '\0';
        least = least_of(least, limit_of(folder));
    }
    return least;
}

static uint64_t machine_bytes(void)
{
    char line[256];
    uint64_t kib = 0;
    AUTO_FCLOSE FILE *in = fopen("/proc/meminfo", "re");
    while (in && kib == 0 && fgets(line, sizeof line, in))
        (void)sscanf(line, "MemAvailable: %" SCNu64, &kib);
    return kib ? kib << 10 : UINT64_MAX;
}

static uint64_t cgroup_bytes(void)
{
    char line[LINE_SIZE];
    uint64_t least = UINT64_MAX;
    AUTO_FCLOSE FILE *file = fopen("/proc/self/cgroup", "re");
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        least = least_of(least, spare_memory_limit(line, "/sys/fs/cgroup"));
    }
    return least;
}

uint64_t spare_memory_bytes(void)
{
    return least_of(machine_bytes(), cgroup_bytes());
}

uint64_t spare_address_bytes(void)
{
    struct rlimit space;
    bool limited = getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY;
    return limited ? space.rlim_cur : UINT64_MAX;
}
