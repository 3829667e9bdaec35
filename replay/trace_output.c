#include "trace_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

int trace_output_find(const char *path, char **out, struct err *err)
{
    struct stat there;
    if (!*path)
        return err_set(err, -EINVAL, "a trace needs a file: its name is empty");
    if (lstat(path, &there) < 0) {
        *out = text_own(path);
        return 0; /* whether it can be made is seen when it is */
    }
    if (stat(path, &there) < 0)
        return err_set(err, -errno, "%s is a link to what is not there: %s", path, strerror(errno));
    if (S_ISDIR(there.st_mode))
        return err_set(err, -EISDIR, "%s is a folder; give a file in it", path);
    if (!S_ISREG(there.st_mode))
        return err_set(err, -ENOTSUP,
                       "%s is a pipe or a device, where no trace can be written; give a file",
                       path);
    if (access(path, W_OK) < 0)
        return err_set(err, -errno, "%s is write-protected, and not replaced: %s", path,
                       strerror(errno));
    *out = realpath(path, NULL);
    return *out ? 0 : err_set(err, -errno, "%s: %s", path, strerror(errno));
}
