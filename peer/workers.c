#include "workers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "clock.h"

/* What a session is done with takes milliseconds. */
enum { ANSWER_MS = 30000 };

struct worker_part {
    int64_t session;
    int64_t first; /* index of its first block in the session */
    int64_t count;
    struct session_block blocks[];
};

enum task_kind {
    TASK_BUILD,
    TASK_THIN, /* free what does not outlive the session */
    TASK_DROP, /* free the rest, and the part */
    TASK_END,
};

/* Goes to a worker, and comes back with what was done. */
struct task {
    enum task_kind kind;
    int64_t session, first, count; /* of what is to be built */
    struct worker_part *part;
    int64_t built, freed, spoiled, refused;
    int64_t bytes; /* requested for what was built, less that of what was freed */
};

static unsigned char content(int64_t session, int64_t index)
{
    return (unsigned char)(session * 31 + index);
}

static void build(const struct workers_options *options, struct task *task)
{
    size_t size = sizeof *task->part + (size_t)task->count * sizeof *task->part->blocks;
    struct worker_part *part = task->part = malloc(size);
    if (!part) {
        task->refused = task->count;
        return;
    }
    *part = (struct worker_part){task->session, task->first, task->count};
    for (int64_t i = 0; i < part->count; i++) {
        int64_t index = part->first + i;
        size_t bytes = session_block_bytes(
            &options->session, (uint64_t)(part->session * options->session.blocks + index));
        part->blocks[i] = (struct session_block){.memory = malloc(bytes), .bytes = bytes};
        if (!part->blocks[i].memory) {
            task->refused++;
            continue;
        }
        (void)memset(part->blocks[i].memory, content(part->session, index), bytes);
        task->built++;
        task->bytes += (int64_t)bytes;
    }
}

/* What another thread wrote has to be there still. */
static void release(struct task *task, int64_t index, struct session_block *block)
{
    const unsigned char *memory = block->memory;
    const unsigned char expected = content(task->part->session, index);
    if (!memory)
        return;
    task->spoiled += memory[0] != expected || memory[block->bytes - 1] != expected;
    task->freed++;
    task->bytes -= (int64_t)block->bytes;
    free(block->memory);
    block->memory = NULL;
}

static void take_apart(const struct workers_options *options, struct task *task)
{
    struct worker_part *part = task->part;
    for (int64_t i = 0; part && i < part->count; i++)
        if (task->kind == TASK_DROP || !session_outlives(&options->session, part->first + i))
            release(task, part->first + i, &part->blocks[i]);
    if (task->kind == TASK_DROP) {
        free(part);
        task->part = NULL;
    }
}

static void carry_out(const struct workers_options *options, struct task *task)
{
    if (task->kind == TASK_BUILD)
        build(options, task);
    else
        take_apart(options, task);
}

/* A worker's life. It ends in silence where the socket fails: the main thread notices. */
static void *live(void *argument)
{
    const struct worker *worker = argument;
    const int linger_ms = -1;
    struct task task = {.kind = TASK_END};
    void *socket = zmq_socket(worker->context, ZMQ_PAIR);
    if (!socket)
        return NULL;
    bool good = zmq_setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms) == 0 &&
                zmq_connect(socket, worker->address) == 0;
    while (good && zmq_recv(socket, &task, sizeof task, 0) == sizeof task &&
           task.kind != TASK_END) {
        carry_out(worker->options, &task);
        good = zmq_send(socket, &task, sizeof task, 0) == sizeof task;
    }
    (void)zmq_close(socket);
    return NULL;
}

static int fail(struct err *err, const char *what)
{
    return err_set(err, -errno, "worker: cannot %s: %s", what, zmq_strerror(errno));
}

static int start(struct workers *workers, struct worker *worker, struct err *err)
{
    const int answer_ms = ANSWER_MS, linger_ms = 0;
    /* A new one each time: a closed socket gives its address back some time later. */
    static unsigned number;
    (void)snprintf(worker->address, sizeof worker->address, "inproc://worker-%u", number++);
    worker->context = workers->context;
    worker->options = &workers->options;
    worker->served = 0;
    worker->socket = zmq_socket(workers->context, ZMQ_PAIR);
    if (!worker->socket)
        return fail(err, "make a socket");
    int code = 0;
    if (zmq_setsockopt(worker->socket, ZMQ_RCVTIMEO, &answer_ms, sizeof answer_ms) < 0 ||
        zmq_setsockopt(worker->socket, ZMQ_SNDTIMEO, &answer_ms, sizeof answer_ms) < 0 ||
        zmq_setsockopt(worker->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms) < 0 ||
        zmq_bind(worker->socket, worker->address) < 0)
        code = fail(err, "bind");
    if (code == 0 && (code = -pthread_create(&worker->thread, NULL, live, worker)) < 0)
        (void)err_set(err, code, "worker: cannot start a thread: %s", strerror(-code));
    if (code < 0) {
        (void)zmq_close(worker->socket);
        worker->socket = NULL;
        return code;
    }
    workers->started++;
    return 0;
}

static void end(struct worker *worker)
{
    const struct task task = {.kind = TASK_END};
    if (!worker->socket)
        return;
    (void)zmq_send(worker->socket, &task, sizeof task, 0);
    (void)pthread_join(worker->thread, NULL);
    (void)zmq_close(worker->socket);
    worker->socket = NULL;
}

static void account(struct workers *workers, const struct task *task)
{
    workers->built += task->built;
    workers->freed += task->freed;
    workers->spoiled += task->spoiled;
    workers->refused += task->refused;
    workers->bytes_requested_live += task->bytes;
}

/* Whose turn it is after `steps` in the ring of workers and main thread (the last). */
static int64_t in_ring(const struct workers *workers, int64_t worker, int64_t steps)
{
    return (worker + steps) % (workers->options.count + 1);
}

/* The blocks that each worker builds; the duty's are whatever is left. */
static void cut(const struct workers *workers, struct task *tasks)
{
    const struct workers_options *options = &workers->options;
    int64_t share = options->session.blocks / 2 / options->count;
    int64_t duty = workers->joined / options->turn % options->count;
    int64_t next = 0;
    for (int64_t w = 0; w < options->count; w++) {
        tasks[w].session = workers->joined;
        tasks[w].first = next;
        tasks[w].count = w == duty ? options->session.blocks - share * (options->count - 1) : share;
        next += tasks[w].count;
    }
}

/* One task for each part, to the thread `steps` on from who built it; all of them at once. */
static int deal(struct workers *workers, enum task_kind kind, struct worker_part **parts,
                int64_t steps, struct err *err)
{
    struct task tasks[WORKERS_MAX] = {{.kind = kind}};
    const int64_t count = workers->options.count;
    if (kind == TASK_BUILD)
        cut(workers, tasks);
    for (int64_t w = 0; w < count; w++) {
        tasks[w].kind = kind;
        tasks[w].part = parts[w];
        struct worker *worker = &workers->worker[in_ring(workers, w, steps)];
        if (in_ring(workers, w, steps) < count &&
            zmq_send(worker->socket, &tasks[w], sizeof tasks[w], 0) < 0)
            return fail(err, "hand over a task");
    }
    for (int64_t w = 0; w < count; w++) /* ours, while they work */
        if (in_ring(workers, w, steps) == count)
            carry_out(&workers->options, &tasks[w]);
    for (int64_t w = 0; w < count; w++) {
        struct worker *worker = &workers->worker[in_ring(workers, w, steps)];
        if (in_ring(workers, w, steps) < count &&
            zmq_recv(worker->socket, &tasks[w], sizeof tasks[w], 0) != sizeof tasks[w])
            return fail(err, "hear the answer");
        parts[w] = tasks[w].part;
        account(workers, &tasks[w]);
    }
    return 0;
}

/* Those that have served their time are replaced. */
static int relieve(struct workers *workers, struct err *err)
{
    const struct workers_options *options = &workers->options;
    int code = 0;
    for (int64_t w = 0; code == 0 && w < options->count; w++) {
        struct worker *worker = &workers->worker[w];
        if (options->sessions > 0 && worker->served >= options->sessions) {
            end(worker);
            code = start(workers, worker, err);
        }
        worker->served++;
    }
    return code;
}

static int check(const struct workers_options *options, struct err *err)
{
    if (options->count < 0 || options->count > WORKERS_MAX)
        return err_set(err, -EINVAL, "there are 0 to %d workers, not %" PRId64, WORKERS_MAX,
                       options->count);
    if (options->count > 0 && options->session.blocks == 0)
        return err_set(err, -EINVAL, "workers build the blocks of sessions, and there are none");
    return 0;
}

int workers_open(struct workers *workers, const struct workers_options *options, void *context,
                 struct err *err)
{
    *workers = (struct workers){.options = *options, .context = context};
    size_t count = (size_t)options->count;
    int code = check(options, err);
    if (code < 0 || count == 0)
        return code;
    workers->table = calloc(SESSION_PEERS_MAX, sizeof *workers->table);
    workers->parts = calloc(SESSION_PEERS_MAX * count, sizeof(struct worker_part *));
    workers->outliving =
        calloc((size_t)options->session.outlive_cycles * count + 1, sizeof(struct worker_part *));
    if (!workers->table || !workers->parts || !workers->outliving) {
        workers_close(workers);
        return err_set(err, -ENOMEM, "no memory for the tables of %zu workers", count);
    }
    for (size_t i = 0; i < SESSION_PEERS_MAX; i++)
        workers->table[i].parts = workers->parts + i * count;
    for (size_t w = 0; code == 0 && w < count; w++) {
        code = start(workers, &workers->worker[w], err);
        workers->worker[w].served = (int64_t)w * options->sessions / options->count;
    }
    if (code < 0)
        workers_close(workers);
    return code;
}

static struct worker_session *find(struct workers *workers, const uuid_t uuid)
{
    for (int i = 0; i < workers->count; i++)
        if (uuid_compare(workers->table[i].uuid, uuid) == 0)
            return &workers->table[i];
    return NULL;
}

int workers_join(struct workers *workers, const uuid_t uuid, struct err *err)
{
    if (workers->options.count == 0 || find(workers, uuid))
        return 0;
    if (workers->count == SESSION_PEERS_MAX) {
        workers->refused += workers->options.session.blocks;
        return 0;
    }
    int code = relieve(workers, err);
    if (code < 0)
        return code;
    struct worker_session *session = &workers->table[workers->count++];
    uuid_copy(session->uuid, uuid);
    const int64_t began_ns = clock_now_ns();
    code = deal(workers, TASK_BUILD, session->parts, 0, err);
    latency_add(&workers->built_in, clock_now_ns() - began_ns);
    workers->joined++;
    return code;
}

int workers_leave(struct workers *workers, const uuid_t uuid, struct err *err)
{
    struct worker_session *session = find(workers, uuid);
    if (workers->options.count == 0 || !session)
        return 0;
    const struct workers_options *options = &workers->options;
    const int64_t cycles = options->session.outlive_cycles;
    int code = 0;
    if (cycles == 0) {
        code = deal(workers, TASK_DROP, session->parts, 1, err);
    } else {
        struct worker_part **kept = workers->outliving + options->count * (workers->left % cycles);
        if (workers->left >= cycles) /* they have stayed for that many others */
            code = deal(workers, TASK_DROP, kept, 2, err);
        if (code == 0)
            code = deal(workers, TASK_THIN, session->parts, 1, err);
        for (int64_t w = 0; code == 0 && w < options->count; w++) {
            kept[w] = session->parts[w];
            session->parts[w] = NULL;
        }
    }
    workers->left++;
    struct worker_session *last = &workers->table[--workers->count];
    struct worker_session ended = *session;
    *session = *last;
    *last = ended;
    return code;
}

void *workers_block(struct workers *workers, const uuid_t uuid, int64_t index)
{
    const struct worker_session *session = find(workers, uuid);
    const struct worker_part *part = session ? session->parts[0] : NULL;
    return part && index < part->count ? part->blocks[index].memory : NULL;
}

static void drop(struct workers *workers, struct worker_part *part)
{
    struct task task = {.kind = TASK_DROP, .part = part};
    take_apart(&workers->options, &task);
    account(workers, &task);
}

void workers_close(struct workers *workers)
{
    const int64_t count = workers->options.count;
    for (int64_t w = 0; w < count; w++)
        end(&workers->worker[w]);
    for (int64_t i = 0; workers->parts && i < SESSION_PEERS_MAX * count; i++)
        drop(workers, workers->parts[i]);
    for (int64_t i = 0; workers->outliving && i < workers->options.session.outlive_cycles * count;
         i++)
        drop(workers, workers->outliving[i]);
    free(workers->table);
    free(workers->parts);
    free(workers->outliving);
    workers->table = NULL;
    workers->parts = workers->outliving = NULL;
    workers->count = 0;
    workers->options.count = 0;
}
