#include "huge_pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cleanup.h"
#include "path.h"
#include "procfs.h"

/* Tried on the driver itself, which has it back at once. */
static int try_off(void)
{
    int before = prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0);
    if (before < 0 || prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) < 0)
        return -errno;
    bool off = huge_pages_told(getpid()) == 0;
    (void)prctl(PR_SET_THP_DISABLE, before != 0, 0, 0, 0);
    return off ? 0 : -ENODATA;
}

int huge_pages_check(enum allocator_huge_pages wanted, const char *mode, struct err *err)
{
    if (wanted == HUGE_PAGES_ASKED && (!mode[0] || strcmp(mode, "never") == 0))
        return err_set(err, -ENOTSUP,
                       "this machine has no transparent huge pages (%s): asking for them would "
                       "change nothing",
                       mode[0] ? mode : "its kernel knows none");
    int code = wanted == HUGE_PAGES_OFF ? try_off() : 0;
    if (code == -ENODATA)
        return err_set(err, -ENOTSUP,
                       "the kernel does not tell whether huge pages are off (THP_enabled of "
                       "/proc/PID/status, from Linux 5.0 on)");
    if (code < 0)
        return err_set(
            err, -ENOTSUP,
            "huge pages cannot be turned off for a process here: prctl(PR_SET_THP_DISABLE): "
            "%s; a container may forbid it",
            strerror(-code));
    return 0;
}

int huge_pages_told(pid_t pid)
{
    AUTO_FREE char *folder = path_join("/proc", "%d", (int)pid);
    AUTO_CLOSE int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    AUTO_FREE char *status = fd < 0 ? NULL : procfs_load(fd, "status");
    int64_t enabled = status ? procfs_key(status, "THP_enabled") : -1;
    return enabled < 0 ? -1 : enabled != 0;
}
