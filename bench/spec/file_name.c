#include "file_name.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "workload.h"

int file_name(const char *path, const char *what, const char *marks, char *out_name,
              struct err *err)
{
    static const char suffix[] = ".yaml";
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    size_t length = strlen(base);
    if (length > strlen(suffix) && strcmp(base + length - strlen(suffix), suffix) == 0)
        length -= strlen(suffix);
    bool good = length > 0 && length < SPEC_NAME_MAX && base[0] != '.';
    for (size_t i = 0; i < length; i++)
        good = good && (isalnum((unsigned char)base[i]) || strchr(marks, base[i]));
    if (!good)
        return err_set(err, -EINVAL,
                       "%s: the name of %s has letters, digits and any of '%s' only, at most %d, "
                       "and begins with no '.'",
                       path, what, marks, SPEC_NAME_MAX - 1);
    (void)snprintf(out_name, SPEC_NAME_MAX, "%.*s", (int)length, base);
    return 0;
}
