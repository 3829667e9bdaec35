#include "run_request.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "huge_pages.h"
#include "library_look.h"
#include "paths.h"
#include "pins.h"
#include "registry.h"
#include "row_file.h"
#include "row_library.h"
#include "row_lookup.h"
#include "row_preload.h"
#include "scenarios.h"
#include "sysfile.h"
#include "text.h"
#include "words.h"

static const char *const default_workloads[] = {"discovery", "discovery-drained"};

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static enum allocator_huge_pages huge_pages_of(const struct allocator_row *row,
                                               const struct row_file *own)
{
    return own && own->huge_pages != HUGE_PAGES_AS_FOUND ? own->huge_pages
                                                         : row->variant->huge_pages;
}

static int add_absent(struct run *run, const char *name, const char *reason, struct err *err)
{
    for (size_t i = 0; i < run->absent_count; i++)
        if (strcmp(run->absent[i].name, name) == 0)
            return 0;
    struct run_absent *absent = reallocarray(run->absent, run->absent_count + 1, sizeof *absent);
    if (!absent)
        return err_set(err, -ENOMEM, "out of memory");
    run->absent = absent;
    absent[run->absent_count++] =
        (struct run_absent){.name = strdup(name), .reason = strdup(reason)};
    return 0;
}

/* `own`: a row file that builds on `row`, or NULL. What cannot be had of huge pages here makes the
 * row an absent one. */
static int add_row(struct run *run, const struct allocator_row *row, const struct row_file *own,
                   struct err *err)
{
    char name[ALLOCATOR_ROW_NAME_MAX];
    if (own)
        (void)text_copy(name, sizeof name, own->name);
    else
        (void)allocator_row_name(row, name, sizeof name);
    for (size_t i = 0; i < run->row_count; i++)
        if (strcmp(run->rows[i].name, name) == 0)
            return 0;
    struct err why = ERR_INIT;
    char mode[32] = "";
    (void)sysfile_chosen("/sys/kernel/mm/transparent_hugepage/enabled", mode, sizeof mode);
    if (huge_pages_check(huge_pages_of(row, own), mode, &why) < 0)
        return add_absent(run, name, why.text, err);
    struct run_row *rows = reallocarray(run->rows, run->row_count + 1, sizeof *rows);
    if (!rows)
        return err_set(err, -ENOMEM, "out of memory");
    run->rows = rows;
    const struct allocator *allocator = row->entry->allocator;
    rows[run->row_count++] = (struct run_row){
        .name = strdup(name),
        .allocator = copy(allocator->name),
        .title = copy(allocator->title),
        .package = copy(allocator->package),
        .link = copy(allocator->link),
        .why = copy(own ? own->reason : row->variant->why),
        .defaults = copy(own ? own->defaults : row->variant->defaults),
        .diagnostic = row->variant->diagnostic,
        .environment = row_lookup_environment(row, own),
        .huge_pages = huge_pages_of(row, own),
        .library = copy(own ? own->library : NULL),
        .shows_itself = copy(allocator->shows_itself),
        .shows_itself_when = copy(allocator->shows_itself_when),
    };
    row_preload_place(&rows[run->row_count - 1], row->entry);
    return own && own->library ? row_library_describe(&rows[run->row_count - 1], own) : 0;
}

/* All rows of the machine, or those of the default table; what is missing is said, not an error. */
static int add_rows(struct run *run, bool every_row, struct err *err)
{
    struct allocator_row row;
    for (size_t cursor = 0; allocator_row_next(&cursor, &row);) {
        if (!every_row && !row.variant->by_default)
            continue;
        char name[ALLOCATOR_ROW_NAME_MAX];
        (void)allocator_row_name(&row, name, sizeof name);
        int code = row.entry->unavailable ? add_absent(run, name, row.entry->unavailable, err)
                                          : add_row(run, &row, NULL, err);
        if (code < 0)
            return code;
    }
    return run->row_count
               ? 0
               : err_set(err, -ENOENT, "no allocator is available; 'heapchurn list' says why");
}

/* The row file before `index` that is called `name` too, unless it is the same file; or NULL. */
static const char *namesake(char *const *files, size_t index, const char *name)
{
    for (size_t i = 0; i < index; i++) {
        AUTO(row_file) struct row_file earlier = {.base = NULL};
        if (*files[i] && !library_same(files[i], files[index]) &&
            row_file_load(files[i], &earlier, NULL) == 0 && strcmp(earlier.name, name) == 0)
            return files[i];
    }
    return NULL;
}

/* A row with a library of its own that cannot be had is absent, and the others are measured. */
static int add_library_row(struct run *run, const struct allocator_row *row,
                           const struct row_file *own, struct err *err)
{
    struct err why = ERR_INIT;
    return row_library_check(run, row, own, &why) < 0 ? add_absent(run, own->name, why.text, err)
                                                      : add_row(run, row, own, err);
}

/* files[index] is what was asked for as `name`; "" where that is no file. */
static int add_row_file(struct run *run, char *const *files, size_t index, const char *name,
                        struct err *err)
{
    AUTO(row_file) struct row_file own = {.base = NULL};
    struct allocator_row row;
    const char *path = files[index];
    int code = row_file_load(path, &own, err);
    if (code == 0)
        code = row_lookup_agrees(name, path, own.name, err);
    if (code < 0)
        return code;
    const char *other = namesake(files, index, own.name);
    if (other)
        return err_set(err, -EEXIST, "%s and %s are both called '%s'; rename one of the files",
                       other, path, own.name);
    if (allocator_row_find(own.name, &row) == 0)
        return err_set(err, -EEXIST, "%s: there is a row '%s' already; rename the file", path,
                       own.name);
    if (own.library && allocator_row_find(own.base, &row) == 0)
        return add_library_row(run, &row, &own, err);
    code = row_lookup(own.base, &row, err);
    return code < 0 ? err_wrap(err, "%s: base", path) : add_row(run, &row, &own, err);
}

/* Has every workload a build of the user's own for an allocator that serves nothing else? */
static bool is_built_for(const struct run *run, const struct allocator_row *row)
{
    bool built = row->entry->allocator->loader && run->workload_count > 0;
    for (size_t i = 0; i < run->workload_count; i++)
        built = built && workload_is_own(&run->workloads[i]) &&
                workload_build(&run->workloads[i], row->entry->allocator->name);
    return built;
}

static int add_named_row(struct run *run, char *const *files, size_t index, const char *name,
                         struct err *err)
{
    struct allocator_row row;
    if (strcmp(name, "all") == 0)
        return add_rows(run, true, err);
    if (*files[index])
        return add_row_file(run, files, index, name, err);
    if (allocator_row_find(name, &row) == 0 && is_built_for(run, &row))
        return add_row(run, &row, NULL, err);
    int code = row_lookup(name, &row, err);
    return code < 0 ? code : add_row(run, &row, NULL, err);
}

static int add_named_rows(struct run *run, const struct run_request *request, struct err *err)
{
    AUTO(words) struct words files = {.count = 0};
    int code = 0;
    for (size_t i = 0; i < request->row_count && code == 0; i++) {
        AUTO_FREE char *file = row_lookup_file(request->row_names[i]);
        words_add(&files, "%s", file ? file : "");
        code = add_named_row(run, files.word, i, request->row_names[i], err);
    }
    if (code < 0)
        return code;
    return run->row_count > 0 || !run->absent
               ? 0
               : err_set(err, -ENOENT, "row '%s' is not available: %s", run->absent[0].name,
                         run->absent[0].reason);
}

static int add_workload(struct run *run, const char *folder, const char *name, bool quick,
                        struct err *err)
{
    struct workload *workloads =
        reallocarray(run->workloads, run->workload_count + 1, sizeof *workloads);
    if (!workloads)
        return err_set(err, -ENOMEM, "out of memory");
    run->workloads = workloads;
    struct workload *workload = &workloads[run->workload_count];
    *workload = (struct workload){.path = NULL};
    int code = spec_load_workload(folder, name, scenario_loads(), workload, err);
    if (code < 0)
        return code;
    run->workload_count++;
    for (size_t i = 0; i + 1 < run->workload_count; i++)
        if (strcmp(run->workloads[i].name, workload->name) == 0)
            return err_set(err, -EINVAL, "workload '%s' is named twice", workload->name);
    if (quick)
        workload->rounds = workload->quick_rounds > 0 ? workload->quick_rounds
                           : workload->rounds >= 4    ? workload->rounds / 4
                                                      : 1;
    return 0;
}

static int add_workloads(struct run *run, const struct run_request *request, struct err *err)
{
    char folder[PATHS_MAX];
    const char *const *names = request->workload_names;
    size_t count = request->workload_count;
    int code = paths_workloads(folder, err);
    if (code < 0)
        return code;
    if (count == 0) {
        names = default_workloads;
        count = ARRAY_LENGTH(default_workloads);
    }
    for (size_t i = 0; code == 0 && i < count; i++)
        code = add_workload(run, folder, names[i], request->quick, err);
    return code;
}

/* A word that no other plan has. */
static char *new_plan(void)
{
    uint64_t word = 0;
    char text[32];
    if (getentropy(&word, sizeof word) < 0)
        abort();
    (void)snprintf(text, sizeof text, "%016" PRIx64, word);
    return text_own(text);
}

static char **copy_words(const char *const *words, size_t count)
{
    char **copied = calloc(count + 1, sizeof *copied);
    if (!copied)
        abort();
    for (size_t i = 0; i < count; i++)
        copied[i] = text_own(words[i]);
    return copied;
}

/* Why this row cannot be played under one of the workloads; NULL: it can. */
static const char *row_lacks(const struct run *run, const struct run_row *row)
{
    const char *why = NULL;
    for (size_t i = 0; !why && i < run->workload_count; i++) {
        const struct scenario *scenario = scenario_find(run->workloads[i].load);
        if (scenario && scenario->lacks)
            why = scenario->lacks(&run->workloads[i], row->allocator);
    }
    return why;
}

static bool is_named(const struct run_request *request, const char *row)
{
    for (size_t i = 0; i < request->row_count; i++)
        if (strcmp(request->row_names[i], row) == 0)
            return true;
    return false;
}

/* Rows that were asked for by name must be there; of all, those that cannot be had are left out. */
static int leave_out(struct run *run, const struct run_request *request, struct err *err)
{
    for (size_t i = 0; i < run->row_count;) {
        const struct run_row *row = &run->rows[i];
        const char *why = row_lacks(run, row);
        if (why && is_named(request, row->name))
            return err_set(err, -ENOENT, "row '%s' is not available: %s", row->name, why);
        int code = why ? add_absent(run, row->name, why, err) : 0;
        if (code < 0)
            return code;
        if (why)
            run_drop_row(run, i);
        else
            i++;
    }
    return run->row_count || !run->absent
               ? 0
               : err_set(err, -ENOENT, "no row is left: %s", run->absent[0].reason);
}

static void describe(struct run *run, const struct run_request *request)
{
    char text[PINS_TEXT_MAX];
    time_t now = time(NULL);
    struct tm utc;
    (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    run->started_utc = strdup(text);
    (void)pins_choose(text, sizeof text);
    run->pinning = strdup(text);
    run->command = strdup(request->command);
    run->blocks = request->blocks;
    run->seed = request->seed;
    run->sample_period_ns = request->sample_period_ns;
    run->aslr = !request->no_aslr;
    run->plan = new_plan();
    run->no_passes = request->no_passes;
    run->leak_tools = copy_words(request->leak_tools, request->leak_tool_count);
    host_describe(&run->host);
    run->host.pinning = text_own(run->pinning);
}

static void say_absent(const struct run *run, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < run->absent_count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s: skipped: %s\n", run->absent[i].name,
                                 run->absent[i].reason);
}

int run_request_resolve(const struct run_request *request, struct run *out, char *out_skipped,
                        size_t skipped_size, struct err *err)
{
    AUTO(run) struct run run = {.blocks = 0};
    int code = add_workloads(&run, request, err);
    if (code == 0)
        code = request->row_count ? add_named_rows(&run, request, err) : add_rows(&run, false, err);
    if (code == 0)
        code = leave_out(&run, request, err);
    if (code < 0)
        return code;
    if (request->one_row && run.row_count != 1)
        return err_set(err, -EINVAL, "one row at a time; '%s' is %zu", request->row_names[0],
                       run.row_count);
    say_absent(&run, out_skipped, skipped_size);
    describe(&run, request);
    *out = run;
    run = (struct run){.blocks = 0};
    return 0;
}
