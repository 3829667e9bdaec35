#include "kept.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "folder.h"
#include "path.h"
#include "whole_file.h"

enum { KEPT_BYTES_MAX = 64 << 20 };

static int write_text(FILE *file, void *context)
{
    return fputs(context, file) < 0 ? -EIO : 0;
}

int store_keep(const char *dir, const char *workload, const char *text, struct err *err)
{
    AUTO_FREE char *folder = path_join(dir, "kept");
    AUTO_FREE char *path = path_join(folder, "%s.json", workload);
    int code = folder_make(folder, err);
    return code < 0 ? code : whole_file_write(path, write_text, (void *)(uintptr_t)text, err);
}

/* NULL where there is none; a file that cannot be read is an error. */
static int load_one(const char *dir, const char *workload, char **out, struct err *err)
{
    struct stat status;
    AUTO_FREE char *path = path_join(dir, "kept/%s.json", workload);
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    if (!file && errno == ENOENT)
        return 0;
    if (!file || fstat(fileno(file), &status) < 0)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode) || status.st_size > KEPT_BYTES_MAX)
        return err_set(err, -EINVAL, "%s: it is no text that was kept", path);
    size_t size = (size_t)status.st_size;
    *out = calloc(1, size + 1);
    if (!*out)
        abort();
    return fread(*out, 1, size, file) == size ? 0 : err_set(err, -EIO, "%s cannot be read", path);
}

int kept_load(const char *dir, struct stored_run *run, struct err *err)
{
    int code = 0;
    run->kept = calloc(run->run.workload_count + 1, sizeof *run->kept);
    if (!run->kept)
        abort();
    for (size_t i = 0; code == 0 && i < run->run.workload_count; i++)
        code = load_one(dir, run->run.workloads[i].name, &run->kept[i], err);
    return code;
}

void kept_release(struct stored_run *run)
{
    for (size_t i = 0; run->kept && i < run->run.workload_count; i++)
        free(run->kept[i]);
    free(run->kept);
    run->kept = NULL;
}
