#include "resolve.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <uthash.h>

#include "clock.h"
#include "command_output.h"
#include "elf_object.h"
#include "elf_symbols.h"
#include "grow.h"
#include "line.h"
#include "text.h"

/* An object that frames are in: asked once whether it has symbols, and once for all its names. */
struct object {
    const char *path; /* the key */
    bool has_symbols;
    char *addresses; /* in hexadecimal, one per line: input of addr2line */
    size_t addresses_length;
    UT_hash_handle hh;
};

/* A place in an object: the calls it stands for, inlined ones first. */
struct place {
    char key[256];       /* "0x3c659 /lib/…/libzmq.so.5" */
    size_t first, count; /* in the new frames */
    UT_hash_handle hh;
};

struct resolver {
    struct stacks *stacks;
    struct object *objects;
    struct place *places;
    struct stacks names; /* frames only: what places point into */
};

static void resolver_release(struct resolver *resolver)
{
    struct object *object;
    struct object *next_object;
    struct place *place;
    struct place *next_place;
    HASH_ITER(hh, resolver->objects, object, next_object)
    {
        HASH_DEL(resolver->objects, object);
        free(object->addresses);
        free(object);
    }
    HASH_ITER(hh, resolver->places, place, next_place)
    {
        HASH_DEL(resolver->places, place);
        free(place);
    }
    stacks_release(&resolver->names);
}
DEFINE_AUTO(resolver, resolver_release)

static struct object *find_object(struct resolver *resolver, const char *path)
{
    struct object *object = NULL;
    HASH_FIND_STR(resolver->objects, path, object);
    if (object)
        return object;
    object = calloc(1, sizeof *object);
    if (!object)
        abort();
    *object = (struct object){.path = path,
                              .has_symbols = access(path, R_OK) < 0 || elf_has_symbols(path)};
    HASH_ADD_KEYPTR(hh, resolver->objects, object->path, (unsigned)strlen(path), object);
    return object;
}

/* "7f12a000-7f13b000 r-xp 00003000 fe:00 42   /lib/libzmq.so.5" */
static void locate(struct stacks *stacks, const char *maps, struct frame *frame)
{
    for (struct line line = line_first(maps); line.text; line = line_next(&line)) {
        uint64_t start = 0;
        uint64_t end = 0;
        uint64_t offset = 0;
        int used = 0;
        if (sscanf(line.text, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64 " %*x:%*x %*u %n", &start,
                   &end, &offset, &used) != 3 ||
            frame->address < start || frame->address >= end)
            continue;
        const char *path = line.text + used;
        if (used == 0 || (size_t)used >= line.length || *path != '/')
            return;
        frame->object = stacks_text(stacks, path, line.length - (size_t)used);
        frame->address = elf_address(frame->object, frame->address - start + offset);
        frame->in_object = true;
        return;
    }
}

static void place_key(const struct frame *frame, char *out, size_t size)
{
    (void)snprintf(out, size, "0x%" PRIx64 " %s", frame->address, frame->object);
}

/* Note a frame whose name is to be asked for. */
static void want(struct resolver *resolver, const struct frame *frame)
{
    char key[256];
    struct place *place = NULL;
    struct object *object = find_object(resolver, frame->object);
    place_key(frame, key, sizeof key);
    HASH_FIND_STR(resolver->places, key, place);
    if (place || !object->has_symbols || frame->address == 0)
        return;
    place = calloc(1, sizeof *place);
    char *longer = realloc(object->addresses, object->addresses_length + 32);
    if (!place || !longer)
        abort();
    (void)text_copy(place->key, sizeof place->key, key);
    HASH_ADD_STR(resolver->places, key, place);
    object->addresses = longer;
    object->addresses_length +=
        (size_t)snprintf(longer + object->addresses_length, 32, "0x%" PRIx64 "\n", frame->address);
}

/* addr2line -afiC: "0xADDRESS", then pairs of "function" and "file:line", inlined ones first. */
static void take_names(struct resolver *resolver, const struct object *object, const char *text)
{
    struct place *place = NULL;
    struct frame frame = {.object = object->path, .in_object = true};
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        if (line_starts(&line, "0x")) {
            char key[256];
            frame.address = strtoull(line.text, NULL, 16);
            place_key(&frame, key, sizeof key);
            HASH_FIND_STR(resolver->places, key, place);
            if (place)
                place->first = resolver->names.frame_count;
            continue;
        }
        struct line where = line_next(&line);
        if (!where.text || !place)
            return;
        frame.function =
            *line.text == '?' ? NULL : stacks_text(resolver->stacks, line.text, line.length);
        const char *colon = memrchr(where.text, ':', where.length);
        frame.file = *where.text == '?' || !colon
                         ? NULL
                         : stacks_text(resolver->stacks, where.text, (size_t)(colon - where.text));
        frame.line = frame.file ? strtoll(colon + 1, NULL, 10) : 0;
        resolver->names.frames =
            grow(resolver->names.frames, resolver->names.frame_count, sizeof frame);
        resolver->names.frames[resolver->names.frame_count++] = frame;
        place->count += frame.function != NULL;
        line = where;
    }
}

static void ask_names(struct resolver *resolver, int interrupt_fd)
{
    enum { SECONDS = 60 };
    struct object *object;
    struct object *next;
    HASH_ITER(hh, resolver->objects, object, next)
    {
        const char *argv[] = {"addr2line", "-afiC", "-e", object->path, NULL};
        AUTO_FREE char *text = NULL;
        if (object->addresses && command_output(argv, object->addresses,
                                                clock_now_ns() + SECONDS * (int64_t)CLOCK_NS_PER_S,
                                                interrupt_fd, &text, NULL) == 0)
            take_names(resolver, object, text);
    }
}

/* The frames again, with the calls that a place stands for in its stead. */
static void rewrite(struct resolver *resolver)
{
    struct stacks *stacks = resolver->stacks;
    struct frame *frames = NULL;
    size_t count = 0;
    for (size_t i = 0; i < stacks->count; i++) {
        struct stack *stack = &stacks->list[i];
        size_t first = count;
        for (size_t j = stack->first; j < stack->first + stack->count; j++) {
            struct frame frame = stacks->frames[j];
            struct place *place = NULL;
            char key[256];
            if (frame.object && !find_object(resolver, frame.object)->has_symbols)
                frame.function = frame.file = NULL;
            if (frame.object && !frame.function) {
                place_key(&frame, key, sizeof key);
                HASH_FIND_STR(resolver->places, key, place);
            }
            for (size_t k = 0; place && k < place->count; k++) {
                frames = grow(frames, count, sizeof *frames);
                frames[count++] = resolver->names.frames[place->first + k];
            }
            if (!place || place->count == 0) {
                frames = grow(frames, count, sizeof *frames);
                frames[count++] = frame;
            }
        }
        stack->first = first;
        stack->count = count - first;
    }
    free(stacks->frames);
    stacks->frames = frames;
    stacks->frame_count = count;
}

void resolve(struct stacks *stacks, const char *maps, int interrupt_fd)
{
    AUTO(resolver) struct resolver resolver = {.stacks = stacks};
    for (size_t i = 0; i < stacks->frame_count; i++) {
        struct frame *frame = &stacks->frames[i];
        if (frame->function &&
            (!frame->object || find_object(&resolver, frame->object)->has_symbols))
            continue;
        if (!frame->in_object && frame->address && maps)
            locate(stacks, maps, frame);
        if (frame->in_object)
            want(&resolver, frame);
    }
    ask_names(&resolver, interrupt_fd);
    rewrite(&resolver);
}

const char *resolve_package(const char *object, char *out, size_t size)
{
    char real[4096];
    const char *names[] = {object, realpath(object, real)};
    out[0] = '\0';
    for (size_t i = 0; i < ARRAY_LENGTH(names) && names[i] && !out[0]; i++) {
        const char *argv[] = {"dpkg-query", "--search", names[i], NULL};
        AUTO_FREE char *text = NULL;
        if (command_output(argv, NULL, clock_now_ns() + 10LL * CLOCK_NS_PER_S, -1, &text, NULL) ==
            0)
            (void)snprintf(out, size, "%.*s-dbgsym", (int)strcspn(text, ":"), text);
    }
    return out;
}
