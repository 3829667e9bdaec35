/*
 * host: a machine that trials were measured on: its name, and what of it can change a memory
 * number. Stored with every run (run.h); two runs are comparable only where all but the name and
 * what is only told agree. What differs from trial to trial is in the record: versions of
 * allocators, the load before the start.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "err.h"
#include "field.h"

struct host {
    char *name;         /* uname -n; two machines of one name are taken for one */
    char *kernel;       /* uname -r */
    char *machine;      /* x86_64 */
    char *distribution; /* PRETTY_NAME of os-release */
    char *cpu_model;
    int64_t cores; /* that we may run on */
    int64_t memory_bytes;
    int64_t page_bytes;
    char *thp;       /* "madvise": /sys/kernel/mm/transparent_hugepage/enabled */
    int64_t aslr;    /* randomize_va_space */
    char *libc;      /* "glibc 2.36" */
    char *libzmq;    /* "4.3.4" */
    char *heapchurn; /* version of this program */
    char *compiler;  /* that built it */
    /* What is told of it, and does not keep two runs apart. */
    char *processors;        /* "0-1,4": that we may run on */
    int64_t physical_cores;  /* they are threads of; -1: not told */
    int64_t limit_millicore; /* of processor time, set by a cgroup; -1: none */
    char *boot;              /* the kernel's boot_id: hosts that have the same are one machine */
    char *pinning;           /* "subjects on CPU 1, driver and load on CPU 0", or why not */
    char **builds; /* "libjemalloc.so.2 SHA256": files that subjects are of; NULL: not looked at */
};

/* Ends with name NULL; the sentence is what it is called for people. */
extern const struct field host_fields[];

/* Read them from the running system; what cannot be read is "unknown" or -1. */
void host_describe(struct host *out);
void host_release(struct host *host);
DEFINE_AUTO(host, host_release)

enum { HOST_DIFFERENCES_MAX = 16, HOST_TEXT_MAX = 160 };

struct host_difference {
    const char *what; /* "kernel" */
    char a[HOST_TEXT_MAX], b[HOST_TEXT_MAX];
};

/* Trials of several hosts stand in one run only where the hosts are of one kind: architecture, page
 * size, huge pages, ASLR, libraries and builds. What else differs (CPU, cores, memory, kernel) is
 * what several hosts are asked for. NULL: of one kind; else what differs, "page size, bytes: 4096
 * on n1, 65536 on n2; …". The caller frees. */
char *host_kind_differences(const struct host *a, const struct host *b);

/* In what two hosts differ, into `out` with room for HOST_DIFFERENCES_MAX. Returns how many; 0:
 * memory measured on one may be compared with memory measured on the other. */
size_t host_differences(const struct host *a, const struct host *b, struct host_difference *out);
