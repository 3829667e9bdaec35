#include "command_output.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "process.h"

enum { PATH_SIZE = 4096 };

/* A file in memory: what is written to it can be read back without a pipe that fills up. */
static int memory_file(const char *text)
{
    int fd = memfd_create("tool", MFD_CLOEXEC);
    size_t length = text ? strlen(text) : 0;
    if (fd < 0 || write(fd, text, length) != (ssize_t)length || lseek(fd, 0, SEEK_SET) < 0) {
        cleanup_close(&fd);
        return -1;
    }
    return fd;
}

static char *contents(int fd)
{
    struct stat file;
    if (fstat(fd, &file) < 0)
        return NULL;
    char *text = malloc((size_t)file.st_size + 1);
    ssize_t length = text ? pread(fd, text, (size_t)file.st_size, 0) : -1;
    if (text)
        text[length > 0 ? length : 0] = '\0';
    return text;
}

/* The last line that is not empty, for an error sentence. */
static const char *last_words(char *text)
{
    size_t length = text ? strlen(text) : 0;
    while (length > 0 && text[length - 1] == '\n')
        text[--length] = '\0';
    const char *line = length ? strrchr(text, '\n') : NULL;
    return line ? line + 1 : length ? text : "no word";
}

int command_output(const char *const *argv, const char *input, int64_t deadline_ns,
                   int interrupt_fd, char **out_text, struct err *err)
{
    AUTO_CLOSE int in = memory_file(input ? input : "");
    AUTO_CLOSE int out = memory_file("");
    AUTO_CLOSE int errors = memory_file("");
    char path[PATH_SIZE];
    if (in < 0 || out < 0 || errors < 0)
        return err_set(err, -errno, "%s: %s", argv[0], strerror(errno));
    if (!command_find(argv[0], path, sizeof path))
        return err_set(err, -ENOENT, "%s: cannot be started: %s", argv[0], strerror(ENOENT));
    const int stdio[] = {in, out, errors};
    const union {
        const char *const *in;
        char *const *out;
    } words = {.in = argv};
    AUTO(process) struct process process = PROCESS_INIT;
    int code = process_start(&process,
                             &(struct process_spec){.path = path,
                                                    .argv = words.out,
                                                    .stdio = stdio,
                                                    .cpu = -1,
                                                    .plain = true,
                                                    .file_max_bytes = COMMAND_OUTPUT_MAX_BYTES},
                             err);
    if (code < 0)
        return code;
    code = process_await(&process, deadline_ns, interrupt_fd);
    if (code < 0)
        return err_set(err, code, "%s %s; killed", argv[0],
                       code == -EINTR ? "was interrupted" : "did not end in time");
    if (WIFSIGNALED(process.wait_status) && WTERMSIG(process.wait_status) == SIGXFSZ)
        return err_set(err, -EFBIG, "%s printed more than %d MiB; ended", argv[0],
                       COMMAND_OUTPUT_MAX_BYTES >> 20);
    *out_text = contents(out);
    AUTO_FREE char *said = contents(errors);
    if (!*out_text)
        return err_set(err, -ENOMEM, "out of memory");
    if (process.wait_status != 0)
        return err_set(err, -EIO, "%s failed: %s", argv[0], last_words(said));
    return 0;
}

static bool may_be_run(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode) && access(path, X_OK) == 0;
}

bool command_find(const char *name, char *out, size_t size)
{
    const char *path = getenv("PATH");
    if (strchr(name, '/')) {
        int length = snprintf(out, size, "%s", name);
        return (size_t)length < size && may_be_run(name);
    }
    for (const char *at = path ? path : "/usr/local/bin:/usr/bin:/bin"; *at; at += *at == ':') {
        size_t folder = strcspn(at, ":");
        int length =
            snprintf(out, size, "%.*s/%s", folder ? (int)folder : 1, folder ? at : ".", name);
        if (length > 0 && (size_t)length < size && may_be_run(out))
            return true;
        at += folder;
    }
    return false;
}

bool command_exists(const char *name)
{
    char path[PATH_SIZE];
    return command_find(name, path, sizeof path);
}
