/*
 * allocator_tool: how a subject is put under a tool and what the tool counts: which setting makes
 * it report, where it writes that, and how to read the figures. What an allocator itself reports
 * about memory that was not given back are const rows in its folder; `heapchurn diagnose` has rows
 * of this type for tools that belong to none (bench/diagnose/tool.h), and takes all others from
 * here.
 *
 * A tool runs in a *pass*: a short trial of its own, since most of them slow the subject down or
 * change its memory (jemalloc at lg_prof_sample:0 turns every small block into a page). Before main
 * returns the subject lets the C and C++ runtimes give back what they keep, so that a clean process
 * reads 0 (facts: __gnu_cxx::__freeres, __libc_freeres) and the figures need no correction.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "err.h"

/* What a tool counts. */
enum allocator_tool_kind {
    TOOL_NOT_FREED,   /* all that was not freed: lost, or something still points to it */
    TOOL_UNREACHABLE, /* only what nothing points to */
};
extern const char *const allocator_tool_kind_names[]; /* "not freed", "unreachable" */

/* Where its figures stand. */
enum allocator_tool_source {
    TOOL_READS_DUMP, /* in the last file that matches `dumps` */
    TOOL_READS_LOG,  /* in what the subject printed */
    TOOL_ASKS_EXIT,  /* in the subject's own live-at-exit */
};

struct allocator_leak {
    int64_t blocks;
    int64_t bytes; /* as the tool counts: as requested, or rounded to a size class */
};

struct allocator_tool {
    const char *name; /* "heapcheck": what --leak-tool takes */
    enum allocator_tool_kind kind;
    enum allocator_tool_source source;
    /* "KEY=value"; '%' stands for the folder where dumps go. Where the row sets the same KEY, its
     * value gives way, or stands first, joined by `join`. */
    const char *const *environment;
    const char *join;
    const char *path_ends; /* characters that would end a path in that environment; NULL: none */
    /* Shell pattern in that folder; '@' stands for the subject's pid where names carry it. NULL: it
     * writes none. Where there are several, in order: at the start, when quiet, at exit. */
    const char *dumps;
    const char *viewer; /* reads the dumps: names of call sites ("jeprof"); NULL: no profile */
    const char *viewer_package;
    bool own_exit_status; /* it ends a subject that leaks with a status of its own */
    bool remainder;       /* a clean process does not read 0: measured and shown (TOOL_READS_LOG) */
    bool by_default;      /* in every run; otherwise on demand */

    /* Why this version does not have it, in one sentence; NULL: it does. May be NULL. */
    const char *(*unavailable)(const char *version);
    /* Read the figures. -EPROTO with a sentence where they are missing, cut or contradictory: a
     * tool that stays silent is no tool that found nothing. NULL for TOOL_ASKS_EXIT. */
    int (*read)(FILE *in, struct allocator_leak *out, struct err *err);
};
