/* A service that knows nothing of heapchurn: it takes orders from one named pipe and answers on
 * another, keeps what it is told to keep, and ends well when it is asked to. Its second argument is
 * what is wrong with it.
 *
 *     user_program FOLDER [crashes | punished | silent | stays | forks | inherits | calls | hoards
 *                          | sleeps | returns | ends | hides]
 *
 *     punished  it ends as a seccomp filter ends who does what it forbids
 *     forks     another process of it is there, which does nothing
 *     inherits  that process was forked after 10 MB were taken, which it counts, too
 *     calls     each order is obeyed by a child that ends, and is waited for
 *     hoards    a process without environment, and so without an agent, holds 8 MB
 *     sleeps    one that holds nothing
 *     hides     one that other users may not read (PR_SET_DUMPABLE), and neither may its own
 *     returns   it returns from main when it is asked to end, so that what is left then is seen
 *
 *     ends      it takes no orders: 24 MiB are taken, kept for a while, and given back
 *
 *     keep N    N blocks of 1000 bytes are taken and kept
 *     use N     and N that are given back
 *     leave N   it ends with this status
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    BLOCK_BYTES = 1000,
    HOARD_BLOCKS = 8000,
    INHERITED_BLOCKS = 10000,
    CRASH_AT = 3,
    PATH_SIZE = 4096,
    MOST_MIB = 24,
    MOST_MS = 400
};

static long done;

static void *block(void)
{
    void *taken = malloc(BLOCK_BYTES);
    if (!taken)
        abort();
    return memset(taken, 1, BLOCK_BYTES);
}

static void obey(const char *order)
{
    long count = 0;
    if (sscanf(order, "keep %ld", &count) == 1)
        for (long i = 0; i < count; i++)
            (void)block();
    else if (sscanf(order, "use %ld", &count) == 1)
        for (long i = 0; i < count; i++)
            free(block());
    else if (sscanf(order, "leave %ld", &count) == 1)
        exit((int)count);
    done += count;
}

static void have_obeyed(const char *order)
{
    long count = 0;
    pid_t child = fork();
    if (child == 0) {
        obey(order);
        _exit(0);
    }
    (void)waitpid(child, NULL, 0);
    if (sscanf(order, "%*s %ld", &count) == 1)
        done += count;
}

/* This program again, without environment. */
static void begin_alone(char *what)
{
    char name[] = "user_program";
    char *const arguments[] = {name, what, NULL};
    char *const nothing[] = {NULL};
    if (fork() == 0) {
        (void)execve("/proc/self/exe", arguments, nothing);
        _exit(1);
    }
}

static void be_alone(const char *what)
{
    for (int i = 0; strcmp(what, "hoards") == 0 && i < HOARD_BLOCKS; i++)
        (void)block();
    for (;;)
        (void)pause();
}

static void leave(int signal)
{
    (void)signal;
    _exit(0);
}

/* The call that waits for an order fails, and main returns. */
static void interrupted(int signal)
{
    (void)signal;
}

static int end_by_oneself(void)
{
    enum { BLOCKS = MOST_MIB * 1024 * 1024 / BLOCK_BYTES };
    static void *blocks[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++)
        blocks[i] = block();
    (void)usleep(MOST_MS * 1000);
    for (size_t i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    (void)printf("at most %d\n", MOST_MIB);
    return 0;
}

static FILE *open_pipe(const char *folder, const char *name, const char *mode)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)mkfifo(path, 0600);
    return fopen(path, mode);
}

int main(int argc, char **argv)
{
    char order[64];
    const char *fault = argc > 2 ? argv[2] : "";
    if (argc < 2)
        return 2;
    if (strcmp(argv[1], "hoards") == 0 || strcmp(argv[1], "sleeps") == 0)
        be_alone(argv[1]);
    if (strcmp(fault, "ends") == 0)
        return end_by_oneself();
    (void)signal(SIGTERM, strcmp(fault, "stays") == 0 ? SIG_IGN : leave);
    if (strcmp(fault, "returns") == 0)
        (void)sigaction(SIGTERM, &(struct sigaction){.sa_handler = interrupted}, NULL);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    FILE *orders = open_pipe(argv[1], "orders", "r+");
    FILE *answers = open_pipe(argv[1], "answers", "r+");
    if (!orders || !answers)
        return 3;
    for (int i = 0; strcmp(fault, "inherits") == 0 && i < INHERITED_BLOCKS; i++)
        (void)block();
    if ((strcmp(fault, "forks") == 0 || strcmp(fault, "inherits") == 0) && fork() == 0)
        for (;;)
            (void)pause();
    if (strcmp(fault, "hides") == 0 && fork() == 0) {
        (void)prctl(PR_SET_DUMPABLE, 0);
        for (;;)
            (void)pause();
    }
    if (strcmp(fault, "hoards") == 0)
        begin_alone(argv[2]);
    if (strcmp(fault, "sleeps") == 0)
        begin_alone(argv[2]);
    if (strcmp(fault, "silent") != 0)
        (void)puts("at your service");
    for (int round = 0; fgets(order, sizeof order, orders); round++) {
        if (strcmp(fault, "crashes") == 0 && round == CRASH_AT)
            abort();
        if (strcmp(fault, "punished") == 0 && round == CRASH_AT)
            (void)raise(SIGSYS);
        if (strcmp(fault, "calls") == 0)
            have_obeyed(order);
        else
            obey(order);
        (void)fprintf(answers, "done=%ld\n", done);
        (void)fflush(answers);
    }
    return 0;
}
