#include "row_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "json_file.h"
#include "library_look.h"
#include "memory_stream.h"
#include "probe.h"
#include "registry.h"
#include "row_files.h"
#include "row_lookup.h"
#include "words.h"
#include "wrap.h"

/* A row of this build, or one of a file that builds on it. */
struct listed {
    const struct allocator_row *row;
    const struct row_file *own;
    const char *version;
    const char *identity;
    const char *why_not; /* why it cannot be measured; NULL: it can */
};

static const char *either(const char *own, const char *otherwise)
{
    return own ? own : otherwise;
}

static json_t *one(const struct listed *listed)
{
    char built_in[ALLOCATOR_ROW_NAME_MAX];
    const struct row_file *own = listed->own;
    const struct allocator_variant *variant = listed->row->variant;
    const struct allocator *allocator = listed->row->entry->allocator;
    enum allocator_huge_pages huge_pages =
        own && own->huge_pages != HUGE_PAGES_AS_FOUND ? own->huge_pages : variant->huge_pages;
    AUTO(words) struct words environment = {.word = row_lookup_environment(listed->row, own)};
    json_t *variables = json_array();
    for (; environment.word[environment.count]; environment.count++)
        (void)json_array_append_new(variables, json_text(environment.word[environment.count]));
    return json_pack(
        "{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:o, s:s, s:b, s:s, s:s?, s:o}", "name",
        own ? own->name : allocator_row_name(listed->row, built_in, sizeof built_in), "allocator",
        allocator->name, "title", allocator->title, "version", listed->version, "identity",
        listed->identity, "library", either(own ? own->library : NULL, listed->row->entry->library),
        "environment", variables, "huge_pages", allocator_huge_pages_names[huge_pages],
        "by_default", (int)(!own && variant->by_default), "why",
        either(own ? own->reason : NULL, own && own->library ? "another library" : variant->why),
        "defaults", either(own ? own->defaults : NULL, variant->defaults), "unavailable",
        json_text(listed->why_not));
}

static void add_built_in(json_t *rows, const struct allocator_entry *entry, const char *programs)
{
    struct probe probe = {0};
    struct err err = ERR_INIT;
    const char *why_not = entry->unavailable;
    if (!why_not && probe_allocator(programs, entry->allocator->name, &probe, &err) < 0)
        why_not = err.text;
    for (const struct allocator_variant *variant = entry->allocator->variants; variant->suffix;
         variant++) {
        const struct allocator_row row = {.entry = entry, .variant = variant};
        const struct listed listed = {.row = &row,
                                      .version = why_not ? NULL : probe.version,
                                      .identity = why_not ? NULL : probe.identity,
                                      .why_not = why_not};
        (void)json_array_append_new(rows, one(&listed));
    }
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* As the row of this build says that it builds on. */
static const char *version_of(const json_t *rows, const struct allocator_row *row)
{
    size_t index;
    const json_t *other;
    json_array_foreach(rows, index, other)
    {
        if (strcmp(text_of(other, "allocator"), row->entry->allocator->name) == 0)
            return json_string_value(json_object_get(other, "version"));
    }
    return NULL;
}

static json_t *broken(const char *path, const char *why)
{
    AUTO_FREE char *name = row_files_name(path);
    return json_pack("{s:o, s:o}", "name", json_text(name), "unavailable", json_text(why));
}

/* Why the row of `own` cannot be measured, in `err`. */
static int check(const struct row_file *own, struct err *err)
{
    struct allocator_row base;
    return own->library ? library_look(own->library, err) : row_lookup(own->base, &base, err);
}

static json_t *of_file(const json_t *rows, const char *path)
{
    struct err err = ERR_INIT;
    struct allocator_row row;
    AUTO(row_file) struct row_file own = {.base = NULL};
    if (row_file_load(path, &own, &err) < 0)
        return broken(path, err.text);
    if (allocator_row_find(own.base, &row) < 0) {
        (void)err_set(&err, -ENOENT, "%s: base: there is no row '%s'", path, own.base);
        return broken(path, err.text);
    }
    bool is_there = check(&own, &err) == 0;
    const struct listed listed = {.row = &row,
                                  .own = &own,
                                  .version = !is_there   ? NULL
                                             : own.label ? own.label
                                                         : version_of(rows, &row),
                                  .why_not = is_there ? NULL : err.text};
    return one(&listed);
}

json_t *row_list(const char *programs)
{
    json_t *rows = json_array();
    AUTO(row_files) struct row_files files = {.path = NULL};
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        add_built_in(rows, entry, programs);
    row_files_list(&files);
    for (size_t i = 0; i < files.count; i++)
        (void)json_array_append_new(rows, of_file(rows, files.path[i]));
    return rows;
}

/* Library, variables, huge pages; or why there is no such row. */
static char *describe(const json_t *row)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    const json_t *environment = json_object_get(row, "environment");
    const char *unavailable = text_of(row, "unavailable");
    const char *library = text_of(row, "library");
    (void)fprintf(out, "%s%s", *unavailable ? "unavailable: " : "",
                  *unavailable ? unavailable
                  : *library   ? library
                               : "built in");
    for (size_t i = 0; !*unavailable && i < json_array_size(environment); i++)
        (void)fprintf(out, " %s", json_string_value(json_array_get(environment, i)));
    if (!*unavailable && strcmp(text_of(row, "huge_pages"), "off") == 0)
        (void)fputs(" huge pages off", out);
    return memory_stream_close(&memory);
}

/* '*' marks what runs when no row is asked for. */
void row_list_print(const json_t *rows)
{
    size_t index;
    const json_t *row;
    (void)printf("%-22s %-8s %s\n", "ROW (* by default)", "VERSION", "LIBRARY, SETTINGS");
    json_array_foreach(rows, index, row)
    {
        const char *version = text_of(row, "version");
        AUTO_FREE char *columns = NULL;
        AUTO_FREE char *text = describe(row);
        if (asprintf(&columns, "%s %-20s %-8s ",
                     json_is_true(json_object_get(row, "by_default")) ? "*" : " ",
                     text_of(row, "name"), *version ? version : "-") < 0)
            abort();
        wrap_print_last(stdout, columns, text);
    }
}
