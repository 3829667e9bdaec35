#include "symbols_missing.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command_output.h"
#include "map_line.h"
#include "symbols.h"

enum { OBJECTS_MAX = 128, FRAMES_MAX = 256 };

/* An executable mapping, and how many stacks go through it. */
struct object {
    uint64_t begin, end;
    size_t stacks;
    char path[4096];
};

struct objects {
    struct object object[OBJECTS_MAX];
    size_t count;
    size_t stacks; /* of the dump */
};

static void add_mapping(struct objects *objects, const char *text)
{
    struct object object = {.stacks = 0};
    struct line line = line_first(text);
    struct map_line map;
    if (objects->count == OBJECTS_MAX || !line.text || !map_line_read(&line, &map) ||
        !map_line_is_code(&map) || map.name.length >= sizeof object.path)
        return;
    object.begin = map.start;
    object.end = map.end;
    (void)memcpy(object.path, map.name.text, map.name.length);
    objects->object[objects->count++] = object;
}

/* Count the objects that the addresses behind '@' lie in, each once. */
static void add_stack(struct objects *objects, const char *at)
{
    bool seen[OBJECTS_MAX] = {false};
    const char *rest = strchr(at, '@') + 1;
    for (int frame = 0; frame < FRAMES_MAX; frame++) {
        char *end = NULL;
        uint64_t address = strtoull(rest, &end, 16);
        if (end == rest)
            break;
        rest = end;
        for (size_t i = 0; i < objects->count; i++)
            if (address >= objects->object[i].begin && address < objects->object[i].end)
                seen[i] = true;
    }
    objects->stacks++;
    for (size_t i = 0; i < objects->count; i++)
        objects->object[i].stacks += seen[i];
}

static bool is_stack(const char *line)
{
    return strstr(line, "@ 0x") != NULL;
}

/* The map stands at the end of a dump, so it is read twice. */
static int read_dump(const char *path, struct objects *out)
{
    AUTO_FCLOSE FILE *in = fopen(path, "re");
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    if (!in)
        return -errno;
    while (getline(&line, &size, in) >= 0)
        add_mapping(out, line);
    rewind(in);
    while (getline(&line, &size, in) >= 0)
        if (is_stack(line))
            add_stack(out, line);
    return 0;
}

static const char *base_name(const struct object *object)
{
    const char *slash = strrchr(object->path, '/');
    return slash ? slash + 1 : object->path;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(base_name(a), base_name(b));
}

char *symbols_missing(const char *path, const char *allocator)
{
    AUTO(symbols) struct symbols symbols = {.objects = NULL};
    AUTO_FREE struct objects *objects = calloc(1, sizeof *objects);
    if (!objects || read_dump(path, objects) < 0)
        return NULL;
    qsort(objects->object, objects->count, sizeof *objects->object, by_name);
    char names[1024] = "";
    char own[128];
    size_t used = 0;
    (void)snprintf(own, sizeof own, "lib%s.so", allocator);
    for (size_t i = 0; i < objects->count && used < sizeof names; i++) {
        const struct object *object = &objects->object[i];
        if (10 * object->stacks > objects->stacks &&
            strncmp(base_name(object), own, strlen(own)) != 0 &&
            !symbols_has(&symbols, object->path))
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                                     base_name(object));
    }
    char *sentence = NULL;
    if (used && asprintf(&sentence,
                         "no symbols in %s: a name there is the nearest exported one, or an "
                         "address; install its -dbgsym package, or link one built with -g",
                         names) < 0)
        abort();
    return sentence;
}

const char *symbols_package(const char *object, char *out, size_t size)
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
