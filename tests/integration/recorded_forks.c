/* Processes that become others, and lose what they had. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "recorded_program.h"

enum { BLOCKS = 1000, INHERITED = 10 };

static void churn(struct known *known)
{
    for (int i = 0; i < BLOCKS; i++)
        give(known, take(known, 100));
}

static int await(pid_t pid)
{
    int status = 0;
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* The child frees what it inherited; a grandchild is made by a raw clone; both churn. */
int forks(const char *self)
{
    (void)self;
    struct known known = {0};
    void *blocks[INHERITED];
    for (int i = 0; i < INHERITED; i++)
        blocks[i] = take(&known, 500);
    (void)printf("calls=%llu\n", (unsigned long long)known.calls);
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < INHERITED; i++)
            give(&known, blocks[i]);
        churn(&known);
        pid_t grandchild = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
        if (grandchild == 0) {
            churn(&known);
            _exit(0);
        }
        exit(await(grandchild));
    }
    churn(&known);
    int code = await(child);
    for (int i = 0; i < INHERITED; i++)
        give(&known, blocks[i]);
    return code;
}

int execs(const char *self)
{
    struct known known = {0};
    churn(&known);
    pid_t child = vfork();
    if (child == 0) {
        (void)execl(self, self, "churn", (char *)NULL);
        _exit(1);
    }
    if (await(child) != 0)
        return 1;
    (void)execl(self, self, "churn", (char *)NULL);
    return 1;
}

/* As daemons do, and over everything that could be ours. */
int closes(void)
{
    struct known known = {0};
    void *first = take(&known, 100);
    (void)syscall(SYS_close_range, 3U, ~0U, 0U);
    churn(&known);
    give(&known, first);
    pid_t child = fork();
    if (child == 0) {
        churn(&known);
        exit(0);
    }
    return await(child);
}

int changes_root(void)
{
    struct known known = {0};
    void *first = take(&known, 100);
    if (chroot("/proc/self") < 0 && chroot("/var/empty") < 0)
        return 77;
    if (setuid(65534) < 0)
        return 77;
    churn(&known);
    pid_t child = fork();
    if (child == 0) {
        churn(&known);
        exit(0);
    }
    give(&known, first);
    return await(child);
}

/* Everybody forks, their children too: 256 processes that allocate at once. */
int forks_much(void)
{
    enum { TIMES = 8 };
    struct known known = {0};
    pid_t children[TIMES];
    size_t count = 0;
    for (int i = 0; i < TIMES; i++) {
        pid_t child = fork();
        if (child < 0)
            return 1;
        if (child == 0)
            count = 0;
        else
            children[count++] = child;
    }
    churn(&known);
    int code = 0;
    while (count > 0)
        code |= await(children[--count]);
    return code;
}

/* Each is gone before anybody has looked twice: it forks, and ends; and none of them can be asked
 * to end. No more of them wait to be collected than may without others running out of numbers. */
int comets(void)
{
    enum { AT_ONCE = 4, UNCOLLECTED = 256 };
    static pid_t lives[UNCOLLECTED];
    (void)signal(SIGINT, SIG_IGN);
    for (int i = 0; i < AT_ONCE; i++) {
        if (fork() != 0)
            continue;
        for (size_t life = 0;; life++) {
            pid_t *earlier = &lives[life % UNCOLLECTED];
            free(malloc(100));
            while (*earlier != 0 && kill(*earlier, 0) == 0)
                (void)usleep(1000);
            *earlier = getpid();
            if (fork() > 0)
                _exit(0);
        }
    }
    (void)puts("up");
    (void)fflush(stdout);
    for (;;)
        (void)pause();
}
