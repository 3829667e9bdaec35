#include "row_files.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "path.h"
#include "paths.h"
#include "text.h"

#define SUFFIX ".yaml"

enum { FOLDERS = 2 };

static bool ends_in_suffix(const char *name)
{
    size_t length = strlen(name), suffix = strlen(SUFFIX);
    return length > suffix && strcmp(name + length - suffix, SUFFIX) == 0;
}

/* Of the current folder, and of heapchurn's own; NULL where it has none. */
static const char *folder_at(size_t index, char own[PATHS_MAX])
{
    if (index == 0)
        return "rows";
    return paths_rows(own, NULL) == 0 ? own : NULL;
}

char *row_files_find(const char *name_or_path)
{
    char own[PATHS_MAX];
    if (strchr(name_or_path, '/') || ends_in_suffix(name_or_path))
        return text_own(name_or_path);
    for (size_t i = 0; i < FOLDERS; i++) {
        const char *folder = folder_at(i, own);
        AUTO_FREE char *path = folder ? path_join(folder, "%s%s", name_or_path, SUFFIX) : NULL;
        if (path && access(path, F_OK) == 0)
            return TAKE_PTR(path);
    }
    return NULL;
}

static int is_row_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && ends_in_suffix(entry->d_name);
}

static void add(struct row_files *files, const char *folder, const char *file)
{
    AUTO_FREE char *path = path_join(folder, "%s", file);
    AUTO_FREE char *name = row_files_name(path);
    AUTO_FREE char *found = row_files_find(name);
    if (!found || strcmp(found, path) != 0)
        return;
    files->path = reallocarray(files->path, files->count + 1, sizeof *files->path);
    if (!files->path)
        abort();
    files->path[files->count++] = TAKE_PTR(path);
}

void row_files_list(struct row_files *out)
{
    struct row_files files = {.path = NULL};
    char own[PATHS_MAX];
    for (size_t i = 0; i < FOLDERS; i++) {
        const char *folder = folder_at(i, own);
        struct dirent **entries = NULL;
        int count = folder ? scandir(folder, &entries, is_row_file, alphasort) : -1;
        for (int k = 0; k < count; k++) {
            add(&files, folder, entries[k]->d_name);
            free(entries[k]);
        }
        free(entries);
    }
    *out = files;
}

void row_files_release(struct row_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->path[i]);
    free(files->path);
    *files = (struct row_files){.path = NULL};
}

char *row_files_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = text_own(slash ? slash + 1 : path);
    name[strlen(name) - strlen(SUFFIX)] = '\0';
    return name;
}
