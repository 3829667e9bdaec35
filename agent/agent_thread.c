#include "agent_thread.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "answers.h"
#include "cleanup.h"

/* From here on this thread's descriptors are nobody else's, and the program's are not its. */
static void leave_descriptors(void)
{
    if (syscall(SYS_close_range, 0U, ~0U, CLOSE_RANGE_UNSHARE) < 0)
        (void)unshare(CLONE_FILES); /* before Linux 5.9, or forbidden */
}

static int connect_to(const char *path, bool abstract)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length == 0 || length + abstract >= sizeof address.sun_path)
        return -1;
    (void)memcpy(address.sun_path + abstract, path, length);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + abstract + length);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, size) < 0) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

static int connect_driver(const struct agent_thread *agent)
{
    int fd = connect_to(agent->name, true);
    return fd >= 0 ? fd : connect_to(agent->path, false);
}

static void send_line(void *context, struct control_line *line)
{
    (void)control_send(*(const int *)context, line);
}

static void add_process(const struct agent_thread *agent, struct control_line *line)
{
    char program[256] = "";
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0)
        (void)prctl(PR_GET_NAME, program);
    control_add_i64(line, "pid", getpid());
    control_add_i64(line, "parent", getppid());
    control_add(line, "program", program);
    control_add(line, "began", agent->began);
}

static void announce(struct agent_thread *agent, int fd)
{
    struct control_line *line = &agent->line;
    const struct serving *serving = &agent->serving;
    if (serving->row)
        answers_options(serving->row, line, send_line, &fd);
    control_begin(line, serving->row ? "ready" : "refused");
    control_add(line, "role", "program");
    add_process(agent, line);
    if (serving->also[0])
        control_add(line, "also", serving->also);
    if (serving->row)
        answers_ready(serving->row, serving->identity, agent->ledger != NULL, line);
    else
        control_add(line, "reason", serving->identity);
    (void)control_send(fd, line);
}

static void answer(struct agent_thread *agent, int fd)
{
    struct control_line *line = &agent->line;
    const struct allocator *row = agent->serving.row;
    struct ledger_counts counts;
    if (row && control_is(line, "stats")) {
        if (agent->ledger)
            agent->ledger(&counts);
        answers_stats(row, agent->ledger ? &counts : NULL, line);
    } else if (row && control_is(line, "release")) {
        answers_release_outside(row, line);
    } else if (row && control_is(line, "detail")) {
        answers_detail(row, line);
    } else {
        control_begin(line, "failed");
        control_add(line, "reason",
                    row ? "the driver asked for what no agent understands"
                        : "nobody here knows the allocator that serves this process");
    }
    (void)control_send(fd, line);
}

void *agent_thread_main(void *thread)
{
    struct agent_thread *agent = thread;
    (void)prctl(PR_SET_NAME, "heapchurn");
    leave_descriptors();
    AUTO_CLOSE int fd = connect_driver(agent);
    if (fd >= 0)
        announce(agent, fd);
    (void)sem_post(&agent->connected);
    while (fd >= 0 && control_receive(fd, &agent->line) == 0)
        answer(agent, fd);
    return NULL;
}

void agent_thread_refuse(struct agent_thread *agent, const char *what, int error)
{
    AUTO_CLOSE int fd = connect_driver(agent);
    if (fd < 0)
        return;
    (void)snprintf(agent->serving.identity, sizeof agent->serving.identity, "%s%s", what,
                   strerrordesc_np(error));
    control_begin(&agent->line, "refused");
    control_add(&agent->line, "role", "program");
    add_process(agent, &agent->line);
    control_add(&agent->line, "reason", agent->serving.identity);
    (void)control_send(fd, &agent->line);
}
