/*
 * known_answers: one program with a known answer; see cases.h.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "cases.h"
#include "cleanup.h"
#include "subject.h"

static void *kept[CASE_BLOCKS];

/* Nothing may stay on the stack or in a register that looks like a pointer to a lost block. */
static void *take(void)
{
    void *volatile block = malloc(CASE_BLOCK_BYTES);
    if (!block)
        abort();
    (void)memset(block, 0x1e, CASE_BLOCK_BYTES);
    void *taken = block;
    block = NULL;
    return taken;
}

static void nothing(void)
{
}

static void take_and_free(void)
{
    for (int i = 0; i < CASE_BLOCKS; i++)
        kept[i] = take();
    for (int i = 0; i < CASE_BLOCKS; i++) {
        free(kept[i]);
        kept[i] = NULL;
    }
}

static void lose(void)
{
    for (int i = 0; i < CASE_BLOCKS; i++)
        (void)take();
    free(take()); /* what is left in registers is this one */
}

static void keep(void)
{
    for (int i = 0; i < CASE_BLOCKS; i++)
        kept[i] = take();
}

static void must(int rc)
{
    if (rc < 0) {
        (void)fprintf(stderr, "calibrate: %s\n", zmq_strerror(zmq_errno()));
        abort();
    }
}

static void talk(void)
{
    char heard[16];
    void *context = zmq_ctx_new();
    void *in = zmq_socket(context, ZMQ_PULL);
    void *out = zmq_socket(context, ZMQ_PUSH);
    must(zmq_bind(in, "inproc://calibrate"));
    must(zmq_connect(out, "inproc://calibrate"));
    must(zmq_send(out, "hello", 5, 0));
    must(zmq_recv(in, heard, sizeof heard, 0));
    must(zmq_close(in));
    must(zmq_close(out));
    must(zmq_ctx_term(context));
}

static void leave_messages(void)
{
    talk();
    for (int i = 0; i < CASE_BLOCKS; i++) {
        zmq_msg_t message;
        must(zmq_msg_init_size(&message, CASE_BLOCK_BYTES));
        for (volatile char *byte = (volatile char *)&message;
             byte < (volatile char *)(&message + 1); byte++)
            *byte = 0;
    }
    free(take());
}

static void *lose_in_thread(void *unused)
{
    lose();
    return unused;
}

static void thread(void)
{
    pthread_t loser;
    if (pthread_create(&loser, NULL, lose_in_thread, NULL) != 0 || pthread_join(loser, NULL) != 0)
        abort();
}

static void (*const programs[CASE_COUNT])(void) = {
    [CASE_NOTHING] = nothing, [CASE_FREED] = take_and_free, [CASE_LOST] = lose,
    [CASE_REACHABLE] = keep,  [CASE_SOCKETS] = talk,        [CASE_MESSAGES] = leave_messages,
    [CASE_THREAD] = thread,
};

static int usage(void)
{
    (void)fputs("Usage: calibrate-ALLOCATOR CASE\n", stderr);
    for (int i = 0; i < CASE_COUNT; i++)
        (void)fprintf(stderr, "  %-10s %s\n", calibration_cases[i].name,
                      calibration_cases[i].title);
    return 2;
}

int main(int argc, char **argv)
{
    static struct subject subject;
    int chosen = 0;
    while (argc == 2 && chosen < CASE_COUNT && strcmp(argv[1], calibration_cases[chosen].name) != 0)
        chosen++;
    if (argc != 2 || chosen == CASE_COUNT)
        return usage();
    if (subject_open(&subject, "calibrate") < 0)
        return SUBJECT_EXIT_REFUSED;
    programs[chosen]();
    subject_finish(&subject, NULL, 0);
    return EXIT_SUCCESS;
}
