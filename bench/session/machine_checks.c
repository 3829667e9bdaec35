#include <stdarg.h>
#include <stdio.h>

#include "machine.h"
#include "units.h"

/* Open files of the load: 278 where 8 connect to each other, 2630 where 32 do. */
enum { FILES_LEAST = 300, FILES_AMPLE = 2700, PORTS_LEAST = 4096, PORTS_PER_SECOND = 470 };

static const int64_t mib = INT64_C(1) << 20;

static void find(struct machine_finding *out, enum machine_state state, const char *remedy,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

static void find(struct machine_finding *out, enum machine_state state, const char *remedy,
                 const char *format, ...)
{
    *out = (struct machine_finding){.state = state, .remedy = remedy};
    va_list args;
    va_start(args, format);
    (void)vsnprintf(out->sentence, sizeof out->sentence, format, args);
    va_end(args);
}

static void check_allocators(const struct machine *machine, struct machine_finding *out)
{
    if (*machine->refused)
        find(out, MACHINE_UNFIT, "build again; 'heapchurn list' says which", "not proved: %s",
             machine->refused);
    else if (!*machine->proved)
        find(out, MACHINE_UNFIT, "build the programs", "no allocator was built");
    else
        find(out, MACHINE_OK, NULL, "%s: each proved to be what it says%s", machine->proved,
             machine->absent ? "; 'heapchurn list' says why others are absent" : "");
}

static void check_kernel(const struct machine *machine, struct machine_finding *out)
{
    int major = 0;
    int minor = 0;
    (void)sscanf(machine->kernel, "%d.%d", &major, &minor);
    if (major < 5 || (major == 5 && minor < 3))
        find(out, MACHINE_UNFIT, "use Linux 5.3 or later", "%s has no pidfd_open", machine->kernel);
    else
        find(out, MACHINE_OK, NULL, "%s", machine->kernel);
}

/* Kernels that keep RSS per thread or per CPU, and fold it late, are told by looking alone. */
static void check_rss(const struct machine *machine, struct machine_finding *out)
{
    char error[32];
    if (machine->statm_error_bytes == MACHINE_NA)
        find(out, MACHINE_WARN, "use a kernel with PROC_PAGE_MONITOR",
             "not exact: smaps_rollup does not answer, and the kernel's counter alone may be late");
    else if (machine->statm_error_bytes == 0)
        find(out, MACHINE_OK, NULL, "the kernel's counter (statm) was never off the page tables");
    else
        find(out, MACHINE_OK, NULL,
             "the kernel's counter (statm) was %s off; what is reported of ends of rounds and "
             "phases comes from the page tables, which are exact",
             units_format_bytes((double)machine->statm_error_bytes, error, sizeof error));
}

static void check_proc(const struct machine *machine, struct machine_finding *out)
{
    if (!machine->statm)
        find(out, MACHINE_UNFIT, "mount /proc", "/proc/PID/statm cannot be read: no RSS");
    else if (!machine->rollup || !machine->peak_reset)
        find(out, MACHINE_WARN, "use a kernel with PROC_PAGE_MONITOR",
             "/proc/PID/smaps_rollup or clear_refs is missing: no PSS, no peak per phase");
    else if (!machine->run_delay)
        find(out, MACHINE_WARN, "use a kernel with SCHED_INFO",
             "/proc/PID/schedstat is missing: waiting for a core goes unnoticed");
    else
        find(out, MACHINE_OK, NULL,
             "/proc tells RSS, PSS, the peak of each phase, and who waits for a core");
}

static void check_cores(const struct machine *machine, struct machine_finding *out)
{
    if (machine->cores < 2)
        find(out, MACHINE_WARN, "give it two cores; until then trust bytes and no times",
             "%jd core: subjects and load share it", (intmax_t)machine->cores);
    else if (machine->limit_millicore > 0 && machine->limit_millicore < 2000)
        find(out, MACHINE_WARN, "let it have two cores' time; until then trust bytes and no times",
             "%jd processors, and a limit (cgroup) of %.2f cores of time: all are stopped when it "
             "is spent",
             (intmax_t)machine->cores, (double)machine->limit_millicore / 1000);
    else if (machine->one_core)
        find(out, MACHINE_WARN, "give it processors of two cores; until then trust no times",
             "%jd processors, all threads of one core: subjects and load slow each other down",
             (intmax_t)machine->cores);
    else if (!machine->siblings_told)
        find(out, MACHINE_WARN, "mount /sys; until then trust no times",
             "%jd processors, and no telling which are threads of one core: subjects and load may "
             "slow each other down",
             (intmax_t)machine->cores);
    else
        find(
            out, MACHINE_OK, NULL,
            machine->cores == 2
                ? "%jd processors: subjects on one core, driver and load on another; subjects with "
                  "threads share both with them, not pinned"
                : "%jd processors: subjects on one core, driver and load on another; subjects with "
                  "threads have all but that one",
            (intmax_t)machine->cores);
}

static void check_load(const struct machine *machine, struct machine_finding *out)
{
    if (machine->load < 0)
        find(out, MACHINE_WARN, NULL, "the load average cannot be told");
    else if (machine->load > 0.5 * (double)machine->cores)
        find(out, MACHINE_WARN, "stop other work, or expect trials to be marked and run again",
             "load average %.2f on %jd cores", machine->load, (intmax_t)machine->cores);
    else
        find(out, MACHINE_OK, NULL, "load average %.2f", machine->load);
}

static void check_pressure(const struct machine *machine, struct machine_finding *out)
{
    if (machine->pressure_percent < 0)
        find(out, MACHINE_WARN, "boot with psi=1", "no /proc/pressure: one noise witness less");
    else if (machine->pressure_percent > 10)
        find(out, MACHINE_WARN, "stop other work",
             "in %.0f %% of the last 10 s something waited for a core", machine->pressure_percent);
    else
        find(out, MACHINE_OK, NULL, "in %.0f %% of the last 10 s something waited for a core",
             machine->pressure_percent);
}

static void check_memory(const struct machine *machine, struct machine_finding *out)
{
    char text[32];
    int64_t bytes = machine->memory_available_bytes;
    units_format_bytes((double)bytes, text, sizeof text);
    if (bytes < 0)
        find(out, MACHINE_WARN, NULL, "available memory cannot be told");
    else if (bytes < 256 * mib)
        find(out, MACHINE_UNFIT, "free some memory", "%s available: subjects may be reclaimed",
             text);
    else if (bytes < 1024 * mib)
        find(out, MACHINE_WARN, "free some memory", "%s available is little", text);
    else
        find(out, MACHINE_OK, NULL, "%s available", text);
}

static void check_swap(const struct machine *machine, struct machine_finding *out)
{
    char text[32];
    units_format_bytes((double)machine->swap_used_bytes, text, sizeof text);
    if (machine->swap_used_bytes < 0)
        find(out, MACHINE_WARN, NULL, "swap cannot be told");
    else if (machine->swap_used_bytes > 0)
        find(out, MACHINE_WARN, "swapoff -a while measuring",
             "%s is in use: what is swapped out is missing in RSS", text);
    else
        find(out, MACHINE_OK, NULL, "none in use");
}

static void check_overcommit(const struct machine *machine, struct machine_finding *out)
{
    if (machine->overcommit == 2)
        find(out, MACHINE_WARN, "sysctl vm.overcommit_memory=0",
             "strict: allocators that reserve address space may fail");
    else if (machine->overcommit < 0)
        find(out, MACHINE_WARN, NULL, "cannot be told");
    else
        find(out, MACHINE_OK, NULL, "mode %jd: allocators may reserve address space",
             (intmax_t)machine->overcommit);
}

static void check_thp(const struct machine *machine, struct machine_finding *out)
{
    const char *remedy = "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled";
    if (!*machine->thp)
        find(out, MACHINE_OK, NULL, "this kernel has none");
    else if (machine->thp[0] == 'a')
        find(out, MACHINE_WARN, remedy,
             "always: one touched byte may count as 2 MiB, in every figure of memory measured "
             "here, on every row; rows +nothp are without");
    else
        find(out, MACHINE_OK, NULL, "%s: huge pages %s", machine->thp,
             machine->thp[0] == 'm' ? "only where a program asks for them" : "are off");
}

static void check_aslr(const struct machine *machine, struct machine_finding *out)
{
    if (machine->aslr < 0)
        find(out, MACHINE_WARN, NULL, "cannot be told");
    else if (machine->aslr < 2)
        find(out, MACHINE_WARN, "sysctl kernel.randomize_va_space=2",
             "mode %jd: one layout only is measured, and production has others",
             (intmax_t)machine->aslr);
    else
        find(out, MACHINE_OK, NULL, "on: about 1 %% of a small RSS differs from run to run");
}

static void check_governor(const struct machine *machine, struct machine_finding *out)
{
    if (!*machine->governor)
        find(out, MACHINE_OK, NULL,
             "none: the frequency of the processors cannot be set from here");
    else if (machine->governor[0] != 'p' || machine->governor[1] != 'e')
        find(out, MACHINE_WARN, "cpupower frequency-set -g performance",
             "%s: times vary with the frequency; bytes do not", machine->governor);
    else
        find(out, MACHINE_OK, NULL, "%s", machine->governor);
}

static void check_clock(const struct machine *machine, struct machine_finding *out)
{
    bool slow = machine->clock[0] == 'h' || machine->clock[0] == 'a';
    bool arm = machine->clock[0] == 'a' && machine->clock[1] == 'r';
    if (!*machine->clock)
        find(out, MACHINE_WARN, NULL, "the clock source cannot be told");
    else if (slow && !arm)
        find(out, MACHINE_WARN, NULL, "%s is slow to read: times are less exact", machine->clock);
    else
        find(out, MACHINE_OK, NULL, "%s: fast to read", machine->clock);
}

static void check_files(const struct machine *machine, struct machine_finding *out)
{
    intmax_t files = machine->files;
    if (files >= 0 && files < FILES_LEAST)
        find(out, MACHINE_UNFIT, "ulimit -n 4096", "%jd open files; a load of 8 needs %d", files,
             FILES_LEAST);
    else if (files >= 0 && files < FILES_AMPLE)
        find(out, MACHINE_WARN, "ulimit -n 4096",
             "%jd open files: enough for a load of 8, not of 32", files);
    else
        find(out, MACHINE_OK, NULL, "up to %jd per process", files);
}

static void check_ports(const struct machine *machine, struct machine_finding *out)
{
    int64_t ports = machine->port_last - machine->port_first + 1;
    if (!machine->loopback)
        find(out, MACHINE_UNFIT, "ip link set lo up", "no port can be bound on 127.0.0.1");
    else if (machine->port_first < 0)
        find(out, MACHINE_WARN, NULL, "the range of ports cannot be told");
    else if (ports < PORTS_LEAST)
        find(out, MACHINE_WARN, "sysctl net.ipv4.ip_local_port_range='32768 60999'",
             "only %jd ports: long runs may find none free", (intmax_t)ports);
    else if (machine->port_reuse == 0)
        find(out, MACHINE_WARN, "sysctl net.ipv4.tcp_tw_reuse=2",
             "%jd ports without reuse: above %d cycles/s none is free", (intmax_t)ports,
             PORTS_PER_SECOND);
    else
        find(out, MACHINE_OK, NULL, "%jd to choose from on 127.0.0.1", (intmax_t)ports);
}

static void check_environment(const struct machine *machine, struct machine_finding *out)
{
    if (machine->malloc_conf)
        find(out, MACHINE_UNFIT, "rm /etc/malloc.conf",
             "/etc/malloc.conf changes every jemalloc of this machine");
    else if (*machine->leaking)
        find(out, MACHINE_WARN, "unset them: the driver itself runs under them",
             "%s set; subjects do not get them", machine->leaking);
    else
        find(out, MACHINE_OK, NULL, "no variable and no file steers an allocator");
}

static void check_ptrace(const struct machine *machine, struct machine_finding *out)
{
    if (machine->ptrace_scope >= 2)
        find(out, MACHINE_WARN, "sysctl kernel.yama.ptrace_scope=1",
             "scope %jd: watch and diagnose cannot look into processes",
             (intmax_t)machine->ptrace_scope);
    else
        find(out, MACHINE_OK, NULL, "watch and diagnose can look into processes of yours");
}

const char *const machine_state_names[] = {"ok", "warn", "unfit"};

const struct machine_check machine_checks[] = {
    {"allocators", check_allocators},
    {"kernel", check_kernel},
    {"RSS", check_rss},
    {"proc", check_proc},
    {"cores", check_cores},
    {"load", check_load},
    {"pressure", check_pressure},
    {"memory", check_memory},
    {"swap", check_swap},
    {"overcommit", check_overcommit},
    {"huge-pages", check_thp},
    {"aslr", check_aslr},
    {"governor", check_governor},
    {"clock", check_clock},
    {"open-files", check_files},
    {"ports", check_ports},
    {"environment", check_environment},
    {"ptrace", check_ptrace},
    {.name = NULL},
};
