#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "grow.h"
#include "path.h"
#include "whole_file.h"

int folder_match(const char *folder, const char *pattern, struct folder_files *out, struct err *err)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, versionsort);
    if (count < 0)
        return err_set(err, -errno, "%s: cannot be read: %s", folder, strerror(errno));
    struct folder_files found = {.count = 0};
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (fnmatch(pattern, name, FNM_PERIOD) == 0) {
            found.paths = grow(found.paths, found.count, sizeof *found.paths);
            found.paths[found.count++] = path_join(folder, "%s", name);
        }
        free(entries[i]);
    }
    free(entries);
    *out = found;
    return 0;
}

void folder_files_release(struct folder_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->paths[i]);
    free(files->paths);
    *files = (struct folder_files){.count = 0};
}

static int sync_above(char *part, struct err *err)
{
    char *slash = strrchr(part, '/');
    if (!slash)
        return whole_file_sync_folder(".", err);
    if (slash == part)
        return whole_file_sync_folder("/", err);
    *slash = '\0';
    return whole_file_sync_folder(part, err);
}

int folder_make(const char *folder, struct err *err)
{
    char part[PATH_MAX];
    size_t length = strlen(folder);
    if (length >= sizeof part)
        return err_set(err, -ENAMETOOLONG, "%s: %s", folder, strerror(ENAMETOOLONG));
    for (size_t i = 1; i <= length; i++) {
        if (folder[i] != '/' && folder[i] != '\0')
            continue;
        (void)memcpy(part, folder, i);
        part[i] = '\0';
        bool made = mkdir(part, 0777) == 0;
        if (!made && errno != EEXIST)
            return err_set(err, -errno, "%s: cannot make this folder: %s; choose another with -o",
                           part, strerror(errno));
        int code = made ? sync_above(part, err) : 0;
        if (code < 0)
            return code;
    }
    struct stat made;
    if (stat(folder, &made) < 0)
        return err_set(err, -errno, "%s: is no folder: %s; choose another with -o", folder,
                       strerror(errno));
    if (!S_ISDIR(made.st_mode))
        return err_set(err, -ENOTDIR, "%s: is a file, and no folder; choose another with -o",
                       folder);
    return 0;
}

int folder_make_absolute(const char *folder, char out[PATH_MAX], struct err *err)
{
    int code = folder_make(folder, err);
    if (code == 0 && !realpath(folder, out))
        code = err_set(err, -errno, "%s: its absolute path cannot be told: %s", folder,
                       strerror(errno));
    return code;
}

static int remove_below(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    return where->level == 0 ? 0 : remove(path);
}

int folder_empty(const char *folder, struct err *err)
{
    enum { DESCRIPTORS = 16 };
    if (nftw(folder, remove_below, DESCRIPTORS, FTW_DEPTH | FTW_PHYS) < 0)
        return err_set(err, -errno, "%s: cannot be emptied: %s", folder, strerror(errno));
    return 0;
}
