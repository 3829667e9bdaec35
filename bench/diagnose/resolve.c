#include "resolve.h"

#include <poll.h>
#include <unistd.h>

#include "grow.h"
#include "map_line.h"
#include "symbols.h"

struct resolver {
    struct stacks *stacks;
    struct symbols symbols;
    int interrupt_fd;
    bool interrupted;
};

/* Names that a tool told of an object that is not here are not ours to judge. */
static bool has_symbols(struct resolver *resolver, const char *object)
{
    return access(object, R_OK) < 0 || symbols_has(&resolver->symbols, object);
}

static void locate(struct resolver *resolver, const char *maps, struct frame *frame)
{
    for (struct line line = line_first(maps); line.text; line = line_next(&line)) {
        struct map_line map;
        if (!map_line_read(&line, &map) || frame->address < map.start || frame->address >= map.end)
            continue;
        if (!line_starts(&map.name, "/"))
            return;
        frame->object = stacks_text(resolver->stacks, map.name.text, map.name.length);
        frame->address = symbols_address(&resolver->symbols, frame->object,
                                         frame->address - map.start + map.offset);
        frame->in_object = true;
        return;
    }
}

static bool is_interrupted(struct resolver *resolver)
{
    struct pollfd interrupt = {.fd = resolver->interrupt_fd, .events = POLLIN};
    resolver->interrupted = resolver->interrupted || poll(&interrupt, 1, 0) > 0;
    return resolver->interrupted;
}

/* The calls that a frame stands for, itself where nobody knows better. */
static void add(struct resolver *resolver, struct frame frame, struct frame **frames, size_t *count)
{
    struct symbol_calls calls = {.count = 0};
    if (frame.object && !has_symbols(resolver, frame.object))
        frame.function = frame.file = NULL;
    if (frame.object && frame.in_object && frame.address && !frame.function &&
        !is_interrupted(resolver))
        calls = symbols_calls(&resolver->symbols, frame.object, frame.address);
    for (size_t i = 0; i < calls.count; i++) {
        const struct symbol_call *call = &calls.list[i];
        *frames = grow(*frames, *count, sizeof **frames);
        (*frames)[(*count)++] = (struct frame){
            .function = stacks_text(resolver->stacks, call->function, strlen(call->function)),
            .file =
                call->file ? stacks_text(resolver->stacks, call->file, strlen(call->file)) : NULL,
            .line = call->line,
            .object = frame.object,
            .address = frame.address,
            .in_object = true,
        };
    }
    if (calls.count > 0)
        return;
    *frames = grow(*frames, *count, sizeof **frames);
    (*frames)[(*count)++] = frame;
}

void resolve(struct stacks *stacks, const char *maps, int interrupt_fd)
{
    struct resolver resolver = {.stacks = stacks, .interrupt_fd = interrupt_fd};
    struct frame *frames = NULL;
    size_t count = 0;
    for (size_t i = 0; i < stacks->count; i++) {
        struct stack *stack = &stacks->list[i];
        size_t first = count;
        for (size_t j = stack->first; j < stack->first + stack->count; j++) {
            struct frame frame = stacks->frames[j];
            if (!frame.function && !frame.in_object && frame.address && maps)
                locate(&resolver, maps, &frame);
            add(&resolver, frame, &frames, &count);
        }
        stack->first = first;
        stack->count = count - first;
    }
    free(stacks->frames);
    stacks->frames = frames;
    stacks->frame_count = count;
    symbols_release(&resolver.symbols);
}
