/* A process that runs already when an agent is put into it, and knows what it holds: after each
 * letter on standard input it says on standard output how many bytes, as malloc_usable_size()
 * tells.
 *
 *     attached_program plain      waits for letters
 *                      busy       and two threads allocate and free meanwhile
 *                      handler    one SIGUSR1 later it stays in its handler
 *                      filtered   it is under a seccomp filter (that lets everything pass)
 *
 *     g   take 5 MB in blocks of 1000 bytes
 *     f   give back 9 of 10
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { AT_ONCE = 5000, BLOCKS_MAX = 1000000, BLOCK_BYTES = 1000, STAY_ONE_OF = 10, SMALL = 64 };

static void *blocks[BLOCKS_MAX];
static size_t count;
static long long held;

static void grow(void)
{
    for (int i = 0; i < AT_ONCE && count < BLOCKS_MAX; i++) {
        void *block = malloc(BLOCK_BYTES);
        if (!block)
            abort();
        blocks[count++] = memset(block, 1, BLOCK_BYTES);
        held += (long long)malloc_usable_size(block);
    }
}

static void give_back(void)
{
    for (size_t i = 0; i < count; i++) {
        if (i % STAY_ONE_OF == 0 || !blocks[i])
            continue;
        held -= (long long)malloc_usable_size(blocks[i]);
        free(blocks[i]);
        blocks[i] = NULL;
    }
}

static void *be_busy(void *unused)
{
    void *mine[SMALL] = {NULL};
    for (unsigned i = 0;; i++) {
        free(mine[i % SMALL]);
        mine[i % SMALL] = malloc(100 + i % 1000);
    }
    return unused;
}

static void stay(int signal)
{
    (void)signal;
    for (;;)
        (void)pause();
}

static void be_filtered(void)
{
    struct sock_filter all[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog filter = {.len = 1, .filter = all};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0)
        abort();
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "plain";
    char letter = 0;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    (void)signal(SIGUSR1, stay);
    if (strcmp(mode, "filtered") == 0)
        be_filtered();
    for (int i = 0; strcmp(mode, "busy") == 0 && i < 2; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, be_busy, NULL) != 0)
            abort();
    }
    while (read(STDIN_FILENO, &letter, 1) == 1) {
        if (letter == 'g')
            grow();
        if (letter == 'f')
            give_back();
        (void)printf("%lld\n", held);
        if (strcmp(mode, "handler") == 0)
            (void)raise(SIGUSR1);
    }
    return 0;
}
