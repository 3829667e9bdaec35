#include "procfs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "huge_padding.h"
#include "record_fields.h"

enum { TEXT_SIZE = 8192 };

int procfs_open(pid_t pid, struct procfs *out, struct err *err)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d", (int)pid);
    struct procfs procfs = PROCFS_INIT;
    procfs.pid = pid;
    procfs.dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (procfs.dir_fd >= 0)
        procfs.statm_fd = openat(procfs.dir_fd, "statm", O_RDONLY | O_CLOEXEC);
    if (procfs.statm_fd < 0) {
        int code = -errno;
        procfs_close(&procfs);
        return err_set(err, code, "%s/statm: cannot be read: %s", path, strerror(-code));
    }
    *out = procfs;
    return 0;
}

void procfs_close(struct procfs *procfs)
{
    if (procfs->dir_fd >= 0)
        (void)close(procfs->dir_fd);
    if (procfs->statm_fd >= 0)
        (void)close(procfs->statm_fd);
    *procfs = PROCFS_INIT;
}

static ssize_t read_start(int fd, char *out, size_t size)
{
    size_t length = 0;
    while (length < size - 1) {
        ssize_t got = pread(fd, out + length, size - 1 - length, (off_t)length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    out[length] = '\0';
    return (ssize_t)length;
}

ssize_t procfs_slurp(int dir_fd, const char *name, char *out, size_t size)
{
    AUTO_CLOSE int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
    out[0] = '\0';
    return fd < 0 ? -errno : read_start(fd, out, size);
}

char *procfs_load(int dir_fd, const char *name)
{
    AUTO_CLOSE int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
    AUTO_FREE char *text = NULL;
    if (fd < 0)
        return NULL;
    for (size_t size = TEXT_SIZE;; size *= 2) {
        char *larger = realloc(text, size);
        if (!larger)
            return NULL;
        text = larger;
        ssize_t length = read_start(fd, text, size);
        if (length < 0)
            errno = (int)-length;
        if (length < 0 || (size_t)length < size - 1)
            return length < 0 ? NULL : TAKE_PTR(text);
    }
}

int procfs_parse_statm(const char *text, int64_t *out_resident, int64_t *out_shared)
{
    long long resident = 0;
    long long shared = 0;
    if (sscanf(text, "%*s %lld %lld", &resident, &shared) != 2)
        return -EPROTO;
    *out_resident = resident;
    *out_shared = shared;
    return 0;
}

int procfs_read_statm(const struct procfs *procfs, int64_t *out_rss, int64_t *out_anon)
{
    char text[128];
    int64_t resident = 0;
    int64_t shared = 0;
    ssize_t length = read_start(procfs->statm_fd, text, sizeof text);
    if (length < 0)
        return (int)length;
    int code = procfs_parse_statm(text, &resident, &shared);
    if (code == 0 && resident == 0) /* it has ended, and nobody has collected it yet */
        code = -ESRCH;
    if (code < 0)
        return code;
    int64_t page_bytes = sysconf(_SC_PAGESIZE);
    *out_rss = resident * page_bytes;
    *out_anon = (resident - shared) * page_bytes;
    return 0;
}

int64_t procfs_key(const char *text, const char *key)
{
    size_t length = strlen(key);
    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        if (*line == '\n')
            line++;
        if (strncmp(line, key, length) != 0 || line[length] != ':')
            continue;
        long long value = 0;
        char unit[8] = "";
        if (sscanf(line + length + 1, "%lld %7[a-zA-Z]", &value, unit) < 1)
            return RECORD_NA;
        return strcmp(unit, "kB") == 0 ? value * 1024 : value;
    }
    return RECORD_NA;
}

static int64_t tick_ns(void)
{
    return CLOCK_NS_PER_S / sysconf(_SC_CLK_TCK);
}

/* Numbers of stat by their place in proc(5); the first after the name is a letter, and is 0. */
enum {
    FIRST = 3,
    MINFLT = 10,
    CMINFLT,
    MAJFLT,
    CMAJFLT,
    UTIME = 14,
    STIME,
    CUTIME,
    CSTIME,
    LAST = CSTIME
};

static int parse_fields(const char *text, long long value[LAST + 1])
{
    const char *rest = strrchr(text, ')');
    if (!rest)
        return -EPROTO;
    int field = FIRST;
    rest++;
    for (; field <= LAST && *rest; field++) {
        while (*rest == ' ')
            rest++;
        if (field > FIRST && sscanf(rest, "%lld", &value[field]) != 1)
            return -EPROTO;
        while (*rest && !isspace((unsigned char)*rest))
            rest++;
    }
    return field <= LAST ? -EPROTO : 0;
}

int procfs_parse_stat(const char *text, bool with_children, struct record_snapshot *out)
{
    long long value[LAST + 1] = {0};
    int code = parse_fields(text, value);
    if (code < 0)
        return code;
    int64_t children = with_children ? 1 : 0;
    out->minor_faults = value[MINFLT] + children * value[CMINFLT];
    out->major_faults = value[MAJFLT] + children * value[CMAJFLT];
    out->cpu_user_ns = (value[UTIME] + children * value[CUTIME]) * tick_ns();
    out->cpu_system_ns = (value[STIME] + children * value[CSTIME]) * tick_ns();
    return 0;
}

int64_t procfs_process_cpu_ns(pid_t pid)
{
    char path[64];
    char text[TEXT_SIZE];
    long long value[LAST + 1] = {0};
    clockid_t id;
    struct timespec own;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &own) < 0 ||
        procfs_slurp(AT_FDCWD, path, text, sizeof text) <= 0 || parse_fields(text, value) < 0)
        return RECORD_NA;
    return (int64_t)own.tv_sec * CLOCK_NS_PER_S + own.tv_nsec +
           (value[CUTIME] + value[CSTIME]) * tick_ns();
}

/* Waiting and switches are per thread: sum over all of them that live. */
static void read_threads(int dir_fd, struct record_snapshot *out)
{
    int fd = openat(dir_fd, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *tasks = fd >= 0 ? fdopendir(fd) : NULL;
    if (!tasks) {
        cleanup_close(&fd);
        return;
    }
    out->run_delay_ns = 0;
    out->voluntary_switches = out->involuntary_switches = 0;
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
        char name[300];
        char text[TEXT_SIZE];
        long long delay = 0;
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(name, sizeof name, "%s/schedstat", entry->d_name);
        if (procfs_slurp(fd, name, text, sizeof text) > 0 && sscanf(text, "%*d %lld", &delay) == 1)
            out->run_delay_ns += delay;
        (void)snprintf(name, sizeof name, "%s/status", entry->d_name);
        AUTO_FREE char *status = procfs_load(fd, name);
        if (status && *status) {
            out->voluntary_switches += procfs_key(status, "voluntary_ctxt_switches");
            out->involuntary_switches += procfs_key(status, "nonvoluntary_ctxt_switches");
        }
    }
    (void)closedir(tasks);
}

void procfs_parse_rollup(const char *text, const struct field *table, size_t count, void *out)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].kernel_key)
            *field_i64(&table[i], out) = procfs_key(text, table[i].kernel_key);
}

void procfs_parse_shares(const char *text, const struct field *table, size_t count, void *out)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].kernel_key || table[i].share_key)
            *field_i64(&table[i], out) =
                procfs_key(text, table[i].share_key ? table[i].share_key : table[i].kernel_key);
}

int procfs_read_rollup(const struct procfs *procfs, const struct field *table, size_t count,
                       void *out)
{
    char text[TEXT_SIZE];
    ssize_t length = procfs_slurp(procfs->dir_fd, "smaps_rollup", text, sizeof text);
    if (length <= 0)
        return length < 0 ? (int)length : -ESRCH;
    (procfs->shares ? procfs_parse_shares : procfs_parse_rollup)(text, table, count, out);
    return 0;
}

int procfs_read_cpu(const struct procfs *procfs, struct record_snapshot *out)
{
    char text[TEXT_SIZE];
    ssize_t length = procfs_slurp(procfs->dir_fd, "stat", text, sizeof text);
    if (length <= 0)
        return -ESRCH;
    (void)procfs_parse_stat(text, procfs->shares, out);
    out->cpu_ns = procfs_process_cpu_ns(procfs->pid);
    return 0;
}

void procfs_read_snapshot(const struct procfs *procfs, struct record_snapshot *out)
{
    (void)procfs_read_statm(procfs, &out->rss_bytes, &out->rss_anon_bytes);
    AUTO_FREE char *status = procfs_load(procfs->dir_fd, "status");
    if (status && *status) {
        out->rss_peak_bytes = procfs_key(status, "VmHWM");
        out->rss_file_bytes = procfs_key(status, "RssFile");
        out->swap_bytes = procfs_key(status, "VmSwap");
        out->threads = procfs_key(status, "Threads");
    }
    (void)procfs_read_rollup(procfs, record_snapshot_fields, record_snapshot_field_count, out);
    (void)procfs_read_cpu(procfs, out);
    out->huge_zero_bytes =
        out->anon_huge_bytes > 0 ? huge_padding_bytes(procfs->dir_fd, NULL) : out->anon_huge_bytes;
    if (out->huge_zero_bytes < 0)
        out->huge_zero_bytes = RECORD_NA;
    read_threads(procfs->dir_fd, out);
    out->taken = true;
}

int procfs_reset_peak(const struct procfs *procfs)
{
    AUTO_CLOSE int fd = openat(procfs->dir_fd, "clear_refs", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "5", 1) != 1)
        return -errno;
    return 0;
}

void procfs_parse_core(const char *text, int cpu, struct procfs_core *out)
{
    enum { IDLE = 3, IOWAIT = 4, STEAL = 7, FIELDS };
    char key[16] = "cpu ";
    long long ticks[FIELDS] = {0};
    int offset = 0;
    *out = (struct procfs_core){.idle_ns = RECORD_NA, .steal_ns = RECORD_NA};
    if (cpu >= 0)
        (void)snprintf(key, sizeof key, "cpu%d ", cpu);
    const char *rest = strstr(text, key);
    if (!rest)
        return;
    rest += strlen(key);
    for (int i = 0; i < FIELDS; i++, rest += offset)
        if (sscanf(rest, "%lld%n", &ticks[i], &offset) != 1)
            return;
    out->idle_ns = (ticks[IDLE] + ticks[IOWAIT]) * tick_ns();
    out->steal_ns = ticks[STEAL] * tick_ns();
}

int64_t procfs_idle_rounding_ns(void)
{
    return 2 * tick_ns();
}

int64_t procfs_pressure_cpu_us(void)
{
    char text[1024];
    long long total = 0;
    if (procfs_slurp(AT_FDCWD, "/proc/pressure/cpu", text, sizeof text) <= 0)
        return RECORD_NA;
    const char *found = strstr(text, "total=");
    return found && sscanf(found, "total=%lld", &total) == 1 ? total : RECORD_NA;
}
