/*
 * procfs: what the kernel says of a process.
 *
 * Three tiers, by cost (measured): `statm` on a kept-open descriptor, 1-2 us, every 20 ms; the
 * page tables themselves (smaps_rollup, ~10 us per resident MiB holding the map lock) at the ends
 * of rounds, when the subject is idle; the rest (status, stat, every thread's schedstat) at the
 * ends of phases. statm adds counters that are kept per thread or per CPU and that several kernels
 * fold late: it can be some hundred pages off. What smaps_rollup says is exact.
 *
 * Parsers work on text, so that they are tested without a process. Every value that is not in the
 * text is RECORD_NA.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cleanup.h"
#include "err.h"
#include "field.h"
#include "record.h"

struct procfs {
    pid_t pid;
    int dir_fd; /* /proc/PID */
    int statm_fd;
    /* One of several that share memory: where the kernel tells its proportional share, that is read
     * in place of what is resident, and faults and ticks count the children it has waited for. */
    bool shares;
};

#define PROCFS_INIT ((struct procfs){.dir_fd = -1, .statm_fd = -1})

int procfs_open(pid_t pid, struct procfs *out, struct err *err);
void procfs_close(struct procfs *procfs);
DEFINE_AUTO(procfs, procfs_close)

/* Resident and anonymous (resident - shared) bytes now. 0 or -errno (-ESRCH: it is gone). */
int procfs_read_statm(const struct procfs *procfs, int64_t *out_rss, int64_t *out_anon);

/* What stands in smaps_rollup, into each field of the table that names a key of it. 0 or -errno,
 * and then nothing was changed. */
int procfs_read_rollup(const struct procfs *procfs, const struct field *table, size_t count,
                       void *out);

/* The same of a text. */
void procfs_parse_rollup(const char *text, const struct field *table, size_t count, void *out);

/* Its proportional shares, by the rows that have a share_key. */
void procfs_parse_shares(const char *text, const struct field *table, size_t count, void *out);

/* CPU time and faults alone: they are there until somebody collects it. -ESRCH: that was done. */
int procfs_read_cpu(const struct procfs *procfs, struct record_snapshot *out);

/* Everything of the dear tier into `out`; statistics of the allocator are not touched. */
void procfs_read_snapshot(const struct procfs *procfs, struct record_snapshot *out);

/* Start VmHWM anew (clear_refs 5). 0 or -errno. */
int procfs_reset_peak(const struct procfs *procfs);

/* "Key:   123 kB" in `text` as bytes; without a unit as a count. RECORD_NA when absent. */
int64_t procfs_key(const char *text, const char *key);

/* Fields 10, 12, 14, 15 of stat (proc(5)): faults and CPU ticks; 11, 13, 16, 17, those of children
 * that it has waited for, are added if wanted. The name in field 2 may hold spaces and parentheses:
 * fields are counted from the last ')'. */
int procfs_parse_stat(const char *text, bool with_children, struct record_snapshot *out);

/* resident and shared of statm in pages. */
int procfs_parse_statm(const char *text, int64_t *out_resident, int64_t *out_shared);

/* CPU time of a process, its ended threads and the children it has waited for included; exact but
 * for the children, who are counted in ticks. RECORD_NA when it is gone. */
int64_t procfs_process_cpu_ns(pid_t pid);

/* What a core did since boot. */
struct procfs_core {
    int64_t idle_ns;  /* a clock where the kernel stops its tick when idle, as all usual ones do */
    int64_t steal_ns; /* waited for the hypervisor, sampled at ticks */
};

/* Of CPU `cpu`, or of all together (-1), by the text of /proc/stat. RECORD_NA where it has none. */
void procfs_parse_core(const char *text, int cpu, struct procfs_core *out);

/* A difference of two idle_ns can be too small by less than this: both of its parts are rounded. */
int64_t procfs_idle_rounding_ns(void);

/* `some total` of /proc/pressure/cpu; RECORD_NA. */
int64_t procfs_pressure_cpu_us(void);

/* Read a whole small file below `dir_fd`, NUL-terminated. Its length or -errno. */
ssize_t procfs_slurp(int dir_fd, const char *name, char *out, size_t size);

/* The same, however long: status lists groups, /proc/stat cores. The caller frees; NULL with errno.
 */
char *procfs_load(int dir_fd, const char *name);
