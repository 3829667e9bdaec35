#include "host.h"

#include <gnu/libc-version.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zmq.h>

#include "sysfile.h"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static char *text_or_unknown(const char *text);
static char *field_or_unknown(const char *path, const char *key);
static int64_t cores(void);

void host_describe(struct host *out)
{
    struct utsname names;
    bool named = uname(&names) == 0;
    char thp[64];
    bool thp_told =
        sysfile_chosen("/sys/kernel/mm/transparent_hugepage/enabled", thp, sizeof thp) == 0;
    int64_t aslr = -1;
    (void)sysfile_i64("/proc/sys/kernel/randomize_va_space", &aslr);
    int64_t page_bytes = sysconf(_SC_PAGESIZE);
    int64_t pages = sysconf(_SC_PHYS_PAGES);
    char libc[64];
    (void)snprintf(libc, sizeof libc, "glibc %s", gnu_get_libc_version());
    int major = 0;
    int minor = 0;
    int patch = 0;
    zmq_version(&major, &minor, &patch);
    char libzmq[64];
    (void)snprintf(libzmq, sizeof libzmq, "%d.%d.%d", major, minor, patch);
    *out = (struct host){
        .kernel = text_or_unknown(named ? names.release : NULL),
        .machine = text_or_unknown(named ? names.machine : NULL),
        .distribution = field_or_unknown("/etc/os-release", "PRETTY_NAME"),
        .cpu_model = field_or_unknown("/proc/cpuinfo", "model name"),
        .cores = cores(),
        .memory_bytes = pages > 0 && page_bytes > 0 ? pages * page_bytes : -1,
        .page_bytes = page_bytes,
        .thp = text_or_unknown(thp_told ? thp : NULL),
        .aslr = aslr,
        .libc = text_or_unknown(libc),
        .libzmq = text_or_unknown(libzmq),
        .heapchurn = text_or_unknown(HEAPCHURN_VERSION),
        .compiler = text_or_unknown(COMPILER),
    };
}

void host_release(struct host *host)
{
    free(host->kernel);
    free(host->machine);
    free(host->distribution);
    free(host->cpu_model);
    free(host->thp);
    free(host->libc);
    free(host->libzmq);
    free(host->heapchurn);
    free(host->compiler);
    *host = (struct host){0};
}

static char *text_or_unknown(const char *text)
{
    char *copy = strdup(text && *text ? text : "unknown");
    if (!copy)
        abort();
    return copy;
}

static char *field_or_unknown(const char *path, const char *key)
{
    char value[256];
    return text_or_unknown(sysfile_field(path, key, value, sizeof value) == 0 ? value : NULL);
}

static int64_t cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) < 0)
        return -1;
    return CPU_COUNT(&set);
}

/* Every member: what a host is described by is what can change a number. */
static const struct host_field {
    const char *name;
    size_t offset;
    bool is_text;
} host_fields[] = {
    {"kernel", offsetof(struct host, kernel), true},
    {"machine", offsetof(struct host, machine), true},
    {"distribution", offsetof(struct host, distribution), true},
    {"CPU", offsetof(struct host, cpu_model), true},
    {"cores", offsetof(struct host, cores), false},
    {"memory, bytes", offsetof(struct host, memory_bytes), false},
    {"page size, bytes", offsetof(struct host, page_bytes), false},
    {"transparent huge pages", offsetof(struct host, thp), true},
    {"randomize_va_space", offsetof(struct host, aslr), false},
    {"libc", offsetof(struct host, libc), true},
    {"libzmq", offsetof(struct host, libzmq), true},
    {"heapchurn", offsetof(struct host, heapchurn), true},
    {"compiler", offsetof(struct host, compiler), true},
};

_Static_assert(sizeof host_fields / sizeof host_fields[0] <= HOST_DIFFERENCES_MAX,
               "raise HOST_DIFFERENCES_MAX");

static void field_text(const struct host *host, const struct host_field *field, char *out)
{
    const char *member = (const char *)host + field->offset;
    if (field->is_text) {
        const char *text = *(char *const *)(const void *)member;
        (void)snprintf(out, HOST_TEXT_MAX, "%s", text ? text : "unknown");
    } else {
        (void)snprintf(out, HOST_TEXT_MAX, "%jd",
                       (intmax_t) * (const int64_t *)(const void *)member);
    }
}

size_t host_differences(const struct host *a, const struct host *b, struct host_difference *out)
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof host_fields / sizeof host_fields[0]; i++) {
        struct host_difference *difference = &out[count];
        field_text(a, &host_fields[i], difference->a);
        field_text(b, &host_fields[i], difference->b);
        difference->what = host_fields[i].name;
        count += strcmp(difference->a, difference->b) != 0;
    }
    return count;
}
