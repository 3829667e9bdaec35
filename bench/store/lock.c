#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

enum { HOLDER_MAX = 160 };

/* "1: FLOCK  ADVISORY  WRITE 4711 fd:01:131073 0 EOF"; 0 when the kernel does not say. */
static int holder_of(int fd)
{
    struct stat folder;
    char line[256];
    AUTO_FCLOSE FILE *locks = fopen("/proc/locks", "re");
    if (!locks || fstat(fd, &folder) < 0)
        return 0;
    while (fgets(line, sizeof line, locks)) {
        int pid = 0;
        unsigned long inode = 0;
        if (sscanf(line, "%*s FLOCK %*s %*s %d %*[^:]:%*[^:]:%lu", &pid, &inode) == 2 &&
            inode == folder.st_ino && pid > 0)
            return pid;
    }
    return 0;
}

/* " (heapchurn run -o DIR)", or "" when it cannot be told. */
static void command_of(int pid, char *out, size_t size)
{
    char path[64];
    char words[HOLDER_MAX - 4];
    (void)snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    size_t length = file ? fread(words, 1, sizeof words - 1, file) : 0;
    while (length > 0 && words[length - 1] == '\0')
        length--;
    for (size_t i = 0; i < length; i++)
        if (words[i] == '\0')
            words[i] = ' ';
    words[length] = '\0';
    text_printable(words);
    (void)snprintf(out, size, "%s%s%s", *words ? " (" : "", words, *words ? ")" : "");
}

static int busy(const char *dir, int fd, struct err *err)
{
    char command[HOLDER_MAX];
    int pid = holder_of(fd);
    if (pid == 0)
        return err_set(err, -EBUSY,
                       "%s is being written by another heapchurn, perhaps on another machine; wait "
                       "until it has ended, or choose another folder",
                       dir);
    command_of(pid, command, sizeof command);
    return err_set(
        err, -EBUSY,
        "%s is being written by process %d%s; wait until it has ended, or choose another "
        "folder",
        dir, pid, command);
}

int store_lock(const char *dir, struct store_lock *out, struct err *err)
{
    AUTO_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, -errno, "%s: no run is stored there: %s", dir, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
        return busy(dir, fd, err);
    /* A file system without locks is no reason not to measure. */
    out->fd = TAKE_FD(fd);
    return 0;
}

void store_unlock(struct store_lock *lock)
{
    cleanup_close(&lock->fd);
    lock->fd = -1;
}
