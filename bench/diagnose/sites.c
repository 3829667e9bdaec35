#include "sites.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "grow.h"
#include "saturate.h"
#include "text.h"

static size_t site_frame(const struct stacks *stacks, const struct stack *stack);
static void describe(const struct stacks *stacks, const struct stack *stack, struct site *out);
static struct site *find_or_add(struct sites *sites, const struct site *site);
static bool is_plumbing(const struct frame *frame);

void sites_build(const struct stacks *stacks, struct sites *out)
{
    struct sites sites = {.count = 0};
    for (size_t i = 0; i < stacks->count; i++) {
        const struct stack *stack = &stacks->list[i];
        struct site described;
        describe(stacks, stack, &described);
        struct amount *sum = &find_or_add(&sites, &described)->amount[stack->moment];
        sum->bytes = saturate_add(sum->bytes, stack->amount.bytes);
        if (stack->amount.blocks == AMOUNT_NA || sum->blocks == AMOUNT_NA)
            sum->blocks = AMOUNT_NA;
        else
            sum->blocks = saturate_add(sum->blocks, stack->amount.blocks);
    }
    *out = sites;
}

static int compare(const void *a, const void *b, void *context)
{
    enum moment moment = *(const enum moment *)context;
    const struct site *left = a;
    const struct site *right = b;
    int64_t l = left->amount[moment].bytes;
    int64_t r = right->amount[moment].bytes;
    return l != r ? (l < r ? 1 : -1) : strcmp(left->where, right->where);
}

void sites_sort(struct sites *sites, enum moment moment)
{
    if (sites->count > 1)
        qsort_r(sites->list, sites->count, sizeof *sites->list, compare, &moment);
}

bool site_lacks_symbols(const struct site *site)
{
    return site->frame.object && !site->frame.function && !is_plumbing(&site->frame);
}

void sites_release(struct sites *sites)
{
    free(sites->list);
    *sites = (struct sites){.count = 0};
}

/* Leaves out what stands in <> and (), and what follows the parameters. */
const char *site_short_name(const char *function, char *out, size_t size)
{
    size_t used = 0;
    int depth = 0;
    for (const char *at = function; *at && used + 1 < size; at++) {
        bool in_operator = used >= 8 && strncmp(out + used - 8, "operator", 8) == 0;
        if (*at == '<' && !in_operator)
            depth++;
        else if (*at == '>' && depth > 0)
            depth--;
        else if (*at == '(' && depth == 0 && strncmp(at, "(anonymous namespace)", 21) != 0)
            break;
        else if (depth == 0)
            out[used++] = *at;
    }
    out[used] = '\0';
    return out;
}

static void name_frame(const struct frame *frame, char *out, size_t size)
{
    if (frame->function)
        (void)site_short_name(frame->function, out, size);
    else if (frame->object)
        (void)snprintf(out, size, "%s at 0x%" PRIx64, basename(frame->object), frame->address);
    else
        (void)snprintf(out, size, "a call without a name");
}

static void describe(const struct stacks *stacks, const struct stack *stack, struct site *out)
{
    enum { CALLERS = 3 };
    *out = (struct site){.where = "unknown"};
    if (stack->count == 0)
        return;
    const struct frame *frames = stacks->frames + stack->first;
    size_t at = site_frame(stacks, stack);
    out->frame = frames[at];
    name_frame(&out->frame, out->where, sizeof out->where);
    if (out->frame.file && out->frame.line > 0)
        (void)snprintf(out->source, sizeof out->source, "%s:%" PRId64, basename(out->frame.file),
                       out->frame.line);
    size_t used = 0;
    char before[SITE_TEXT_MAX];
    (void)text_copy(before, sizeof before, out->where);
    int callers = 0;
    for (size_t i = at + 1; i < stack->count && callers < CALLERS; i++) {
        char name[SITE_TEXT_MAX];
        name_frame(&frames[i], name, sizeof name);
        if (!frames[i].function || is_plumbing(&frames[i]) || strcmp(name, before) == 0)
            continue;
        (void)text_copy(before, sizeof before, name);
        callers++;
        if (used + strlen(name) + 4 < sizeof out->via)
            used += (size_t)snprintf(out->via + used, sizeof out->via - used, "%s%s",
                                     used ? " < " : "", name);
    }
}

static struct site *find_or_add(struct sites *sites, const struct site *site)
{
    for (size_t i = 0; i < sites->count; i++) {
        struct site *known = &sites->list[i];
        if (strcmp(known->where, site->where) == 0 && strcmp(known->source, site->source) == 0 &&
            strcmp(known->via, site->via) == 0)
            return known;
    }
    sites->list = grow(sites->list, sites->count, sizeof *sites->list);
    sites->list[sites->count] = *site;
    return &sites->list[sites->count++];
}

/* The first call that is not plumbing; the last one where all are. */
static size_t site_frame(const struct stacks *stacks, const struct stack *stack)
{
    size_t at = 0;
    while (at + 1 < stack->count && is_plumbing(&stacks->frames[stack->first + at]))
        at++;
    return at;
}

/* Names that allocate for somebody else; a trailing '*' stands for anything. */
static const char *const plumbing[] = {
    "malloc",       "calloc",        "realloc",        "reallocarray",
    "memalign",     "aligned_alloc", "posix_memalign", "valloc",
    "free",         "strdup",        "strndup",        "__strdup",
    "__libc_*",     "operator new*", "std::*",         "__gnu_cxx::*",
    "void* std::*", "tc_*",          "do_malloc*",     "do_memalign*",
    "mi_*",         "je_*",          "prof_*",         "imalloc*",
    "ialloc*",      "tcmalloc::*",   "MallocHook*",    "__interceptor_*",
    "__lsan*",      "__sanitizer*",  "_Zn*",           "heaptrack_*",
    NULL,
};

/* Objects all of whose functions do so. */
static const char *const plumbing_objects[] = {
    "vgpreload_", "libjemalloc",  "libtcmalloc", "libmimalloc",       "libasan",
    "liblsan",    "libheaptrack", "libstdc++",   "libc_malloc_debug", NULL,
};

static bool is_plumbing(const struct frame *frame)
{
    for (size_t i = 0; frame->object && plumbing_objects[i]; i++)
        if (strncmp(basename(frame->object), plumbing_objects[i], strlen(plumbing_objects[i])) == 0)
            return true;
    if (!frame->function)
        return false;
    char name[SITE_TEXT_MAX];
    (void)site_short_name(frame->function, name, sizeof name);
    for (size_t i = 0; plumbing[i]; i++) {
        size_t length = strlen(plumbing[i]);
        bool prefix = plumbing[i][length - 1] == '*';
        if (prefix ? strncmp(name, plumbing[i], length - 1) == 0 : strcmp(name, plumbing[i]) == 0)
            return true;
    }
    return false;
}
