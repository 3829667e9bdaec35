/*
 * host: a machine that trials were measured on: its name, and what of it can change a memory
 * number. Stored with every run (run.h); two runs are comparable only where all but the name agree.
 * What differs from trial to trial is in the record: versions of allocators, the load before the
 * start.
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

/* In what two hosts differ, into `out` with room for HOST_DIFFERENCES_MAX. Returns how many; 0:
 * memory measured on one may be compared with memory measured on the other. */
size_t host_differences(const struct host *a, const struct host *b, struct host_difference *out);
