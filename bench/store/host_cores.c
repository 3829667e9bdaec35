#include "host_cores.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "path.h"
#include "sysfile.h"

enum { LINE_SIZE = 4096 };

/* A part of the list: "4", "0-1". */
static size_t put_range(char *out, size_t size, int first, int last)
{
    int length = first == last ? snprintf(out, size, "%d", first)
                               : snprintf(out, size, "%d-%d", first, last);
    return length < 0 || (size_t)length >= size ? 0 : (size_t)length;
}

static void list_processors(const cpu_set_t *set, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        int first = cpu;
        if (!CPU_ISSET((unsigned)cpu, set))
            continue;
        while (cpu + 1 < CPU_SETSIZE && CPU_ISSET((unsigned)cpu + 1, set))
            cpu++;
        if (used > 0 && used + 1 < size)
            out[used++] = ',';
        used += put_range(out + used, size - used, first, cpu);
    }
}

/* Each core is counted at the first of its threads, which its list begins with. */
static int64_t count_cores(const cpu_set_t *set)
{
    AUTO_FREE char *seen = calloc(CPU_SETSIZE, 1);
    int64_t count = 0;
    for (int cpu = 0; seen && cpu < CPU_SETSIZE; cpu++) {
        char list[256];
        if (!CPU_ISSET((unsigned)cpu, set))
            continue;
        AUTO_FREE char *path =
            path_join("/sys/devices/system/cpu", "cpu%d/topology/thread_siblings_list", cpu);
        if (sysfile_line(path, list, sizeof list) < 0)
            return -1;
        long first = strtol(list, NULL, 10);
        if (first < 0 || first >= CPU_SETSIZE)
            return -1;
        count += !seen[first];
        seen[first] = 1;
    }
    return count;
}

static int64_t limit_v2(const char *folder)
{
    AUTO_FREE char *path = path_join(folder, "cpu.max");
    char text[64];
    long long quota = 0, period = 0;
    if (sysfile_line(path, text, sizeof text) < 0 ||
        sscanf(text, "%lld %lld", &quota, &period) != 2 || quota <= 0 || period <= 0)
        return -1; /* "max 100000", or no such file */
    return quota * 1000 / period;
}

static int64_t limit_v1(const char *folder)
{
    AUTO_FREE char *quota_path = path_join(folder, "cpu.cfs_quota_us");
    AUTO_FREE char *period_path = path_join(folder, "cpu.cfs_period_us");
    int64_t quota = -1, period = -1;
    if (sysfile_i64(quota_path, &quota) < 0 || sysfile_i64(period_path, &period) < 0 ||
        quota <= 0 || period <= 0)
        return -1;
    return quota * 1000 / period;
}

/* "cpu,cpuacct" has the controller. */
static bool is_cpu(const char *controllers, size_t length)
{
    static const char name[] = "cpu";
    for (const char *at = controllers; at < controllers + length;) {
        size_t word = strcspn(at, ",:");
        if (word == strlen(name) && strncmp(at, name, word) == 0)
            return true;
        at += word + 1;
    }
    return false;
}

int64_t host_cores_limit(const char *line, const char *mount)
{
    const char *controllers = strchr(line, ':');
    const char *path = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!path)
        return -1;
    size_t length = (size_t)(path - controllers - 1);
    if (length > 0 && !is_cpu(controllers + 1, length))
        return -1;
    AUTO_FREE char *folder =
        length == 0 ? path_join(mount, "%s", path + 1)
                    : path_join(mount, "%.*s%s", (int)length, controllers + 1, path + 1);
    int64_t least = -1;
    for (size_t end = strlen(folder); end >= strlen(mount); end--) {
        folder[end] = '\0';
        int64_t limit = length == 0 ? limit_v2(folder) : limit_v1(folder);
        if (limit >= 0 && (least < 0 || limit < least))
            least = limit;
        while (end > strlen(mount) && folder[end - 1] != '/')
            end--;
    }
    return least;
}

void host_cores_read(struct host_cores *out)
{
    cpu_set_t set;
    *out = (struct host_cores){.processors = -1, .physical = -1, .limit_millicore = -1};
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        out->processors = CPU_COUNT(&set);
        out->physical = count_cores(&set);
        list_processors(&set, out->list, sizeof out->list);
    }
    char line[LINE_SIZE];
    AUTO_FCLOSE FILE *file = fopen("/proc/self/cgroup", "re");
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        int64_t limit = host_cores_limit(line, "/sys/fs/cgroup");
        if (limit >= 0 && (out->limit_millicore < 0 || limit < out->limit_millicore))
            out->limit_millicore = limit;
    }
}
