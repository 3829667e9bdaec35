/* A program that knows nothing of agents and makes it hard for them, as its argument says. Then it
 * does what single letters on standard input ask for, and ends with standard input.
 *
 *     g  take 8 MiB in blocks of 1000 bytes, keep them, and write one letter
 *
 * Its thread-local memory is larger than an agent's first idea of a stack. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCKS = 8192, BLOCK_BYTES = 1000, TLS_BYTES = 2 << 20 };

static _Thread_local char large[TLS_BYTES];
static void *blocks[BLOCKS];

static void obey(void)
{
    char order = '\0';
    large[0] = 1;
    while (read(STDIN_FILENO, &order, 1) == 1) {
        for (int i = 0; order == 'g' && i < BLOCKS; i++) {
            blocks[i] = malloc(BLOCK_BYTES);
            if (!blocks[i])
                abort();
            (void)memset(blocks[i], 1, BLOCK_BYTES);
        }
        if (write(STDOUT_FILENO, &order, 1) != 1)
            break;
    }
}

/* The child outlives nothing: it ends with standard input, as its parent does. */
static void forks(void)
{
    pid_t child = fork();
    obey();
    if (child == 0)
        _exit(0);
    (void)waitpid(child, NULL, 0);
}

static void closes_all(void)
{
    for (int fd = 3; fd < 1000; fd++)
        (void)close(fd);
    obey();
}

static void takes_all_numbers(void)
{
    for (int fd = 3; fd < 1000; fd++)
        (void)dup2(STDERR_FILENO, fd);
    obey();
}

static void has_no_descriptors(void)
{
    struct rlimit none = {.rlim_cur = 3, .rlim_max = 3};
    if (setrlimit(RLIMIT_NOFILE, &none) < 0)
        _exit(1);
    forks();
}

static void goes_to_the_background(void)
{
    if (fork() != 0)
        _exit(0);
    (void)setsid();
    if (fork() != 0)
        _exit(0);
    obey();
}

static void changes_root(void)
{
    if (chroot("/var/empty") < 0 && chroot("/var") < 0)
        _exit(1);
    forks();
}

static void becomes_nobody(void)
{
    if (setresuid(65534, 65534, 65534) < 0)
        _exit(1);
    forks();
}

static void leaves_the_network(void)
{
    if (unshare(CLONE_NEWNET) < 0)
        _exit(1);
    forks();
}

static void blocks_signals(void)
{
    sigset_t all;
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, NULL);
    forks();
}

static void *works_on(void *unused)
{
    obey();
    return unused;
}

static void say_bye(void)
{
    (void)write(STDOUT_FILENO, "bye", 3);
}

static void main_leaves(void)
{
    pthread_t thread;
    (void)atexit(say_bye);
    if (pthread_create(&thread, NULL, works_on, NULL) != 0)
        _exit(1);
    pthread_exit(NULL);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } modes[] = {
        {"plain", obey},
        {"forks", forks},
        {"closes-all", closes_all},
        {"takes-all-numbers", takes_all_numbers},
        {"no-descriptors", has_no_descriptors},
        {"background", goes_to_the_background},
        {"chroot", changes_root},
        {"nobody", becomes_nobody},
        {"no-network", leaves_the_network},
        {"blocks-signals", blocks_signals},
        {"main-leaves", main_leaves},
    };
    if (argc == 2 && strcmp(argv[1], "executes") == 0)
        (void)execl("/proc/self/exe", argv[0], "plain", (char *)NULL);
    if (argc == 2 && strcmp(argv[1], "clears") == 0 && clearenv() == 0)
        (void)execl("/proc/self/exe", argv[0], "plain", (char *)NULL);
    for (size_t i = 0; argc == 2 && i < sizeof modes / sizeof modes[0]; i++)
        if (strcmp(argv[1], modes[i].name) == 0) {
            modes[i].run();
            return 0;
        }
    return 2;
}
