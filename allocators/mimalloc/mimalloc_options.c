#include "mimalloc_options.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "text.h"

typedef void output_fn(const char *text, void *context);

#define WEAK __attribute__((weak))
extern int mi_version(void) WEAK;
extern long mi_option_get(int) WEAK;
extern void mi_options_print_out(output_fn *, void *) WEAK; /* from 3.2 on */

enum { NAME_MAX_BYTES = 64, VALUE_MAX_BYTES = 160 };

/* mi_option_t of two versions that have no mi_options_print_out(); the numbers mean other options
 * in others. As MIMALLOC_VERBOSE=1 prints them. */
static const char *const names_209[] = {
    "show_errors",
    "show_stats",
    "verbose",
    "eager_commit",
    "deprecated_eager_region_commit",
    "deprecated_reset_decommits",
    "large_os_pages",
    "reserve_huge_os_pages",
    "reserve_huge_os_pages_at",
    "reserve_os_memory",
    "deprecated_segment_cache",
    "page_reset",
    "abandoned_page_decommit",
    "deprecated_segment_reset",
    "eager_commit_delay",
    "decommit_delay",
    "use_numa_nodes",
    "limit_os_alloc",
    "os_tag",
    "max_errors",
    "max_warnings",
    "max_segment_reclaim",
    "allow_decommit",
    "segment_decommit_delay",
    "decommit_extend_delay",
    "destroy_on_exit",
    NULL,
};

static const char *const names_301[] = {
    "show_errors",
    "show_stats",
    "verbose",
    "eager_commit",
    "arena_eager_commit",
    "purge_decommits",
    "allow_large_os_pages",
    "reserve_huge_os_pages",
    "reserve_huge_os_pages_at",
    "reserve_os_memory",
    "deprecated_segment_cache",
    "deprecated_page_reset",
    "abandoned_page_purge",
    "deprecated_segment_reset",
    "eager_commit_delay",
    "purge_delay",
    "use_numa_nodes",
    "disallow_os_alloc",
    "os_tag",
    "max_errors",
    "max_warnings",
    "max_segment_reclaim",
    "destroy_on_exit",
    "arena_reserve",
    "arena_purge_mult",
    "purge_extend_delay",
    "disallow_arena_alloc",
    "retry_on_oom",
    "visit_abandoned",
    "guarded_min",
    "guarded_max",
    "guarded_precise",
    "guarded_sample_rate",
    "guarded_sample_seed",
    "target_segments_per_thread",
    "reclaim_on_free",
    "page_full_retain",
    "page_max_candidates",
    "max_vabits",
    "pagemap_commit",
    "page_commit_on_demand",
    NULL,
};

/* Former names that versions from 2.1 on still read, with a warning. */
static const char *const former_names[] = {
    "reset_delay",     "abandoned_page_reset", "large_os_pages",     "eager_region_commit",
    "reset_decommits", "limit_os_alloc",       "minimal_purge_size", NULL,
};

/* NULL: this version prints them itself, or its names are not known here. */
static const char *const *name_table(void)
{
    if (mi_options_print_out)
        return NULL;
    return mi_version() == 209 ? names_209 : mi_version() == 301 ? names_301 : NULL;
}

static bool names_are_known(void)
{
    return mi_options_print_out || name_table();
}

struct emitter {
    allocator_option_fn *emit;
    void *context;
};

static void emit_current(const struct emitter *emitter, const char *name, const char *value)
{
    if (strncmp(name, "deprecated_", strlen("deprecated_")) != 0)
        emitter->emit(name, value, emitter->context);
}

/* "option 'purge_delay': 1000 " among lines of other kinds. */
static void emit_printed(const char *text, void *context)
{
    char name[NAME_MAX_BYTES];
    char value[NAME_MAX_BYTES];
    const char *option = strstr(text, "option '");
    if (!option || sscanf(option, "option '%63[^']': %63[^\n]", name, value) != 2)
        return;
    for (size_t end = strlen(value); end > 0 && value[end - 1] == ' '; end--)
        value[end - 1] = '\0';
    emit_current(context, name, value);
}

/* All options of this version. */
static void each_option(allocator_option_fn *emit, void *context)
{
    struct emitter emitter = {emit, context};
    const char *const *names = name_table();
    if (mi_options_print_out)
        mi_options_print_out(emit_printed, &emitter);
    for (int i = 0; names && names[i]; i++) {
        char value[32];
        (void)snprintf(value, sizeof value, "%ld", mi_option_get(i));
        emit_current(&emitter, names[i], value);
    }
}

struct sought {
    const char *name;
    bool found;
};

static void compare(const char *name, const char *value, void *context)
{
    (void)value;
    struct sought *sought = context;
    sought->found |= strcmp(name, sought->name) == 0;
}

static bool is_option(const char *name)
{
    struct sought sought = {.name = name};
    each_option(compare, &sought);
    for (size_t i = 0; former_names[i]; i++)
        compare(former_names[i], NULL, &sought);
    return sought.found;
}

/* "MIMALLOC_PURGE_DELAY=0": "purge_delay" and "0". */
static bool read_variable(const char *variable, char name[NAME_MAX_BYTES],
                          char value[NAME_MAX_BYTES])
{
    if (sscanf(variable, "MIMALLOC_%63[^=]=%63[^\n]", name, value) != 2)
        return false;
    for (char *c = name; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return true;
}

void mimalloc_options(allocator_option_fn *emit, void *context)
{
    const char *state = names_are_known() ? "no option of this version" : "not verified";
    char name[NAME_MAX_BYTES];
    char asked[NAME_MAX_BYTES];
    char value[VALUE_MAX_BYTES];
    each_option(emit, context);
    for (char **variable = environ; *variable; variable++) {
        if (!read_variable(*variable, name, asked) || is_option(name))
            continue;
        (void)snprintf(value, sizeof value, "%s (asked for; %s)", asked, state);
        emit(name, value, context);
    }
}

int mimalloc_check_settings(char *out_why, size_t size)
{
    char name[NAME_MAX_BYTES];
    char value[NAME_MAX_BYTES];
    const char *unknown = NULL;
    for (char **variable = environ; names_are_known() && *variable; variable++) {
        if (!read_variable(*variable, name, value))
            continue;
        if (is_option(name))
            return 0;
        unknown = *variable;
    }
    if (!unknown)
        return 0;
    (void)snprintf(out_why, size,
                   "%.*s is no option of this version of mimalloc, which would ignore it in "
                   "silence; MIMALLOC_VERBOSE=1 prints the names that it has",
                   (int)strcspn(unknown, "="), unknown);
    return -EINVAL;
}
