#include "mtrace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "saturate.h"

/* A block that is live at this point of the trace. */
struct block {
    uint64_t address;
    int64_t bytes;
    struct mtrace_caller *caller;
    UT_hash_handle hh;
};

struct blocks {
    struct block *by_address;
};

static void blocks_release(struct blocks *blocks)
{
    struct block *block;
    struct block *next;
    HASH_ITER(hh, blocks->by_address, block, next)
    {
        HASH_DEL(blocks->by_address, block);
        free(block);
    }
}
DEFINE_AUTO(blocks, blocks_release)

static struct mtrace_caller *caller_at(struct mtrace *trace, const char *place)
{
    struct mtrace_caller *caller = NULL;
    HASH_FIND_STR(trace->callers, place, caller);
    if (caller)
        return caller;
    caller = calloc(1, sizeof *caller);
    if (!caller || !(caller->place = strdup(place)))
        abort();
    HASH_ADD_KEYPTR(hh, trace->callers, caller->place, strlen(caller->place), caller);
    return caller;
}

static void gone(struct blocks *blocks, uint64_t address)
{
    struct block *block = NULL;
    HASH_FIND(hh, blocks->by_address, &address, sizeof address, block);
    if (!block)
        return; /* older than the trace */
    block->caller->left.bytes = saturate_subtract(block->caller->left.bytes, block->bytes);
    block->caller->left.blocks--;
    HASH_DEL(blocks->by_address, block);
    free(block);
}

static void made(struct blocks *blocks, struct mtrace_caller *caller, uint64_t address,
                 int64_t bytes)
{
    gone(blocks, address);
    struct block *block = calloc(1, sizeof *block);
    if (!block)
        abort();
    *block = (struct block){.address = address, .bytes = bytes, .caller = caller};
    HASH_ADD(hh, blocks->by_address, address, sizeof block->address, block);
    caller->left.bytes = saturate_add(caller->left.bytes, bytes);
    caller->left.blocks++;
    caller->made.bytes = saturate_add(caller->made.bytes, bytes);
    caller->made.blocks++;
}

/* One line; false: not a line of a trace. */
static bool follow(struct mtrace *trace, struct blocks *blocks, char *line)
{
    uint64_t address = 0;
    uint64_t bytes = 0;
    const char *place = "";
    char *rest = line;
    if (strncmp(line, "@ ", 2) == 0) { /* the place may hold spaces: what follows it does not */
        char *end = strrchr(line, ']');
        if (!end)
            return false;
        place = line + 2;
        rest = end + 1;
    }
    struct line call = line_first(rest);
    struct line failed = call;
    if (!call.text || (line_take(&failed, " !")))
        return call.text;
    bool frees = line_take(&call, " -") || line_take(&call, " <");
    bool makes = !frees && (line_take(&call, " +") || line_take(&call, " >"));
    if (!line_take(&call, " ") || !line_take_hex(&call, &address))
        return false;
    if (frees) {
        gone(blocks, address);
        return true;
    }
    if (!makes || !line_take(&call, " ") || !line_take_hex(&call, &bytes) || bytes > INT64_MAX)
        return false;
    *rest = '\0';
    made(blocks, caller_at(trace, place), address, (int64_t)bytes);
    return true;
}

int mtrace_follow(FILE *in, struct mtrace *out, struct err *err)
{
    AUTO(blocks) struct blocks blocks = {.by_address = NULL};
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    for (ssize_t length; (length = getline(&line, &size, in)) >= 0;) {
        bool whole = line[length - 1] == '\n';
        if (out->lines++ == 0 && strncmp(line, "= Start", 7) != 0)
            return err_set(err, -EPROTO, "no trace of mtrace: it does not begin with '= Start'");
        out->ended = strncmp(line, "= End", 5) == 0;
        if (*line != '=' && whole && !follow(out, &blocks, line))
            return err_set(err, -EPROTO, "line %zu of the trace is no line of mtrace", out->lines);
    }
    return out->lines > 0 ? 0 : err_set(err, -EPROTO, "the trace of mtrace is empty");
}

void mtrace_release(struct mtrace *trace)
{
    struct mtrace_caller *caller;
    struct mtrace_caller *next;
    HASH_ITER(hh, trace->callers, caller, next)
    {
        HASH_DEL(trace->callers, caller);
        free(caller->place);
        free(caller);
    }
}
