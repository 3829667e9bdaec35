#include "json_file.h"

#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "whole_file.h"

json_t *json_file_load(const char *path, struct err *err)
{
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    if (!file) {
        int code = -errno;
        (void)err_set(err, code, "%s: cannot be read: %s", path, strerror(-code));
        return NULL;
    }
    /* In one piece, which is twice as fast as letter by letter. A NUL would end it, and is not JSON
     * either. */
    json_error_t error;
    AUTO_FREE char *text = NULL;
    size_t capacity = 0;
    ssize_t length = getdelim(&text, &capacity, '\0', file);
    json_t *value = json_loadb(length > 0 ? text : "", length > 0 ? (size_t)length : 0,
                               JSON_REJECT_DUPLICATES, &error);
    if (!value)
        (void)err_set(err, -EINVAL, "%s:%d:%d: not valid JSON: %s", path, error.line, error.column,
                      error.text);
    return value;
}

static int dump(FILE *file, void *context)
{
    const json_t *value = context;
    if (json_dumpf(value, file, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) < 0)
        return -ENOMEM;
    return fputc('\n', file) == EOF ? -ENOMEM : 0;
}

int json_file_save(const char *path, const json_t *value, struct err *err)
{
    union { /* the callback takes a plain pointer; dump() only reads */
        const json_t *in;
        void *out;
    } pointer = {.in = value};
    return whole_file_write(path, dump, pointer.out, err);
}
