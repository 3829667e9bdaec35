/*
 * procfs: what the kernel says of a process.
 *
 * Two tiers, by cost (measured): `statm` on a kept-open descriptor, 1-2 us, every 20 ms; the rest
 * (status, smaps_rollup at ~10 us per resident MiB holding the map lock, stat, every thread's
 * schedstat) only at the ends of phases, when the subject is idle.
 *
 * Parsers work on text, so that they are tested without a process. Every value that is not in the
 * text is RECORD_NA.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "cleanup.h"
#include "err.h"
#include "record.h"

struct procfs {
    pid_t pid;
    int dir_fd; /* /proc/PID */
    int statm_fd;
};

#define PROCFS_INIT ((struct procfs){.dir_fd = -1, .statm_fd = -1})

int procfs_open(pid_t pid, struct procfs *out, struct err *err);
void procfs_close(struct procfs *procfs);
DEFINE_AUTO(procfs, procfs_close)

/* Resident and anonymous (resident - shared) bytes now. 0 or -errno (-ESRCH: it is gone). */
int procfs_read_statm(const struct procfs *procfs, int64_t *out_rss, int64_t *out_anon);

/* Everything of the dear tier into `out`; statistics of the allocator are not touched. */
void procfs_read_snapshot(const struct procfs *procfs, struct record_snapshot *out);

/* Start VmHWM anew (clear_refs 5). 0 or -errno. */
int procfs_reset_peak(const struct procfs *procfs);

/* "Key:   123 kB" in `text` as bytes; without a unit as a count. RECORD_NA when absent. */
int64_t procfs_key(const char *text, const char *key);

/* Fields 10, 12, 14, 15 of stat (proc(5)): faults and CPU ticks. The name in field 2 may hold
 * spaces and parentheses: fields are counted from the last ')'. */
int procfs_parse_stat(const char *text, struct record_snapshot *out);

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

/* Of CPU `cpu`, or of all together (-1): by the text of /proc/stat, and now. RECORD_NA where it has
 * none. */
void procfs_parse_core(const char *text, int cpu, struct procfs_core *out);
void procfs_read_core(int cpu, struct procfs_core *out);

/* A difference of two idle_ns can be too small by less than this: both of its parts are rounded. */
int64_t procfs_idle_rounding_ns(void);

/* `some total` of /proc/pressure/cpu; RECORD_NA. */
int64_t procfs_pressure_cpu_us(void);

/* Read a whole small file below `dir_fd`, NUL-terminated. Its length or -errno. */
ssize_t procfs_slurp(int dir_fd, const char *name, char *out, size_t size);

/* The same, however long: status lists groups, /proc/stat cores. The caller frees; NULL with errno.
 */
char *procfs_load(int dir_fd, const char *name);
