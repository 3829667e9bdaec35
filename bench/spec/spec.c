#include "spec.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields_file.h"
#include "file_name.h"
#include "path.h"
#include "spec_keys.h"
#include "spec_rules.h"
#include "text.h"

#define SUFFIX ".yaml"

enum { SPEC_FILES_MAX = 256 };

static const struct fields_format format = {
    .fields = spec_keys,
    .what = "a workload file",
    .least = "'question'",
    .keys_are = "'heapchurn list --keys' lists them",
    .length_max = (size_t)64 * 1024,
};

static int find_file(const char *directory, const char *name_or_path, char **out_path,
                     struct err *err);
static int unknown_name(const char *directory, const char *name, struct err *err);
static int scan(const char *directory, struct dirent ***out_entries, struct err *err);
static int is_workload_file(const struct dirent *entry);
static int by_name(const void *a, const void *b);
static void entries_free(struct dirent **entries, int count);

static char *own_or_null(const char *text)
{
    return text ? text_own(text) : NULL;
}

/* A relative path of a trace begins where the workload file is; whether it is there is the
 * scenario's question. */
static void find_trace(const char *path, struct workload *workload)
{
    char *file = workload->trace.file;
    if (!file || !*file || *file == '/')
        return;
    AUTO_FREE char *folder = text_own(path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[1] = '\0';
    AUTO_FREE char *beside = path_join(slash ? folder : ".", "%s", file);
    char *whole = realpath(beside, NULL);
    workload->trace.file = whole ? whole : text_own(beside);
    free(file);
}

int spec_load_workload(const char *directory, const char *name_or_path,
                       const struct spec_load *loads, struct workload *out, struct err *err)
{
    AUTO_FREE char *path = NULL;
    int rc = find_file(directory, name_or_path, &path, err);
    if (rc < 0)
        return rc;
    AUTO(workload) struct workload workload = {0};
    rc = file_name(path, format.what, "-_.", workload.name, err);
    if (rc < 0)
        return rc;
    AUTO(yaml_tree) struct yaml_tree tree = {.path = NULL};
    rc = fields_file_read(path, &format, &workload, &tree, err);
    if (rc < 0)
        return rc;
    const struct spec_load *load = spec_rules_load(&tree, loads, &workload, err);
    workload.ends = load && load->ends;
    if (workload.ends && !yaml_find(&tree.root, "rounds"))
        workload.rounds = 1;
    rc = load ? spec_rules_check(&tree, load, &workload, err) : -EINVAL;
    if (rc < 0)
        return rc;
    find_trace(path, &workload);
    workload.cycle_unit = own_or_null(
        load->round_unit && workload.each.count == 1 ? load->round_unit : load->cycle_unit);
    workload.crowd = own_or_null(load->crowd);
    workload.round = own_or_null(load->round);
    workload.path = text_own(path);
    *out = workload;
    workload = (struct workload){0};
    return 0;
}

int spec_list(const char *directory, const struct spec_load *loads, struct workload **out,
              size_t *out_count, struct err *err)
{
    struct dirent **entries = NULL;
    int count = scan(directory, &entries, err);
    if (count < 0)
        return count;
    struct workload *list = calloc((size_t)count + 1, sizeof *list);
    for (int i = 0; list && i < count; i++) {
        struct err why = ERR_INIT;
        AUTO_FREE char *path = path_join(directory, "%s", entries[i]->d_name);
        if (spec_load_workload(directory, path, loads, &list[i], &why) < 0) {
            size_t length = strlen(entries[i]->d_name) - strlen(SUFFIX);
            (void)snprintf(list[i].name, sizeof list[i].name, "%.*s", (int)length,
                           entries[i]->d_name);
            list[i].path = strdup(path);
            list[i].broken = strdup(why.text);
        }
    }
    entries_free(entries, count);
    if (!list)
        return err_set(err, -ENOMEM, "%s: out of memory", directory);
    qsort(list, (size_t)count, sizeof *list, by_name);
    *out = list;
    *out_count = (size_t)count;
    return 0;
}

void workload_release(struct workload *workload)
{
    fields_release(spec_keys, workload);
    free(workload->broken);
    *workload = (struct workload){0};
}

static int find_file(const char *directory, const char *name_or_path, char **out_path,
                     struct err *err)
{
    size_t length = strlen(name_or_path);
    size_t suffix = strlen(SUFFIX);
    bool is_path = strchr(name_or_path, '/') != NULL ||
                   (length >= suffix && strcmp(name_or_path + length - suffix, SUFFIX) == 0);
    *out_path =
        is_path ? text_own(name_or_path) : path_join(directory, "%s%s", name_or_path, SUFFIX);
    if (!is_path && access(*out_path, F_OK) < 0)
        return unknown_name(directory, name_or_path, err);
    return 0;
}

static int unknown_name(const char *directory, const char *name, struct err *err)
{
    struct dirent **entries = NULL;
    int count = scan(directory, &entries, err);
    if (count < 0)
        return count;
    const char *names[SPEC_FILES_MAX + 1] = {0};
    for (int i = 0; i < count && i < SPEC_FILES_MAX; i++) {
        entries[i]->d_name[strlen(entries[i]->d_name) - strlen(SUFFIX)] = '\0';
        names[i] = entries[i]->d_name;
    }
    int code = text_unknown("workload", name, names, "'heapchurn list' shows all", -ENOENT, err);
    entries_free(entries, count);
    return code;
}

static int scan(const char *directory, struct dirent ***out_entries, struct err *err)
{
    int count = scandir(directory, out_entries, is_workload_file, alphasort);
    if (count < 0)
        return err_set(err, -errno, "workloads in '%s': %s", directory, strerror(errno));
    return count;
}

static int is_workload_file(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    size_t suffix = strlen(SUFFIX);
    return entry->d_name[0] != '.' && length > suffix &&
           strcmp(entry->d_name + length - suffix, SUFFIX) == 0;
}

/* Not by file name: "a-b.yaml" comes before "a.yaml". */
static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct workload *)a)->name, ((const struct workload *)b)->name);
}

static void entries_free(struct dirent **entries, int count)
{
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
}
