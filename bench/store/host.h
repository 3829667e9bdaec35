/*
 * host: the machine a run was made on, as far as it can change a memory number. Stored with every
 * run; two runs are comparable only where these agree.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "err.h"

struct host {
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

/* Read them from the running system; what cannot be read is "unknown" or -1. */
void host_describe(struct host *out);
void host_release(struct host *host);
DEFINE_AUTO(host, host_release)
