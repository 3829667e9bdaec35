#include "places.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "grow.h"
#include "json_file.h"
#include "line.h"

static void add(struct places *places, const char *name, int64_t free_bytes, int64_t used_bytes)
{
    if (free_bytes <= 0)
        return;
    for (size_t i = 0; i < places->count; i++) {
        struct place_row *place = &places->list[i];
        if (strcmp(place->name, name) != 0)
            continue;
        place->free_bytes += free_bytes;
        place->used_bytes += used_bytes > 0 ? used_bytes : 0;
        return;
    }
    places->list = grow(places->list, places->count, sizeof *places->list);
    struct place_row *place = &places->list[places->count++];
    *place = (struct place_row){.free_bytes = free_bytes, .used_bytes = used_bytes};
    (void)snprintf(place->name, sizeof place->name, "%s", name);
}

/*
 * One element a line: <heap nr="1">, <size from="65" to="81" total="146" count="2"/>, <unsorted …/>
 * as a size, <total type="fast" …/>, <total type="rest" count="3" size="9000"/>, </heap>. The rest
 * includes the top chunk, which is in no bin. Sizes from and to are the chunk's plus 1.
 */
int places_read_glibc(const char *text, struct places *out, struct err *err)
{
    char name[PLACE_NAME_MAX];
    int arena = -1;
    int64_t binned = 0;
    int64_t from = 0;
    int64_t to = 0;
    int64_t bytes = 0;
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        const char *element = line_find(&line, "<");
        if (!element)
            continue;
        if (sscanf(element, "<heap nr=\"%d\">", &arena) == 1) {
            binned = 0;
        } else if (sscanf(element,
                          "<size from=\"%" SCNd64 "\" to=\"%" SCNd64 "\" total=\"%" SCNd64 "\"",
                          &from, &to, &bytes) == 3) {
            int64_t class = 1;
            while (class < to)
                class *= 2;
            (void)snprintf(name, sizeof name, "arena %d, free chunks up to %" PRId64 " B", arena,
                           class);
            add(out, name, bytes, -1);
            binned += bytes;
        } else if (sscanf(element, "<unsorted from=\"%*d\" to=\"%*d\" total=\"%" SCNd64 "\"",
                          &bytes) == 1) {
            (void)snprintf(name, sizeof name, "arena %d, freed and not yet sorted", arena);
            add(out, name, bytes, -1);
            binned += bytes;
        } else if (arena >= 0 &&
                   sscanf(element, "<total type=\"fast\" count=\"%*d\" size=\"%" SCNd64, &bytes) ==
                       1) {
            binned -= bytes; /* theirs are sizes too, but the rest is without them */
        } else if (arena >= 0 &&
                   sscanf(element, "<total type=\"rest\" count=\"%*d\" size=\"%" SCNd64, &bytes) ==
                       1) {
            (void)snprintf(name, sizeof name, "arena %d, top of the heap", arena);
            add(out, name, bytes - binned, -1);
            arena = -1; /* what follows is of all arenas together */
        } else if (strncmp(element, "</malloc>", 9) == 0) {
            return 0;
        }
    }
    return err_set(err, -EPROTO, "the text of malloc_info() is cut off: no '</malloc>'");
}

static int64_t number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
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
        int64_t used = number(bin, "curregs") * number(class, "size");
        (void)snprintf(name, sizeof name, "slabs of %" PRId64 " B blocks", number(class, "size"));
        add(out, name, number(bin, "curslabs") * number(class, "slab_size") - used, used);
    }
    int64_t page = number(json_object_get(jemalloc, "arenas"), "page");
    add(out, "dirty pages, to be given back after 10 s", number(merged, "pdirty") * page, -1);
    add(out, "muzzy pages", number(merged, "pmuzzy") * page, -1);
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
        const char *page_heap = line_find(&line, "Bytes in page heap freelist");
        summary = summary || page_heap;
        if (sscanf(line.text, "class %*d [ %" SCNd64 " bytes ] : %" SCNd64 " objs", &bytes,
                   &blocks) == 2) {
            classes = true;
            (void)snprintf(name, sizeof name, "caches, blocks of %" PRId64 " B", bytes);
            add(out, name, bytes * blocks, -1);
        } else if (page_heap && sscanf(line.text, "MALLOC: + %" SCNd64, &bytes) == 1) {
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
        if (sscanf(line.text,
                   "area block %" SCNd64 " used %" SCNd64 " reserved %*d committed %" SCNd64,
                   &block, &used, &committed) != 3)
            return err_set(err, -EPROTO, "no list of mimalloc's areas, or cut off");
        (void)snprintf(name, sizeof name, "pages of %" PRId64 " B blocks", block);
        add(out, name, committed - used * block, used * block);
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
