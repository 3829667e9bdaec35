#include <ctype.h>
#include <errno.h>

#include "line.h"
#include "read.h"
#include "saturate.h"

/* "12,345" as 12345. */
static bool take_grouped(struct line *line, int64_t *out)
{
    int64_t value = 0;
    int64_t group = 0;
    if (!line_take_count(line, &value))
        return false;
    for (struct line rest = *line; line_take(&rest, ",") && line_take_count(&rest, &group);
         *line = rest)
        value = saturate_add(saturate_multiply(value, 1000), group);
    *out = value;
    return true;
}

/* "0x48417B4: malloc (in /usr/x.so)", "0x10BE14: on_joined (a.c:373)", "… ??? (in …)". */
static bool add_frame(struct line call, struct stacks *out)
{
    struct frame frame = {.function = NULL};
    if (!line_starts(&call, "0x") || !line_take_hex(&call, &frame.address) ||
        !line_take_past(&call, ": "))
        return false;
    const char *end = call.text + call.length;
    const char *place = memrchr(call.text, '(', call.length);
    if (!place || end[-1] != ')')
        place = end;
    struct line name = line_until(&call, place);
    struct line where = line_from(&call, place);
    while (name.length > 0 && name.text[name.length - 1] == ' ')
        name.length--;
    if (name.length > 0 && !line_starts(&name, "???"))
        frame.function = stacks_text(out, name.text, name.length);
    where.length -= where.length > 0; /* the bracket */
    if (line_take(&where, "(in ")) {
        frame.object = stacks_text(out, where.text, where.length);
    } else if (where.length > 0) {
        const char *colon = memrchr(where.text, ':', where.length);
        struct line number = line_from(&where, colon ? colon + 1 : end - 1);
        if (line_take_count(&number, &frame.line))
            frame.file = stacks_text(out, where.text + 1, (size_t)(colon - where.text - 1));
    }
    stacks_frame(out, &frame);
    return true;
}

/* "35,610 (80 direct, 35,530 indirect) bytes in 2 blocks are still reachable in loss record 3 of
 * 9". Indirect bytes have records of their own. */
static bool loss_record(struct line rest, struct amount *out, bool *out_reachable)
{
    struct amount amount;
    if (!take_grouped(&rest, &amount.bytes))
        return false;
    if (line_take(&rest, " (") &&
        !(take_grouped(&rest, &amount.bytes) && line_take_past(&rest, ")")))
        return false;
    if (!line_take(&rest, " bytes in ") || !take_grouped(&rest, &amount.blocks) ||
        !line_take(&rest, " blocks are ") || !line_find(&rest, " in loss record "))
        return false;
    *out_reachable = line_starts(&rest, "still reachable");
    *out = amount;
    return true;
}

int read_memcheck(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    bool in_record = false;
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        struct amount amount;
        bool reachable = false;
        struct line body = line;
        if (!line_take(&body, "==") || !line_take_past(&body, "== "))
            continue;
        if (line_starts(&body, "LEAK SUMMARY:") || line_find(&body, "no leaks are possible"))
            return 0;
        if (loss_record(body, &amount, &reachable)) {
            stacks_begin(out, moment, amount);
            out->list[out->count - 1].reachable = reachable;
            in_record = true;
        } else if (in_record && (line_take(&body, "   at ") || line_take(&body, "   by "))) {
            (void)add_frame(body, out);
        } else {
            in_record = false;
        }
    }
    return err_set(err, -EPROTO,
                   "memcheck did not come to the end of its leak check: no 'LEAK SUMMARY'");
}

/*
 * A heap tree:  n2: 80000 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.
 *                n1: 72704 0x49C6A1C: ??? (in /usr/lib/libstdc++.so.6)
 *                 n0: 72704 0x400536D: call_init.part.0 (dl-init.c:70)
 *                n0: 7296 in 3 places, all below massif's threshold (1.00%)
 * A line's indent is its depth. A leaf is a stack: the frames from the root to it. An inlined call
 * has a line of its own, with the address of its caller's.
 */
enum { MASSIF_DEPTH = 128 };

struct tree {
    struct line path[MASSIF_DEPTH];
};

static bool is_inlined(const struct line *call, const struct line *caller)
{
    const char *colon = line_find(call, ":");
    size_t length = colon ? (size_t)(colon - call->text) + 1 : 0;
    return length > 0 && length <= caller->length && memcmp(call->text, caller->text, length) == 0;
}

static void massif_stack(const struct tree *tree, int depth, int64_t bytes, struct stacks *out)
{
    stacks_begin(out, MOMENT_LIVE, (struct amount){.bytes = bytes, .blocks = AMOUNT_NA});
    for (int i = 1; i <= depth; i++)
        if (i == depth || !is_inlined(&tree->path[i], &tree->path[i + 1]))
            (void)add_frame(tree->path[i], out);
}

/* Adds the leaves of the tree that begins at `line`; returns false when it is cut off. */
static bool massif_tree(struct line line, struct stacks *out)
{
    struct tree tree = {0};
    int64_t expected = 1; /* nodes still to come: the root, then the children announced */
    int before = -1;      /* depth of the line before */
    for (; line.text && expected > 0; line = line_next(&line), expected--) {
        struct line rest = line;
        int64_t children = 0;
        int64_t bytes = 0;
        (void)line_take(&rest, " ");
        ptrdiff_t depth = rest.text - line.text;
        if (depth > before + 1 || depth >= MASSIF_DEPTH || !line_take(&rest, "n") ||
            !line_take_count(&rest, &children) || !line_take(&rest, ": ") ||
            !line_take_count(&rest, &bytes) || !line_take(&rest, " ") || rest.length == 0)
            return false;
        before = (int)depth;
        tree.path[depth] = rest;
        expected = saturate_add(expected, children);
        if (children == 0 && depth > 0)
            massif_stack(&tree, before, bytes, out);
    }
    return expected == 0;
}

/* Is it the same chain of calls, as far as both tell? The tree leaves out the function that
 * allocates. */
static bool same_calls(const struct frame *frames, size_t count, const struct frame *tree,
                       size_t tree_count)
{
    if (count != tree_count && count != tree_count + 1)
        return false;
    for (size_t i = 0; i < tree_count; i++) {
        const char *name = frames[count - tree_count + i].function;
        if (!name != !tree[i].function || (name && strcmp(name, tree[i].function) != 0))
            return false;
    }
    return true;
}

/* Objects and addresses for the calls of a stack that have no name, from one of the tree that
 * matches it in all that is known. */
static void place_calls(const struct stack *stack, struct stacks *tree, struct stacks *out)
{
    struct frame *frames = out->frames + stack->first;
    for (size_t i = 0; i < tree->count; i++) {
        struct stack *match = &tree->list[i];
        const struct frame *places = tree->frames + match->first;
        if (match->amount.bytes != stack->amount.bytes ||
            !same_calls(frames, stack->count, places, match->count))
            continue;
        frames += stack->count - match->count;
        for (size_t j = 0; j < match->count; j++) {
            if (frames[j].function || !places[j].object)
                continue;
            frames[j].address = places[j].address;
            frames[j].object = stacks_text(out, places[j].object, strlen(places[j].object));
        }
        match->amount.bytes = AMOUNT_NA; /* no second time */
        return;
    }
}

int read_massif(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    struct line root = {.text = NULL};
    bool massif = false;
    AUTO(stacks) struct stacks tree = {.count = 0};
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        massif = massif || line_starts(&line, "snapshot=");
        if (line_starts(&line, "heap_tree=detailed") || line_starts(&line, "heap_tree=peak"))
            root = line_next(&line);
    }
    if (!massif)
        return err_set(err, -EPROTO, "no output of massif: it holds no snapshot");
    if (root.text && !massif_tree(root, &tree))
        return err_set(err, -EPROTO, "massif's heap tree is cut off");
    for (size_t i = 0; i < out->count; i++)
        if (out->list[i].moment == moment)
            place_calls(&out->list[i], &tree, out);
    return 0;
}

/* "(12) name" defines 12, "(12)" repeats it. */
struct names {
    const char *name[65536];
};

static const char *callgrind_name(struct line rest, struct names *names, struct stacks *out)
{
    int64_t id = 0;
    if (!line_take(&rest, "(") || !line_take_count(&rest, &id) || !line_take(&rest, ")") ||
        id >= (int64_t)ARRAY_LENGTH(names->name))
        return NULL;
    if (line_take(&rest, " ") && rest.length > 0)
        names->name[id] = stacks_text(out, rest.text, rest.length);
    return names->name[id];
}

/*
 * One paragraph is one stack, from the root on; the last line of it has the cost of the stack:
 *     fl=(1) a.c             file
 *     fn=(4) main            function
 *     211                    line
 *     cfi=(1)                what it calls next, with the same cost:
 *     cfn=(5) lose             not needed
 *     calls=0 504
 *     211 64 1 128 2 64 1
 *     fl=(1)
 *     fn=(5)
 *     504 64 1 128 2 64 1    line, bytes and blocks now, in all, and freed
 */
struct xtree {
    struct names files, functions;
    const char *file; /* of the function that comes next */
    struct frame path[MASSIF_DEPTH];
    size_t depth;
    bool call; /* the next cost is that of the call */
};

static void xtree_stack(const struct xtree *xtree, enum moment moment, struct amount amount,
                        struct stacks *out)
{
    if (amount.blocks <= 0)
        return;
    stacks_begin(out, moment, amount);
    for (size_t i = xtree->depth; i-- > 0;)
        stacks_frame(out, &xtree->path[i]);
}

static void xtree_cost(struct xtree *xtree, struct line rest, enum moment moment,
                       struct stacks *out)
{
    int64_t number = 0;
    struct amount now = {0};
    struct amount total = {0};
    int64_t *const figures[] = {&number, &now.bytes, &now.blocks, &total.bytes, &total.blocks};
    size_t read = 0;
    while (read < ARRAY_LENGTH(figures) && line_take_count(&rest, figures[read]) && ++read)
        (void)line_take(&rest, " ");
    if (xtree->call || xtree->depth == 0) {
        xtree->call = false;
        return;
    }
    xtree->path[xtree->depth - 1].line = number;
    if (read != 5)
        return;
    xtree_stack(xtree, moment, now, out);
    if (moment == MOMENT_LOST)
        xtree_stack(xtree, MOMENT_TOTAL, total, out);
}

static void xtree_line(struct xtree *xtree, const struct line *line, enum moment moment,
                       struct stacks *out)
{
    static const char unknown[] = "Unknown";
    struct line rest = *line;
    if (line->length == 0) {
        xtree->depth = 0;
    } else if (line_take(&rest, "fl=")) {
        xtree->file = callgrind_name(rest, &xtree->files, out);
    } else if (xtree->depth < MASSIF_DEPTH && line_take(&rest, "fn=")) {
        struct frame frame = {.function = callgrind_name(rest, &xtree->functions, out)};
        if (frame.function && strncmp(frame.function, unknown, sizeof unknown - 1) == 0)
            frame.function = NULL;
        if (frame.function)
            frame.file = xtree->file;
        xtree->path[xtree->depth++] = frame;
    } else if (line_take(&rest, "cfi=") || line_take(&rest, "cfl=")) {
        (void)callgrind_name(rest, &xtree->files, out);
    } else if (line_take(&rest, "cfn=")) {
        (void)callgrind_name(rest, &xtree->functions, out);
    } else if (line_starts(line, "calls=")) {
        xtree->call = true;
    } else if (isdigit((unsigned char)*line->text)) {
        xtree_cost(xtree, rest, moment, out);
    }
}

int read_xtree(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    AUTO_FREE struct xtree *xtree = calloc(1, sizeof *xtree);
    if (!xtree)
        return err_set(err, -ENOMEM, "out of memory");
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        if (line_starts(&line, "totals:"))
            return 0;
        xtree_line(xtree, &line, moment, out);
    }
    return err_set(err, -EPROTO, "the xtree report is cut off: no 'totals'");
}
