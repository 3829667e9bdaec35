#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "line.h"
#include "read.h"

/* "12,345" as 12345; *text moves behind it. */
static int64_t grouped(const char **text)
{
    int64_t value = 0;
    for (; isdigit((unsigned char)**text) || **text == ','; ++*text)
        if (**text != ',')
            value = 10 * value + (**text - '0');
    return value;
}

/* "0x48417B4: malloc (in /usr/x.so)", "0x10BE14: on_joined (peer.c:373)", "… ??? (in …)". */
static bool add_frame(const char *text, size_t length, struct stacks *out)
{
    struct frame frame = {.function = NULL};
    const char *end = text + length;
    const char *name = memmem(text, length, ": ", 2);
    const char *place = memrchr(text, '(', length);
    if (!name || sscanf(text, "0x%" SCNx64, &frame.address) != 1)
        return false;
    name += 2;
    if (!place || place < name || end[-1] != ')')
        place = end;
    size_t name_length = (size_t)(place - name);
    while (name_length > 0 && name[name_length - 1] == ' ')
        name_length--;
    if (name_length > 0 && strncmp(name, "???", 3) != 0)
        frame.function = stacks_text(out, name, name_length);
    if (place < end && strncmp(place, "(in ", 4) == 0) {
        frame.object = stacks_text(out, place + 4, (size_t)(end - 1 - place - 4));
    } else if (place < end) {
        const char *colon = memrchr(place, ':', (size_t)(end - place));
        if (colon) {
            frame.file = stacks_text(out, place + 1, (size_t)(colon - place - 1));
            frame.line = strtoll(colon + 1, NULL, 10);
        }
    }
    stacks_frame(out, &frame);
    return true;
}

/* "35,610 (80 direct, 35,530 indirect) bytes in 2 blocks are still reachable in loss record 3 of
 * 9". Indirect bytes have records of their own. */
static bool loss_record(const char *text, struct amount *out, bool *out_reachable)
{
    const char *at = text;
    if (!isdigit((unsigned char)*at))
        return false;
    struct amount amount = {.bytes = grouped(&at)};
    if (strncmp(at, " (", 2) == 0) {
        at += 2;
        amount.bytes = grouped(&at);
        at = strchr(at, ')');
        if (!at)
            return false;
        at++;
    }
    if (strncmp(at, " bytes in ", 10) != 0)
        return false;
    at += 10;
    amount.blocks = grouped(&at);
    static const char are[] = " blocks are ";
    if (strncmp(at, are, sizeof are - 1) != 0 || !strstr(at, " in loss record "))
        return false;
    *out_reachable = strncmp(at + sizeof are - 1, "still reachable", 15) == 0;
    *out = amount;
    return true;
}

int read_memcheck(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    bool in_record = false;
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        struct amount amount;
        bool reachable = false;
        char copy[512];
        const char *body = line_find(&line, "== ");
        if (!line_starts(&line, "==") || !body)
            continue;
        body += 3;
        size_t length = line.length - (size_t)(body - line.text);
        (void)snprintf(copy, sizeof copy, "%.*s", (int)length, body);
        if (strncmp(copy, "LEAK SUMMARY:", 13) == 0 || strstr(copy, "no leaks are possible"))
            return 0;
        if (loss_record(copy, &amount, &reachable)) {
            stacks_begin(out, moment, amount);
            in_record = true;
        } else if (in_record && (strncmp(copy, "   at ", 6) == 0 || !strncmp(copy, "   by ", 6))) {
            (void)add_frame(body + 6, length - 6, out);
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
    size_t length = strcspn(call->text, ":");
    return length < caller->length && strncmp(call->text, caller->text, length + 1) == 0;
}

static void massif_stack(const struct tree *tree, int depth, int64_t bytes, struct stacks *out)
{
    stacks_begin(out, MOMENT_LIVE, (struct amount){.bytes = bytes, .blocks = AMOUNT_NA});
    for (int i = 1; i <= depth; i++)
        if (i == depth || !is_inlined(&tree->path[i], &tree->path[i + 1]))
            (void)add_frame(tree->path[i].text, tree->path[i].length, out);
}

/* Adds the leaves of the tree that begins at `line`; returns false when it is cut off. */
static bool massif_tree(struct line line, struct stacks *out)
{
    struct tree tree = {0};
    int64_t expected = 1; /* nodes still to come: the root, then the children announced */
    int before = -1;      /* depth of the line before */
    for (; line.text && expected > 0; line = line_next(&line), expected--) {
        int depth = 0;
        int64_t children = 0;
        int64_t bytes = 0;
        int used = 0;
        while (line.text[depth] == ' ')
            depth++;
        if (sscanf(line.text + depth, "n%" SCNd64 ": %" SCNd64 " %n", &children, &bytes, &used) !=
                2 ||
            used == 0 || (size_t)depth + (size_t)used > line.length || depth > before + 1 ||
            depth >= MASSIF_DEPTH)
            return false;
        before = depth;
        tree.path[depth] =
            (struct line){line.text + depth + used, line.length - (size_t)depth - (size_t)used};
        expected += children;
        if (children == 0 && depth > 0)
            massif_stack(&tree, depth, bytes, out);
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

static const char *callgrind_name(const char *text, size_t length, struct names *names,
                                  struct stacks *out)
{
    unsigned id = 0;
    int used = 0;
    if (sscanf(text, "(%u)%n", &id, &used) != 1 || id >= ARRAY_LENGTH(names->name))
        return NULL;
    if (length > (size_t)used + 1)
        names->name[id] = stacks_text(out, text + used + 1, length - (size_t)used - 1);
    return names->name[id];
}

/*
 * One paragraph is one stack, from the root on; the last line of it has the cost of the stack:
 *     fl=(1) peer.c          file
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

static void xtree_cost(struct xtree *xtree, const char *text, enum moment moment,
                       struct stacks *out)
{
    int64_t number = 0;
    struct amount now = {0};
    struct amount total = {0};
    int read = sscanf(text, "%" SCNd64 "%*1[ ]%" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64,
                      &number, &now.bytes, &now.blocks, &total.bytes, &total.blocks);
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
    const char *text = line->text;
    if (line->length == 0) {
        xtree->depth = 0;
    } else if (line_starts(line, "fl=")) {
        xtree->file = callgrind_name(text + 3, line->length - 3, &xtree->files, out);
    } else if (line_starts(line, "fn=") && xtree->depth < MASSIF_DEPTH) {
        struct frame frame = {
            .function = callgrind_name(text + 3, line->length - 3, &xtree->functions, out)};
        if (frame.function && strncmp(frame.function, unknown, sizeof unknown - 1) == 0)
            frame.function = NULL;
        if (frame.function)
            frame.file = xtree->file;
        xtree->path[xtree->depth++] = frame;
    } else if (line_starts(line, "cfi=") || line_starts(line, "cfl=")) {
        (void)callgrind_name(text + 4, line->length - 4, &xtree->files, out);
    } else if (line_starts(line, "cfn=")) {
        (void)callgrind_name(text + 4, line->length - 4, &xtree->functions, out);
    } else if (line_starts(line, "calls=")) {
        xtree->call = true;
    } else if (isdigit((unsigned char)*text)) {
        xtree_cost(xtree, text, moment, out);
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
