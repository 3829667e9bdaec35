#include "machine.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cleanup.h"
#include "host_cores.h"
#include "pins.h"
#include "probe.h"
#include "registry.h"
#include "statm_error.h"
#include "sysfile.h"
#include "text.h"

static void read_kernel(struct machine *out);
static void read_load(struct machine *out);
static void read_limits(struct machine *out);
static void read_ports(struct machine *out);
static void read_environment(struct machine *out);
static void read_allocators(const char *programs, const char *const *only, struct machine *out);
static int64_t number(const char *path);
static int64_t meminfo_bytes(const char *key);
static bool can_bind_loopback(void);
static void append(char *list, const char *separator, const char *text);

void machine_read(const char *programs, const char *const *allocators, struct machine *out)
{
    *out = (struct machine){0};
    read_kernel(out);
    read_load(out);
    read_limits(out);
    read_ports(out);
    read_environment(out);
    read_allocators(programs, allocators, out);
}

static void read_kernel(struct machine *out)
{
    struct utsname names;
    if (uname(&names) == 0)
        text_copy(out->kernel, sizeof out->kernel, names.release);
    (void)sysfile_chosen("/sys/kernel/mm/transparent_hugepage/enabled", out->thp, sizeof out->thp);
    (void)sysfile_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", out->governor,
                       sizeof out->governor);
    (void)sysfile_line("/sys/devices/system/clocksource/clocksource0/current_clocksource",
                       out->clock, sizeof out->clock);
    out->aslr = number("/proc/sys/kernel/randomize_va_space");
    out->overcommit = number("/proc/sys/vm/overcommit_memory");
    out->ptrace_scope = number("/proc/sys/kernel/yama/ptrace_scope");
    out->statm_error_bytes = statm_error_bytes();
    out->statm = access("/proc/self/statm", R_OK) == 0;
    out->run_delay = access("/proc/self/schedstat", R_OK) == 0;
    out->rollup = access("/proc/self/smaps_rollup", R_OK) == 0;
    out->peak_reset = access("/proc/self/clear_refs", W_OK) == 0;
}

static void read_load(struct machine *out)
{
    char line[256];
    struct host_cores cores;
    host_cores_read(&cores);
    out->cores = cores.processors;
    out->limit_millicore = cores.limit_millicore;
    char unused[PINS_TEXT_MAX];
    struct trial_pins pins = pins_choose(unused, sizeof unused);
    out->siblings_told =
        access("/sys/devices/system/cpu/cpu0/topology/thread_siblings_list", R_OK) == 0;
    out->one_core = pins.driver_cpu >= 0 && pins_share_core(pins.driver_cpu, pins.subject_cpu);
    if (getloadavg(&out->load, 1) != 1)
        out->load = MACHINE_NA;
    if (sysfile_line("/proc/pressure/cpu", line, sizeof line) < 0 ||
        sscanf(line, "some avg10=%lf", &out->pressure_percent) != 1)
        out->pressure_percent = MACHINE_NA;
}

static void read_limits(struct machine *out)
{
    struct rlimit files;
    bool told = getrlimit(RLIMIT_NOFILE, &files) == 0;
    out->files = told ? (int64_t)files.rlim_cur : MACHINE_NA;
    out->files_hard = told ? (int64_t)files.rlim_max : MACHINE_NA;
    out->memory_available_bytes = meminfo_bytes("MemAvailable");
    int64_t total = meminfo_bytes("SwapTotal");
    int64_t left = meminfo_bytes("SwapFree");
    out->swap_used_bytes = total < 0 || left < 0 ? MACHINE_NA : total - left;
}

static void read_ports(struct machine *out)
{
    char line[64];
    long first = MACHINE_NA;
    long last = MACHINE_NA;
    if (sysfile_line("/proc/sys/net/ipv4/ip_local_port_range", line, sizeof line) < 0 ||
        sscanf(line, "%ld %ld", &first, &last) != 2)
        first = last = MACHINE_NA;
    out->port_first = first;
    out->port_last = last;
    out->port_reuse = number("/proc/sys/net/ipv4/tcp_tw_reuse");
    out->loopback = can_bind_loopback();
}

/* Names of the variables that steer an allocator or the loader (facts of the Debian libraries). */
static void read_environment(struct machine *out)
{
    static const char *const prefixes[] = {
        "LD_PRELOAD=",  "LD_LIBRARY_PATH=", "GLIBC_TUNABLES=", "MALLOC_",   "TCMALLOC_",
        "HEAPPROFILE=", "HEAPCHECK=",       "MALLOCSTATS=",    "MIMALLOC_", "SCUDO_",
    };
    for (char **variable = environ; *variable; variable++) {
        for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++) {
            char name[64];
            if (strncmp(*variable, prefixes[i], strlen(prefixes[i])) != 0)
                continue;
            (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(*variable, "="), *variable);
            append(out->leaking, ", ", name);
        }
    }
    char target[8]; /* jemalloc reads the text of the link: it points at nothing */
    out->malloc_conf = readlink("/etc/malloc.conf", target, sizeof target) >= 0 ||
                       access("/etc/malloc.conf", F_OK) == 0;
}

static void read_allocators(const char *programs, const char *const *only, struct machine *out)
{
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++) {
        struct probe probe;
        struct err err = ERR_INIT;
        char name[MACHINE_TEXT_MAX];
        if (only && !text_in(entry->allocator->name, only))
            continue;
        if (entry->unavailable) {
            out->absent = true;
        } else if (probe_allocator(programs, entry->allocator->name, &probe, &err) < 0) {
            append(out->refused, "; ", err.text);
        } else {
            (void)snprintf(name, sizeof name, "%s %s", entry->allocator->name, probe.version);
            append(out->proved, ", ", name);
        }
    }
}

static int64_t number(const char *path)
{
    int64_t value = MACHINE_NA;
    (void)sysfile_i64(path, &value);
    return value;
}

static int64_t meminfo_bytes(const char *key)
{
    char text[64];
    if (sysfile_field("/proc/meminfo", key, text, sizeof text) < 0)
        return MACHINE_NA;
    return strtoll(text, NULL, 10) * 1024;
}

static bool can_bind_loopback(void)
{
    AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct sockaddr_in any_port = {.sin_family = AF_INET,
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return fd >= 0 && bind(fd, (const struct sockaddr *)&any_port, sizeof any_port) == 0;
}

static void append(char *list, const char *separator, const char *text)
{
    size_t used = strlen(list);
    (void)snprintf(list + used, MACHINE_TEXT_MAX - used, "%s%s", used ? separator : "", text);
}
