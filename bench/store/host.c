#include "host.h"

#include <gnu/libc-version.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zmq.h>

#include "host_cores.h"
#include "memory_stream.h"
#include "sysfile.h"
#include "text.h"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static char *text_or_unknown(const char *text);
static char *field_or_unknown(const char *path, const char *key);

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
    struct host_cores cores;
    host_cores_read(&cores);
    char boot[64];
    bool boot_told = sysfile_line("/proc/sys/kernel/random/boot_id", boot, sizeof boot) == 0;
    char libc[64];
    (void)snprintf(libc, sizeof libc, "glibc %s", gnu_get_libc_version());
    int major = 0;
    int minor = 0;
    int patch = 0;
    zmq_version(&major, &minor, &patch);
    char libzmq[64];
    (void)snprintf(libzmq, sizeof libzmq, "%d.%d.%d", major, minor, patch);
    *out = (struct host){
        .name = text_or_unknown(named ? names.nodename : NULL),
        .kernel = text_or_unknown(named ? names.release : NULL),
        .machine = text_or_unknown(named ? names.machine : NULL),
        .distribution = field_or_unknown("/etc/os-release", "PRETTY_NAME"),
        .cpu_model = field_or_unknown("/proc/cpuinfo", "model name"),
        .cores = cores.processors,
        .memory_bytes = pages > 0 && page_bytes > 0 ? pages * page_bytes : -1,
        .page_bytes = page_bytes,
        .thp = text_or_unknown(thp_told ? thp : NULL),
        .aslr = aslr,
        .libc = text_or_unknown(libc),
        .libzmq = text_or_unknown(libzmq),
        .heapchurn = text_or_unknown(HEAPCHURN_VERSION),
        .compiler = text_or_unknown(COMPILER),
        .processors = text_or_unknown(cores.list),
        .physical_cores = cores.physical,
        .limit_millicore = cores.limit_millicore,
        .boot = boot_told ? text_or_unknown(boot) : NULL,
    };
}

void host_release(struct host *host)
{
    fields_release(host_fields, host);
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

#define TOLD(of_kind, member, what)                                                           \
    {                                                                                         \
        FIELD_AT(struct host, member), .kind = (of_kind), .later = true, .descriptive = true, \
                                       .sentence = (what)                                     \
    }
#define HOST(of_kind, member, what)                                          \
    {                                                                        \
        FIELD_AT(struct host, member), .kind = (of_kind), .sentence = (what) \
    }

/* What a host is described by, and is not only told, is what can change a number. */
const struct field host_fields[] = {
    TOLD(FIELD_TEXT, name, "name"),
    HOST(FIELD_TEXT, kernel, "kernel"),
    HOST(FIELD_TEXT, machine, "machine"),
    HOST(FIELD_TEXT, distribution, "distribution"),
    HOST(FIELD_TEXT, cpu_model, "CPU"),
    HOST(FIELD_I64, cores, "cores"),
    HOST(FIELD_I64, memory_bytes, "memory, bytes"),
    HOST(FIELD_I64, page_bytes, "page size, bytes"),
    HOST(FIELD_TEXT, thp, "transparent huge pages"),
    HOST(FIELD_I64, aslr, "randomize_va_space"),
    HOST(FIELD_TEXT, libc, "libc"),
    HOST(FIELD_TEXT, libzmq, "libzmq"),
    HOST(FIELD_TEXT, heapchurn, "heapchurn"),
    HOST(FIELD_TEXT, compiler, "compiler"),
    TOLD(FIELD_TEXT, processors, "processors"),
    TOLD(FIELD_I64, physical_cores, "physical cores"),
    TOLD(FIELD_I64, limit_millicore, "limit of processor time, millicores"),
    TOLD(FIELD_TEXT, boot, "boot"),
    TOLD(FIELD_TEXT, pinning, "pinning"),
    TOLD(FIELD_WORDS, builds, "builds"),
    {.name = NULL},
};

_Static_assert(ARRAY_LENGTH(host_fields) <= HOST_DIFFERENCES_MAX + 1 + 5,
               "raise HOST_DIFFERENCES_MAX");

static void put_text(const struct host *host, const struct field *field, char *out)
{
    AUTO_FREE char *text = field_text(field, host);
    (void)text_copy(out, HOST_TEXT_MAX, *text ? text : "unknown");
}

size_t host_differences(const struct host *a, const struct host *b, struct host_difference *out)
{
    size_t count = 0;
    for (const struct field *field = host_fields; field->name; field++) {
        if (field->descriptive)
            continue;
        struct host_difference *difference = &out[count];
        put_text(a, field, difference->a);
        put_text(b, field, difference->b);
        difference->what = field->sentence;
        count += strcmp(difference->a, difference->b) != 0;
    }
    return count;
}

static const char *name_of(const struct host *host)
{
    return host->name ? host->name : "the first host";
}

/* "libjemalloc.so.2 SHA256" is of the same file as another with the same first word. */
static const char *build_of(char *const *builds, const char *build)
{
    size_t length = strcspn(build, " ");
    for (; builds && *builds; builds++)
        if (strncmp(*builds, build, length + 1) == 0)
            return *builds;
    return NULL;
}

/* A file that only one of them has is of a row that the other did not start. */
static void put_builds(FILE *out, const struct host *a, const struct host *b)
{
    for (char *const *build = a->builds; build && *build; build++) {
        const char *other = build_of(b->builds, *build);
        const size_t length = strcspn(*build, " ");
        enum { SUM_SHOWN = 12 };
        if (other && strcmp(other, *build) != 0)
            (void)fprintf(out, "%.*s: build %.*s on %s, %.*s on %s; ", (int)length, *build,
                          SUM_SHOWN, *build + length + 1, name_of(a), SUM_SHOWN, other + length + 1,
                          name_of(b));
    }
}

char *host_kind_differences(const struct host *a, const struct host *b)
{
    static const char *const kind[] = {"machine", "page_bytes", "thp",       "aslr",
                                       "libc",    "libzmq",     "heapchurn", NULL};
    struct host_difference difference;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    for (const struct field *field = host_fields; field->name; field++) {
        if (!text_in(field->name, kind))
            continue;
        put_text(a, field, difference.a);
        put_text(b, field, difference.b);
        if (strcmp(difference.a, difference.b) != 0)
            (void)fprintf(out, "%s: %s on %s, %s on %s; ", field->sentence, difference.a,
                          name_of(a), difference.b, name_of(b));
    }
    put_builds(out, a, b);
    char *text = memory_stream_close(&memory);
    size_t length = strlen(text);
    if (length == 0) {
        free(text);
        return NULL;
    }
    text[length - strlen("; ")] = '\0';
    return text;
}
