#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pass_profile.h"
#include "saturate.h"

/* "main<00000000000011ca>" without the address, "f@@GLIBCXX_3.4" without the version. */
static void trim_frame(char *frame)
{
    size_t length = strlen(frame);
    char *address = strrchr(frame, '<');
    if (address && length > 0 && frame[length - 1] == '>' &&
        strspn(address + 1, "0123456789abcdefABCDEF") == strlen(address) - 2)
        *address = '\0';
    char *version = strstr(frame, "@@");
    if (version)
        *version = '\0';
}

/* A line is "frames value"; frames may hold spaces. */
void pass_stacks_read(FILE *in, struct pass_stacks *out)
{
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    *out = (struct pass_stacks){.count = 0};
    while (getline(&line, &size, in) >= 0) {
        char *space = strrchr(line, ' ');
        char *end = NULL;
        long long value = space ? strtoll(space + 1, &end, 10) : 0;
        if (!space || end == space + 1 || (*end != '\n' && *end != '\0') || space == line)
            continue;
        *space = '\0';
        struct pass_stack *stacks = reallocarray(out->stacks, out->count + 1, sizeof *out->stacks);
        if (!stacks)
            abort();
        out->stacks = stacks;
        stacks[out->count++] = (struct pass_stack){.frames = strdup(line), .value = value};
    }
}

void pass_stacks_release(struct pass_stacks *stacks)
{
    for (size_t i = 0; i < stacks->count; i++)
        free(stacks->stacks[i].frames);
    free(stacks->stacks);
    *stacks = (struct pass_stacks){.count = 0};
}

/* Viewers leave out the allocator's own frames, but do not know those of a stripped library. */
static bool is_allocator(const char *function)
{
    static const char *const family[] = {"malloc",
                                         "calloc",
                                         "realloc",
                                         "posix_memalign",
                                         "aligned_alloc",
                                         "memalign",
                                         "malloc_usable_size",
                                         NULL};
    for (const char *const *name = family; *name; name++)
        if (strcmp(function, *name) == 0)
            return true;
    return strncmp(function, "operator new", strlen("operator new")) == 0;
}

/* The caller frees. */
static char *innermost(const char *frames)
{
    AUTO_FREE char *rest = strdup(frames);
    for (;;) {
        char *last = strrchr(rest, ';');
        char *frame = last ? last + 1 : rest;
        trim_frame(frame);
        if (!last || !is_allocator(frame))
            return strdup(frame);
        *last = '\0';
    }
}

static struct pass_site *site_of(struct pass *pass, const char *frames)
{
    char *function = innermost(frames);
    struct pass_site *sites = reallocarray(pass->sites, pass->site_count + 1, sizeof *pass->sites);
    if (!function || !sites)
        abort();
    pass->sites = sites;
    for (size_t i = 0; i < pass->site_count; i++)
        if (strcmp(sites[i].function, function) == 0) {
            free(function);
            return &sites[i];
        }
    sites[pass->site_count] = (struct pass_site){.function = function};
    return &sites[pass->site_count++];
}

static int larger_first(const void *a, const void *b)
{
    const struct pass_site *one = a;
    const struct pass_site *other = b;
    return (one->bytes < other->bytes) - (one->bytes > other->bytes);
}

static void add(int64_t *sum, int64_t value)
{
    *sum = saturate_add(*sum, value);
}

void pass_sites_build(const struct pass_stacks *bytes, const struct pass_stacks *blocks,
                      struct pass *pass)
{
    for (size_t i = 0; i < bytes->count; i++)
        add(&site_of(pass, bytes->stacks[i].frames)->bytes, bytes->stacks[i].value);
    for (size_t i = 0; i < blocks->count; i++)
        add(&site_of(pass, blocks->stacks[i].frames)->blocks, blocks->stacks[i].value);
    if (pass->site_count > 0)
        qsort(pass->sites, pass->site_count, sizeof *pass->sites, larger_first);
    while (pass->site_count > 0 &&
           (pass->site_count > PASS_SITES_MAX || pass->sites[pass->site_count - 1].bytes <= 0))
        free(pass->sites[--pass->site_count].function);
}
