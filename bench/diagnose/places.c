#include "places.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "grow.h"
#include "json_file.h"
#include "line.h"
#include "saturate.h"

static void add(struct places *places, const char *name, int64_t free_bytes, int64_t used_bytes)
{
    if (free_bytes <= 0)
        return;
    for (size_t i = 0; i < places->count; i++) {
        struct place_row *place = &places->list[i];
        if (strcmp(place->name, name) != 0)
            continue;
        place->free_bytes = saturate_add(place->free_bytes, free_bytes);
        if (used_bytes > 0)
            place->used_bytes = saturate_add(place->used_bytes, used_bytes);
        return;
    }
    places->list = grow(places->list, places->count, sizeof *places->list);
    struct place_row *place = &places->list[places->count++];
    *place = (struct place_row){.free_bytes = free_bytes, .used_bytes = used_bytes};
    (void)snprintf(place->name, sizeof place->name, "%s", name);
}

/* The power of two at or above a size. */
static int64_t size_class(int64_t bytes)
{
    int64_t class = 1;
    while (class < bytes && class <= INT64_MAX / 2)
        class *= 2;
    return class < bytes ? bytes : class;
}

/* The number in attribute `name` of an element. */
static bool attribute(const struct line *element, const char *name, int64_t *out)
{
    struct line rest = *element;
    return line_take_past(&rest, name) && line_take(&rest, "=\"") && line_take_count(&rest, out);
}

/* What is read of one arena; nr -1: none, what follows is of all together. */
struct arena {
    int64_t nr;
    int64_t binned;
};

static void add_to(struct places *places, const struct arena *arena, const char *what,
                   int64_t bytes)
{
    char name[PLACE_NAME_MAX];
    (void)snprintf(name, sizeof name, "arena %" PRId64 ", %s", arena->nr, what);
    add(places, name, bytes, -1);
}

static void glibc_element(struct arena *arena, const struct line *element, struct places *out)
{
    char what[48];
    int64_t to = 0;
    int64_t bytes = 0;
    if (line_starts(element, "<heap ")) {
        arena->binned = 0;
        if (!attribute(element, "nr", &arena->nr))
            arena->nr = -1;
    } else if (line_starts(element, "<size ") && attribute(element, " to", &to) &&
               attribute(element, " total", &bytes)) {
        (void)snprintf(what, sizeof what, "free chunks up to %" PRId64 " B", size_class(to));
        add_to(out, arena, what, bytes);
        arena->binned = saturate_add(arena->binned, bytes);
    } else if (line_starts(element, "<unsorted ") && attribute(element, " total", &bytes)) {
        add_to(out, arena, "freed and not yet sorted", bytes);
        arena->binned = saturate_add(arena->binned, bytes);
    } else if (arena->nr >= 0 && line_starts(element, "<total type=\"fast\" ") &&
               attribute(element, " size", &bytes)) {
        /* theirs are sizes too, but the rest is without them */
        arena->binned = saturate_subtract(arena->binned, bytes);
    } else if (arena->nr >= 0 && line_starts(element, "<total type=\"rest\" ") &&
               attribute(element, " size", &bytes)) {
        add_to(out, arena, "top of the heap", saturate_subtract(bytes, arena->binned));
        arena->nr = -1;
    }
}

/*
 * One element a line: <heap nr="1">, <size from="65" to="81" total="146" count="2"/>, <unsorted …/>
 * as a size, <total type="fast" …/>, <total type="rest" count="3" size="9000"/>, </heap>. The rest
 * includes the top chunk, which is in no bin. Sizes from and to are the chunk's plus 1.
 */
int places_read_glibc(const char *text, struct places *out, struct err *err)
{
    struct arena arena = {.nr = -1};
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        const char *start = line_find(&line, "<");
        struct line element = line_from(&line, start ? start : line.text);
        if (line_starts(&element, "</malloc>"))
            return 0;
        glibc_element(&arena, &element, out);
    }
    return err_set(err, -EPROTO, "the text of malloc_info() is cut off: no '</malloc>'");
}

/* 0 where it is missing, or no figure. */
static int64_t number(const json_t *object, const char *key)
{
    json_int_t value = json_integer_value(json_object_get(object, key));
    return value > 0 ? value : 0;
}

int places_read_jemalloc(const char *text, struct places *out, struct err *err)
{
    json_error_t error;
    AUTO_JSON json_t *root = json_loads(text, 0, &error);
    const json_t *jemalloc = json_object_get(root, "jemalloc");
    const json_t *classes = json_object_get(json_object_get(jemalloc, "arenas"), "bin");
    const json_t *merged = json_object_get(json_object_get(jemalloc, "stats.arenas"), "merged");
    const json_t *bins = json_object_get(merged, "bins");
    if (!json_is_array(classes) || !json_is_array(bins))
        return err_set(err, -EPROTO, "the JSON of jemalloc %s",
                       root ? "has no bins" : "is none, or is cut off");
    for (size_t i = 0; i < json_array_size(bins) && i < json_array_size(classes); i++) {
        char name[PLACE_NAME_MAX];
        const json_t *bin = json_array_get(bins, i);
        const json_t *class = json_array_get(classes, i);
        int64_t used = saturate_multiply(number(bin, "curregs"), number(class, "size"));
        int64_t slabs = saturate_multiply(number(bin, "curslabs"), number(class, "slab_size"));
        (void)snprintf(name, sizeof name, "slabs of %" PRId64 " B blocks", number(class, "size"));
        add(out, name, slabs - used, used);
    }
    int64_t page = number(json_object_get(jemalloc, "arenas"), "page");
    add(out, "dirty pages, to be given back after 10 s",
        saturate_multiply(number(merged, "pdirty"), page), -1);
    add(out, "muzzy pages", saturate_multiply(number(merged, "pmuzzy"), page), -1);
    add(out, "thread caches (counted above as used)", number(merged, "tcache_bytes"), -1);
    return 0;
}

/* "class   5 [       64 bytes ] :      126 objs; …", "MALLOC: +  1286144 (  1.2 MiB) Bytes in page
 * heap freelist". The classes are what thread, transfer and central caches hold together. */
int places_read_tcmalloc(const char *text, struct places *out, struct err *err)
{
    int64_t bytes = 0;
    int64_t blocks = 0;
    bool classes = false;
    bool summary = false;
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        char name[PLACE_NAME_MAX];
        struct line class = line;
        struct line malloc = line;
        bool page_heap = line_find(&line, "Bytes in page heap freelist");
        summary = summary || page_heap;
        if (line_take(&class, "class ") && line_take_count(&class, NULL) &&
            line_take(&class, " [ ") && line_take_count(&class, &bytes) &&
            line_take(&class, " bytes ] : ") && line_take_count(&class, &blocks) &&
            line_take(&class, " objs")) {
            classes = true;
            (void)snprintf(name, sizeof name, "caches, blocks of %" PRId64 " B", bytes);
            add(out, name, saturate_multiply(bytes, blocks), -1);
        } else if (page_heap && line_take(&malloc, "MALLOC: + ") &&
                   line_take_count(&malloc, &bytes)) {
            add(out, "page heap, free spans", bytes, -1);
        }
    }
    if (!summary)
        return err_set(err, -EPROTO, "no statistics of gperftools: no 'page heap freelist'");
    return classes ? 0
                   : err_set(err, -EPROTO,
                             "the statistics of gperftools are cut off before the "
                             "size classes");
}

/* "area block 64 used 3 reserved 65536 committed 65536" */
int places_read_mimalloc(const char *text, struct places *out, struct err *err)
{
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        char name[PLACE_NAME_MAX];
        int64_t block = 0;
        int64_t used = 0;
        int64_t committed = 0;
        struct line rest = line;
        if (!line_take(&rest, "area block ") || !line_take_count(&rest, &block) ||
            !line_take(&rest, " used ") || !line_take_count(&rest, &used) ||
            !line_take(&rest, " reserved ") || !line_take_count(&rest, NULL) ||
            !line_take(&rest, " committed ") || !line_take_count(&rest, &committed))
            return err_set(err, -EPROTO, "no list of mimalloc's areas, or cut off");
        (void)snprintf(name, sizeof name, "pages of %" PRId64 " B blocks", block);
        used = saturate_multiply(used, block);
        add(out, name, committed - used, used);
    }
    return 0;
}

int places_read(const char *text, struct places *out, struct err *err)
{
    if (strncmp(text, "<malloc", 7) == 0)
        return places_read_glibc(text, out, err);
    if (*text == '{')
        return places_read_jemalloc(text, out, err);
    if (strncmp(text, "----", 4) == 0)
        return places_read_tcmalloc(text, out, err);
    return places_read_mimalloc(text, out, err);
}

static int by_free(const void *a, const void *b)
{
    int64_t left = ((const struct place_row *)a)->free_bytes;
    int64_t right = ((const struct place_row *)b)->free_bytes;
    return left < right ? 1 : -(left > right);
}

void places_sort(struct places *places)
{
    if (places->count > 1)
        qsort(places->list, places->count, sizeof *places->list, by_free);
}

void places_release(struct places *places)
{
    free(places->list);
    *places = (struct places){.count = 0};
}
