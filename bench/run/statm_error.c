#include "statm_error.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "procfs.h"
#include "record_fields.h"

/* Fewer than kernels fold at once, so that what they keep back is seen. */
enum { PAGES = 31 };

/* statm before and after, so that nothing that came between is taken for an error. */
static int64_t difference(const struct procfs *procfs)
{
    struct record_sample before, exact, after;
    record_sample_init(&exact);
    if (procfs_read_statm(procfs, &before.rss_bytes, &before.rss_anon_bytes) < 0 ||
        procfs_read_rollup(procfs, record_sample_fields, record_sample_field_count, &exact) < 0 ||
        procfs_read_statm(procfs, &after.rss_bytes, &after.rss_anon_bytes) < 0 ||
        exact.rss_bytes < 0)
        return RECORD_NA;
    int64_t one = llabs(exact.rss_bytes - before.rss_bytes);
    int64_t other = llabs(exact.rss_bytes - after.rss_bytes);
    return one < other ? one : other;
}

/* They stay: giving them back would fold the counters. */
static void touch(long page_bytes)
{
    char *pages = mmap(NULL, (size_t)(PAGES * page_bytes), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return;
    for (long i = 0; i < PAGES; i++)
        ((volatile char *)pages)[i * page_bytes] = 1;
}

static int64_t measure(const struct procfs *procfs)
{
    cpu_set_t allowed, one;
    int64_t worst = difference(procfs);
    if (worst < 0 || sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        return worst;
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &allowed))
            continue;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        if (sched_setaffinity(0, sizeof one, &one) < 0)
            continue;
        touch(sysconf(_SC_PAGESIZE));
        int64_t now = difference(procfs);
        worst = now > worst ? now : worst;
    }
    (void)sched_setaffinity(0, sizeof allowed, &allowed);
    return worst;
}

int64_t statm_error_bytes(void)
{
    struct err err = ERR_INIT;
    AUTO(procfs) struct procfs procfs = PROCFS_INIT;
    return procfs_open(getpid(), &procfs, &err) < 0 ? RECORD_NA : measure(&procfs);
}
