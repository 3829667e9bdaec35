/* Threads that hand each other blocks: producers and consumers, and a pool that works off tasks. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recorded_program.h"

enum { PAIRS = 4, BLOCKS = 2500, QUEUE_ROOM = 16, WORKERS = 8, TASKS = 4000 };

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    void *items[QUEUE_ROOM];
    size_t count;
};

#define QUEUE_INIT                                                             \
    {                                                                          \
        .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER \
    }

static struct queue to_do = QUEUE_INIT, done = QUEUE_INIT;

static void put(struct queue *queue, void *item)
{
    (void)pthread_mutex_lock(&queue->lock);
    while (queue->count == QUEUE_ROOM)
        (void)pthread_cond_wait(&queue->changed, &queue->lock);
    queue->items[queue->count++] = item;
    (void)pthread_cond_broadcast(&queue->changed);
    (void)pthread_mutex_unlock(&queue->lock);
}

static void *get(struct queue *queue)
{
    (void)pthread_mutex_lock(&queue->lock);
    while (queue->count == 0)
        (void)pthread_cond_wait(&queue->changed, &queue->lock);
    void *item = queue->items[--queue->count];
    (void)pthread_cond_broadcast(&queue->changed);
    (void)pthread_mutex_unlock(&queue->lock);
    return item;
}

static void *produce(void *of)
{
    struct known *known = of;
    for (size_t i = 0; i < BLOCKS; i++)
        put(&to_do, take(known, 16 + i * 37 % 4000));
    return NULL;
}

static void *consume(void *of)
{
    struct known *known = of;
    for (size_t i = 0; i < BLOCKS; i++)
        give(known, get(&to_do));
    return NULL;
}

static void tell(const struct known *list, size_t count, struct known sum)
{
    for (size_t i = 0; i < count; i++) {
        sum.calls += list[i].calls;
        sum.bytes += list[i].bytes;
    }
    (void)printf("calls=%llu bytes=%llu\n", (unsigned long long)sum.calls,
                 (unsigned long long)sum.bytes);
}

/* Four that allocate, four that free, and a short queue between them. */
int producers(void)
{
    pthread_t threads[2 * PAIRS];
    struct known known[2 * PAIRS] = {{0}};
    for (size_t i = 0; i < 2 * PAIRS; i++)
        if (pthread_create(&threads[i], NULL, i % 2 ? consume : produce, &known[i]) != 0)
            return 1;
    for (size_t i = 0; i < 2 * PAIRS; i++)
        (void)pthread_join(threads[i], NULL);
    tell(known, 2 * PAIRS, (struct known){0});
    return 0;
}

struct task {
    size_t bytes; /* 0: there are no more */
    char *result;
};

static void *work(void *of)
{
    struct known *known = of;
    for (;;) {
        struct task *task = get(&to_do);
        if (task->bytes == 0)
            return NULL;
        char *scratch = take(known, 2 * task->bytes);
        task->result = take(known, task->bytes);
        (void)memset(scratch, 1, task->bytes);
        (void)memcpy(task->result, scratch, task->bytes);
        give(known, scratch);
        put(&done, task);
    }
}

static void finish(struct known *known, struct task *task)
{
    give(known, task->result);
    give(known, task);
}

/* A pool of workers: the main thread hands out tasks, and frees what came of them. */
int pool(void)
{
    static struct task last;
    pthread_t threads[WORKERS];
    struct known known[WORKERS] = {{0}}, own = {0};
    for (size_t i = 0; i < WORKERS; i++)
        if (pthread_create(&threads[i], NULL, work, &known[i]) != 0)
            return 1;
    for (size_t i = 0; i < TASKS; i++) {
        struct task *task = take(&own, sizeof *task);
        *task = (struct task){.bytes = 1 + i * 53 % 3000};
        if (i >= WORKERS)
            finish(&own, get(&done));
        put(&to_do, task);
    }
    for (size_t i = 0; i < WORKERS; i++)
        finish(&own, get(&done));
    for (size_t i = 0; i < WORKERS; i++)
        put(&to_do, &last);
    for (size_t i = 0; i < WORKERS; i++)
        (void)pthread_join(threads[i], NULL);
    tell(known, WORKERS, own);
    return 0;
}
