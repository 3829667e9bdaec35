/* A program that knows nothing of agents and makes it hard for them, as its argument says. Then it
 * does what single letters on standard input ask for, and ends with standard input: with status 0
 * where nothing was refused to it that it would have without an agent.
 *
 *     g  take 8 MiB in blocks of 1000 bytes, keep them, and write one letter
 *
 * Its thread-local memory is larger than an agent's first idea of a stack. */
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCKS = 8192, BLOCK_BYTES = 1000, TLS_BYTES = 2 << 20, WORKING_SET = 64, STORM_FORKS = 20 };

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
        if (writev(STDOUT_FILENO, &(struct iovec){.iov_base = &order, .iov_len = 1}, 1) != 1)
            break;
    }
}

static void await(pid_t child)
{
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        _exit(1);
}

/* The child outlives nothing: it ends with standard input, as its parent does. */
static void forks(void)
{
    pid_t child = fork();
    obey();
    if (child == 0)
        _exit(0);
    await(child);
}

static void forks_and_forks(void)
{
    pid_t child = fork();
    if (child == 0) {
        forks();
        _exit(0);
    }
    obey();
    await(child);
}

/* No handler of libc's runs in the child. */
static void forks_by_hand(void)
{
    pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    obey();
    if (child == 0)
        _exit(0);
    await(child);
}

static void vforks(void)
{
    pid_t child = vfork();
    if (child == 0) {
        (void)execl("/proc/self/exe", "agent_program", "plain", (char *)NULL);
        _exit(1);
    }
    obey();
    await(child);
}

static void spawns(void)
{
    pid_t child = -1;
    char name[] = "agent_program", mode[] = "plain";
    char *arguments[] = {name, mode, NULL};
    if (posix_spawn(&child, "/proc/self/exe", NULL, NULL, arguments, environ) != 0)
        _exit(1);
    obey();
    await(child);
}

static void limit(__rlimit_resource_t what, rlim_t to)
{
    struct rlimit limit = {.rlim_cur = to, .rlim_max = to};
    if (setrlimit(what, &limit) < 0)
        _exit(1);
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
    limit(RLIMIT_NOFILE, 3);
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

static void leave(int namespaces, const char *root)
{
    if ((namespaces && unshare(namespaces) < 0) || (root && chroot(root) < 0))
        _exit(1);
}

static void changes_root(void)
{
    leave(0, "/var");
    forks();
}

/* Neither socket is in reach. */
static void is_jailed(void)
{
    leave(CLONE_NEWNET, "/var");
    forks();
}

static void is_jailed_alone(void)
{
    leave(CLONE_NEWNET | CLONE_NEWPID, "/var");
    forks();
}

static void counts_anew(void)
{
    leave(CLONE_NEWPID, NULL);
    forks();
}

static void has_its_own_users(void)
{
    leave(CLONE_NEWUSER, NULL);
    obey();
}

static void cannot_be_looked_at(void)
{
    (void)prctl(PR_SET_DUMPABLE, 0);
    forks();
}

static void has_little_space(void)
{
    limit(RLIMIT_AS, 1L << 31);
    forks();
}

static void may_not_multiply(void)
{
    limit(RLIMIT_NPROC, 1);
    obey();
}

static void becomes_nobody(void)
{
    if (setresuid(65534, 65534, 65534) < 0)
        _exit(1);
    forks();
}

static void leaves_the_network(void)
{
    leave(CLONE_NEWNET, NULL);
    forks();
}

static void blocks_signals(void)
{
    sigset_t all;
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, NULL);
    forks();
}

/* What a program needs that reads, writes, forks and allocates: all else is its end. */
static const int needed[] = {SYS_read,
                             SYS_writev,
                             SYS_futex,
                             SYS_mmap,
                             SYS_munmap,
                             SYS_mprotect,
                             SYS_brk,
                             SYS_madvise,
                             SYS_rt_sigaction,
                             SYS_rt_sigprocmask,
                             SYS_clone,
                             SYS_wait4,
                             SYS_exit,
                             SYS_exit_group,
                             SYS_set_robust_list,
                             SYS_rt_sigreturn,
                             SYS_gettid,
                             SYS_getpid,
                             SYS_sched_yield,
                             SYS_rseq,
                             SYS_clock_gettime,
                             SYS_restart_syscall};
enum { NEEDED = sizeof needed / sizeof needed[0] };

/* Of the others, `and_this` and `and_that` may be called, too. */
static void set_filter(int and_this, int and_that, unsigned flags)
{
    struct sock_filter steps[2 * (NEEDED + 2) + 2] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    unsigned short count = 1;
    for (int i = 0; i < NEEDED + 2; i++) {
        int call = i < NEEDED ? needed[i] : i == NEEDED ? and_this : and_that;
        steps[count++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1);
        steps[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    steps[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    struct sock_fprog filter = {.len = count, .filter = steps};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        (flags ? syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter)
               : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) < 0)
        _exit(1);
}

static void is_filtered(void)
{
    set_filter(SYS_write, SYS_clone3, SECCOMP_FILTER_FLAG_TSYNC);
    obey();
}

static void is_filtered_and_forks(void)
{
    set_filter(SYS_write, SYS_clone3, SECCOMP_FILTER_FLAG_TSYNC);
    forks();
}

static void is_filtered_alone_and_forks(void)
{
    set_filter(SYS_clone3, SYS_clone3, 0);
    forks();
}

static void may_not_write(void)
{
    set_filter(SYS_clone3, SYS_clone3, SECCOMP_FILTER_FLAG_TSYNC);
    obey();
}

static void may_not_begin_threads(void)
{
    set_filter(SYS_write, SYS_write, 0);
    forks();
}

static atomic_bool quiet;

static void *allocates(void *unused)
{
    void *mine[WORKING_SET] = {NULL};
    for (unsigned i = 0; !atomic_load(&quiet); i++) {
        free(mine[i % WORKING_SET]);
        mine[i % WORKING_SET] = malloc(100 + i % 3000);
    }
    return unused;
}

/* It forks while three of its threads are within malloc, and the children allocate, too. */
static void storms(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        if (pthread_create(&threads[i], NULL, allocates, NULL) != 0)
            _exit(1);
    for (int i = 0; i < STORM_FORKS; i++) {
        pid_t child = fork();
        for (int k = 0; child == 0 && k < BLOCKS; k++)
            blocks[k] = malloc(BLOCK_BYTES);
        if (child == 0)
            exit(blocks[BLOCKS - 1] ? 0 : 1);
        await(child);
    }
    atomic_store(&quiet, true);
    (void)write(STDOUT_FILENO, "s", 1);
    obey();
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
        {"fork-tree", forks_and_forks},
        {"raw-fork", forks_by_hand},
        {"vforks", vforks},
        {"spawns", spawns},
        {"undumpable", cannot_be_looked_at},
        {"little-space", has_little_space},
        {"no-processes", may_not_multiply},
        {"chroot", changes_root},
        {"jailed", is_jailed},
        {"jailed-alone", is_jailed_alone},
        {"counts-anew", counts_anew},
        {"own-users", has_its_own_users},
        {"filtered", is_filtered},
        {"filtered-forks", is_filtered_and_forks},
        {"filtered-alone-forks", is_filtered_alone_and_forks},
        {"no-write", may_not_write},
        {"no-threads", may_not_begin_threads},
        {"nobody", becomes_nobody},
        {"no-network", leaves_the_network},
        {"blocks-signals", blocks_signals},
        {"main-leaves", main_leaves},
        {"storms", storms},
    };
    if (argc == 2 && strcmp(argv[1], "executes") == 0)
        (void)execl("/proc/self/exe", argv[0], "plain", (char *)NULL);
    if (argc == 2 && strcmp(argv[1], "own-preload") == 0 && setenv("LD_PRELOAD", "", 1) == 0)
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
