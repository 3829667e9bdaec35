/*
 * tool: what can be asked about memory that was not given back, or who allocated it: leak checkers,
 * profilers, traces. One tool is one file tool_<name>.c with one const row `tool_<name>`, and
 * nothing else knows its name: in the folder of the allocator whose own it is
 * (allocators/<allocator>/), or here where it belongs to none.
 *
 * A row says how a subject is put under it, what it writes, and what that tells. Two readers:
 *
 *   - a *pass* of a run (passes.h) reads figures: what is left when the program ends, or lost. It
 *     takes the tools of the row's own allocator that have figures.
 *   - a *diagnosis* (diagnose.h) reads call sites, at several moments. It takes any tool that fits,
 *     and so do the scripts with-<name>.
 *
 * A tool runs in a short trial of its own, since most of them slow the subject down or change its
 * memory (jemalloc at lg_prof_sample:0 turns every small block into a page). Before main returns
 * the subject lets the C and C++ runtimes give back what they keep, so that a clean process reads 0
 * (facts: __gnu_cxx::__freeres, __libc_freeres) and the figures need no correction.
 *
 * Words of a row are filled in as tool_words.h says.
 */
#pragma once

#include <stdbool.h>

#include "err.h"
#include "read.h"
#include "tool_words.h"

/* What a tool counts at the end. */
enum tool_kind {
    TOOL_NOT_FREED,   /* all that was not freed: lost, or something still points to it */
    TOOL_UNREACHABLE, /* only what nothing points to */
};
extern const char *const tool_kind_names[]; /* "not freed", "unreachable" */

/* Where the figures of a pass come from. */
enum tool_figures {
    TOOL_NO_FIGURES, /* it has call sites only */
    TOOL_READS_LOST, /* the sum of its source of MOMENT_LOST */
    TOOL_ASKS_EXIT,  /* the subject's own live-at-exit */
};

/* A text the tool leaves, and what it tells. */
struct tool_source {
    enum moment moment;
    const char *file; /* shell pattern in the folder of the pass, or one of: */
    int match;        /* which of the files that match, in order of name; -1: the last */
    read_fn *read;
    bool names_only; /* it adds names to the source before it: missing, it takes nothing away */
};
#define TOOL_LOG   "log"   /* what the subject itself printed */
#define TOOL_DUMPS "dumps" /* the row's `dumps` */

/* A command whose standard output is kept as a file. */
struct tool_view {
    const char *file;
    const char *const *argv;
};

enum { TOOL_SOURCES_MAX = 3, TOOL_VIEWS_MAX = 3 };

struct tool {
    const char *name;       /* what --leak-tool and --with take */
    const char *other_name; /* it is found by this one too; NULL: none */
    const char *summary;    /* what a diagnosis by it is; NULL: it has figures only */

    /* What must be there, and the package that brings it. */
    const char *needs_program;
    const char *needs_library; /* as LD_PRELOAD takes it */
    const char *package;
    /* Why this version of its allocator does not have it, in one sentence; NULL: it does. May be
     * NULL. */
    const char *(*unavailable)(const char *version);

    /* Whose own it is; NULL: it works under any, serving malloc itself. */
    const char *allocator;
    /* It needs a build of the subject of its own: PROGRAM-<suffix>, which is linked like
     * `allocator`, and stands for the build of any row. */
    const char *program_suffix;
    /* It serves malloc itself, or sees only glibc's: it runs the subject on glibc, where there is
     * one, for any row. Another allocator, linked besides, has blocks of its own and may hide C++'s
     * new. */
    bool on_glibc;

    /* How a subject is put under it. "KEY=value": where the allocator's row sets the same KEY, its
     * value gives way, or stands first, joined by `join`. */
    const char *const *environment;
    const char *join;
    const char *path_ends;     /* characters that would end a path in its words; NULL: none */
    const char *const *prefix; /* words before the command line */
    const char *elsewhere;     /* preload this to use it on a program not linked with it */
    bool own_exit_status;      /* it ends a subject that leaks with a status of its own */
    bool asks_dumps;           /* ask the subject for a heap dump at start and at quiescence */
    bool detail;               /* ask the subject for its allocator's statistics at length */
    /* Shell pattern of what it writes itself; '@' stands for the subject's pid where names carry
     * it. NULL: it writes none. Where there are several, in order: at the start, when quiet, at
     * exit. */
    const char *dumps;
    /* What they are called where the process is not the first that the variable is said to, but one
     * that the program has become by exec. NULL: the same. */
    const char *dumps_after_exec;
    /* Of these, what each process writes when it ends, where names carry its pid, so that those of
     * several can be told apart and summed. NULL: they cannot. */
    const char *last_dumps;

    /* What it counts. */
    enum tool_kind kind;
    enum tool_figures figures;
    bool by_default; /* a pass of every run; otherwise on demand */
    bool remainder;  /* a clean process does not read 0: measured and shown (of TOOL_LOG alone) */
    const char *viewer; /* reads the dumps: names of call sites ("jeprof"); NULL: no profile */
    const char *viewer_package;

    /* What it sees. */
    bool in_executables;  /* a malloc inside the executable, too; else only one it can preload */
    bool in_programs;     /* preloaded into a program that knows nothing of us, it tells as much */
    bool follows_forks;   /* its report tells apart all processes that the subject forks */
    bool tells_reachable; /* at the end it tells what is still pointed to from what is lost */
    /* CPU time against a plain run, as measured on `discovery`: shortens the workload. What a pass
     * really costs is measured and shown. */
    double slowdown;
    struct tool_view at_quiet[TOOL_VIEWS_MAX]; /* run while the subject is quiet */
    struct tool_view after[TOOL_VIEWS_MAX];    /* run when it has ended */
    struct tool_source sources[TOOL_SOURCES_MAX];
    const char *lacks[MOMENT_COUNT]; /* why a moment is not told; NULL: it is */
    const char *blind;               /* what escapes it at the moments it tells; NULL: nothing */
    const char *raw;                 /* the file to open, and with what, for more */
};

#define WORDS (const char *const[]) /* in rows: a list of words, that ends with NULL */

/* A row of a checker that follows pointers when the program ends. */
#define TOOL_COUNTS_UNREACHABLE                                                 \
    .kind = TOOL_UNREACHABLE,                                                   \
    .blind = "a lost block counts as held while a copy of its "                 \
             "address is left, even a dead one on the stack",                   \
    .lacks = {[MOMENT_LIVE] = "counts only what nothing points to, at the end", \
              [MOMENT_TOTAL] = "counts only what nothing points to, at the end"}

/* Generated by CMake from the file lists: every tool_<name>.c, sorted by name; ends with NULL. */
extern const struct tool *const tool_rows[];

/* One of the rows: '%' in its words is the folder of libraries. */
extern const struct tool tool_ledger;

/* The first after `after` (NULL: the first of all) that has call sites, or that has figures and is
 * `allocator`'s own (NULL: any allocator's). NULL: there is none left. */
const struct tool *tool_next_with_sites(const struct tool *after);
const struct tool *tool_next_with_figures(const struct tool *after, const char *allocator);

bool tool_is_called(const struct tool *tool, const char *name); /* by either name */

/* Among those with call sites; NULL: there is none. */
const struct tool *tool_find(const char *name);

/* The same, or -ENOENT with a sentence that names the nearest one. */
int tool_named(const char *name, const struct tool **out_tool, struct err *err);

/* 0, or -ENOENT with what is missing and what brings it. `allocator` is that of the row, or NULL;
 * `programs` is where its builds are, NULL: it shall run another program in place of it. */
int tool_available(const struct tool *tool, const char *allocator, const char *programs,
                   struct err *err);

/* Whose version decides whether it is available for a row of `allocator` (NULL: any), or NULL. */
const char *tool_by_version(const struct tool *tool, const char *allocator);

/* 0, or -ENOENT with why that version of the allocator it goes by does not have it. */
int tool_check_version(const struct tool *tool, const char *allocator, const char *version,
                       struct err *err);

/* Whose build is run for a row: the row's allocator, or what stands for it. */
const char *tool_runs_on(const struct tool *tool, const char *allocator, const char *programs);
