#include "orphans.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "clock.h"

static const int64_t kill_deadline_ns = 10LL * CLOCK_NS_PER_S;

static pid_t *inherited;
static size_t inherited_count;

static bool is_inherited(pid_t pid)
{
    for (size_t i = 0; i < inherited_count; i++)
        if (inherited[i] == pid)
            return true;
    return false;
}

/* Those that are there, or NULL on a kernel without CONFIG_PROC_CHILDREN. */
static FILE *open_children(void)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    return fopen(path, "re");
}

void orphans_spare(void)
{
    AUTO_FCLOSE FILE *children = open_children();
    for (int pid = 0; children && fscanf(children, "%d", &pid) == 1;) {
        pid_t *larger = reallocarray(inherited, inherited_count + 1, sizeof *larger);
        if (!larger)
            abort();
        inherited = larger;
        inherited[inherited_count++] = pid;
    }
}

void orphans_list(struct process_tree *out)
{
    AUTO_FCLOSE FILE *children = open_children();
    for (int pid = 0; children && fscanf(children, "%d", &pid) == 1;)
        if (!is_inherited(pid))
            process_tree_add(out, pid);
}

/* Kill it and wait; false when it does not go. */
static bool end(pid_t pid)
{
    AUTO_CLOSE int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    int64_t until_ns = clock_now_ns() + kill_deadline_ns;
    (void)kill(pid, SIGKILL); /* a child that was not reaped: the number is its own */
    while (poll(&ended, 1, clock_left_ms(until_ns)) <= 0)
        if (clock_now_ns() >= until_ns)
            return false;
    return waitpid(pid, NULL, WNOHANG) != 0;
}

size_t orphans_count(void)
{
    size_t count = 0;
    AUTO_FCLOSE FILE *children = open_children();
    for (int pid = 0; children && fscanf(children, "%d", &pid) == 1;)
        count += !is_inherited(pid) && waitpid(pid, NULL, WNOHANG) == 0;
    return count;
}

enum { STOPPING_PASSES = 1000 }; /* enough for any; and it comes to an end */

/* Sends it to all; false: somebody was not there `before`. */
static bool signal_all(int number, const struct process_tree *before, struct process_tree *out)
{
    bool known = true;
    orphans_list(out);
    process_tree_grow(out);
    for (size_t i = 0; i < out->count; i++) {
        known = known && process_tree_has(before, out->list[i]);
        (void)kill(out->list[i], number);
    }
    return known;
}

void orphans_kill(void)
{
    AUTO(process_tree) struct process_tree before = {.count = 0};
    for (int pass = 0; pass < STOPPING_PASSES; pass++) {
        struct process_tree now = {.count = 0};
        bool known = signal_all(SIGSTOP, &before, &now);
        process_tree_close(&before);
        before = now;
        if (known)
            break;
    }
    for (size_t i = 0; i < before.count; i++)
        (void)kill(before.list[i], SIGKILL);
}

void orphans_end(void)
{
    for (bool again = true; again;) {
        orphans_kill();
        AUTO_FCLOSE FILE *children = open_children();
        again = false;
        for (int pid = 0; children && !again && fscanf(children, "%d", &pid) == 1;)
            again = !is_inherited(pid) && end(pid);
    }
    if (inherited_count == 0)
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
}
