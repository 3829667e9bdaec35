#include "results_folder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"

enum { SAME_SECOND_MAX = 1000 };

int results_folder_make(const char *name, char *out, size_t size, struct err *err)
{
    time_t now = time(NULL);
    struct tm utc;
    char stamp[32];
    (void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    int length = snprintf(out, size, "results/%s-%s", stamp, name);
    int code = folder_make("results", err);
    if (code < 0)
        return code;
    for (int i = 2; mkdir(out, 0777) < 0; i++) {
        if (errno != EEXIST || i > SAME_SECOND_MAX || length < 0 || (size_t)length + 8 > size)
            return err_set(err, -errno, "%s: %s", out, strerror(errno));
        (void)snprintf(out + length, size - (size_t)length, "-%d", i);
    }
    return 0;
}

void results_folder_forget(const char *folder)
{
    struct err unheard = ERR_INIT;
    if (folder_empty(folder, &unheard) == 0)
        (void)rmdir(folder);
    (void)rmdir("results"); /* goes where it is empty */
}
