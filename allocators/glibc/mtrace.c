#include "mtrace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/* Blocks that are live at this point of the trace: open addressing, at most half full. */
struct blocks {
    struct block {
        uint64_t address; /* 0: free */
        uint64_t bytes;
    } * slots;
    size_t capacity; /* a power of two */
    size_t count;
};

static void blocks_release(struct blocks *blocks)
{
    free(blocks->slots);
}
DEFINE_AUTO(blocks, blocks_release)

/* The slot of `address`, or the free one where it belongs. Fibonacci hashing (Knuth 6.4). */
static struct block *find(const struct blocks *blocks, uint64_t address)
{
    size_t mask = blocks->capacity - 1;
    size_t at = (size_t)(address * UINT64_C(0x9e3779b97f4a7c15) >> 20) & mask;
    while (blocks->slots[at].address != 0 && blocks->slots[at].address != address)
        at = (at + 1) & mask;
    return &blocks->slots[at];
}

static int grow(struct blocks *blocks)
{
    enum { FIRST = 4096 };
    struct blocks larger = {.capacity = blocks->capacity ? 2 * blocks->capacity : FIRST};
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return -ENOMEM;
    for (size_t i = 0; i < blocks->capacity; i++)
        if (blocks->slots[i].address != 0)
            *find(&larger, blocks->slots[i].address) = blocks->slots[i];
    larger.count = blocks->count;
    free(blocks->slots);
    *blocks = larger;
    return 0;
}

static int add(struct blocks *blocks, uint64_t address, uint64_t bytes)
{
    if (2 * blocks->count >= blocks->capacity && grow(blocks) < 0)
        return -ENOMEM;
    struct block *slot = find(blocks, address);
    blocks->count += slot->address == 0;
    *slot = (struct block){.address = address, .bytes = bytes};
    return 0;
}

/* Slots behind the freed one move up, so that no search ends too early (Knuth 6.4, algorithm R). */
static void take_out(struct blocks *blocks, uint64_t address)
{
    struct block *slot = blocks->capacity ? find(blocks, address) : NULL;
    if (!slot || slot->address == 0)
        return;
    size_t mask = blocks->capacity - 1;
    size_t at = (size_t)(slot - blocks->slots);
    slot->address = 0;
    blocks->count--;
    for (at = (at + 1) & mask; blocks->slots[at].address != 0; at = (at + 1) & mask) {
        struct block moved = blocks->slots[at];
        blocks->slots[at].address = 0;
        *find(blocks, moved.address) = moved;
    }
}

/* One line after "@ caller"; false: not a line of a trace. */
static bool follow(struct blocks *blocks, const char *line, int *out_code)
{
    char operation = '\0';
    uint64_t address = 0;
    uint64_t bytes = 0;
    const char *rest = line;
    if (line[0] == '@') { /* the caller may hold spaces: what follows it does not */
        const char *at = strrchr(line, ']');
        if (!at)
            at = strchr(line + 2, ' ');
        rest = at ? at + 1 : line;
    }
    int read = sscanf(rest, " %c %" SCNx64 " %" SCNx64, &operation, &address, &bytes);
    if (read < 2)
        return false;
    if (operation == '+' || operation == '>')
        *out_code = read == 3 ? add(blocks, address, bytes) : -EPROTO;
    else if (operation == '-' || operation == '<')
        take_out(blocks, address);
    else if (operation != '!')
        return false;
    return *out_code != -EPROTO;
}

int mtrace_read(FILE *in, struct allocator_leak *out, struct err *err)
{
    AUTO(blocks) struct blocks blocks = {.count = 0};
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    size_t number = 0;
    bool started = false;
    bool ended = false;
    int code = 0;
    while (code == 0 && getline(&line, &size, in) >= 0) {
        number++;
        if (strncmp(line, "= Start", 7) == 0)
            started = true;
        else if (strncmp(line, "= End", 5) == 0)
            ended = true;
        else if (!follow(&blocks, line, &code))
            return err_set(err, -EPROTO, "line %zu of the trace is no line of mtrace", number);
    }
    if (code < 0)
        return err_set(err, code, "no memory for the blocks of the trace");
    if (!started || !ended)
        return err_set(err, -EPROTO, "the trace of mtrace is cut off after %zu lines", number);
    struct allocator_leak left = {.blocks = (int64_t)blocks.count};
    for (size_t i = 0; i < blocks.capacity; i++)
        if (blocks.slots[i].address != 0)
            left.bytes += (int64_t)blocks.slots[i].bytes;
    *out = left;
    return 0;
}
