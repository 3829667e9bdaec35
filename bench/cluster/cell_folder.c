#include "cell_folder.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "folder.h"
#include "grow.h"
#include "path.h"
#include "sysfile.h"
#include "text.h"
#include "whole_file.h"

char *cell_folder_whole(const char *dir, int64_t number)
{
    return path_join(dir, "cells/%04" PRId64, number);
}

char *cell_folder_begun(const char *dir, int64_t number, const char *host)
{
    return path_join(dir, "cells/.%04" PRId64 "-%s", number, host);
}

static char *failed_path(const char *dir, int64_t number)
{
    return path_join(dir, "cells/%04" PRId64 ".failed", number);
}

bool cell_folder_is_whole(const char *dir, int64_t number)
{
    AUTO_FREE char *whole = cell_folder_whole(dir, number);
    return access(whole, F_OK) == 0;
}

int cell_folder_finish(const char *dir, int64_t number, const char *host, struct err *err)
{
    AUTO_FREE char *whole = cell_folder_whole(dir, number);
    AUTO_FREE char *begun = cell_folder_begun(dir, number, host);
    AUTO_FREE char *failed = failed_path(dir, number);
    AUTO_FREE char *cells = path_join(dir, "cells");
    if (rename(begun, whole) < 0 && (errno == ENOTEMPTY || errno == EEXIST))
        return err_set(err, -EEXIST,
                       "cell %" PRId64 " was finished by another meanwhile; what was measured here "
                       "a second time is in %s",
                       number, begun);
    if (access(begun, F_OK) == 0)
        return err_set(err, -EIO, "%s: cannot be renamed to %s", begun, whole);
    (void)unlink(failed);
    return whole_file_sync_folder(cells, err);
}

static int put_line(FILE *file, void *context)
{
    return fprintf(file, "%s\n", (const char *)context) < 0 ? -EIO : 0;
}

void cell_folder_fail(const char *dir, int64_t number, const char *host, const char *why)
{
    AUTO_FREE char *path = failed_path(dir, number);
    AUTO_FREE char *line = NULL;
    if (asprintf(&line, "%s: %s", host, why) >= 0)
        (void)whole_file_write(path, put_line, line, NULL);
}

char *cell_folder_why(const char *dir, int64_t number)
{
    char line[ERR_TEXT_MAX + 256];
    AUTO_FREE char *path = failed_path(dir, number);
    if (sysfile_line(path, line, sizeof line) < 0)
        return NULL;
    text_printable(line);
    return text_own(line);
}

int cell_folder_remove(const char *folder, struct err *err)
{
    int code = folder_empty(folder, err);
    if (code == 0 && rmdir(folder) < 0)
        code = err_set(err, -errno, "%s: cannot be removed: %s", folder, strerror(errno));
    return code;
}

static int by_number(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
    return (one > other) - (one < other);
}

int cell_folder_list(const char *dir, int64_t **out_numbers, size_t *out_count, struct err *err)
{
    AUTO_FREE char *cells = path_join(dir, "cells");
    AUTO(folder_files) struct folder_files found = {.count = 0};
    int64_t *numbers = NULL;
    size_t count = 0;
    if (access(cells, F_OK) == 0) {
        int code = folder_match(cells, "[0-9]*", &found, err);
        if (code < 0)
            return code;
    }
    for (size_t i = 0; i < found.count; i++) {
        char *end = NULL;
        int64_t number = strtoll(strrchr(found.paths[i], '/') + 1, &end, 10);
        if (*end != '\0')
            continue; /* 0007.failed */
        numbers = grow(numbers, count, sizeof *numbers);
        numbers[count++] = number;
    }
    if (numbers)
        qsort(numbers, count, sizeof *numbers, by_number);
    *out_numbers = numbers;
    *out_count = count;
    return 0;
}
