#include "executor_slurm.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "cell_folder.h"
#include "clock.h"
#include "slurm.h"
#include "slurm_submission.h"

enum {
    POLL_MS = 1000,
    POLL_LATER_MS = 5000, /* once it goes on for a minute: the controller has other users */
    DEAF_POLLS = 60,      /* of which none was answered: it is given up */
    LOOK_AT_NODES = 5,    /* every so many polls */
    CANCEL_POLLS = 60,
};

/* A run of cells() under way. */
struct waiting {
    struct executor_slurm *slurm;
    const struct cell *cells;
    size_t count;
    bool *done;
    const struct cell_client *client;
    int64_t began_ns;
    int64_t brought;
    struct slurm_submission submission;
};

void executor_slurm_name(const struct run *run, char *out, size_t size)
{
    (void)snprintf(out, size, "heapchurn-%s", run->plan ? run->plan : "");
}

static int64_t number_of(const struct waiting *waiting, size_t index)
{
    return bring_cells_number(&waiting->slurm->bring, &waiting->cells[index]);
}

/* What has become whole since. */
static int bring_whole(struct waiting *waiting, struct err *err)
{
    int code = 0;
    for (size_t i = 0; i < waiting->count && code == 0; i++) {
        if (waiting->done[i] || !cell_folder_is_whole(waiting->slurm->dir, number_of(waiting, i)))
            continue;
        waiting->done[i] = true;
        waiting->brought++;
        code = bring_cell(&waiting->slurm->bring, &waiting->cells[i], waiting->client, err);
    }
    return code;
}

static void tell(const struct waiting *waiting, const struct slurm_queue *queue)
{
    const struct executor_slurm *slurm = waiting->slurm;
    struct slurm_watch now = {
        .cells = (int64_t)waiting->count,
        .running = queue->running,
        .pending = queue->pending,
        .failed = waiting->submission.failed,
        .left_ns = -1,
        .nodes = queue->nodes,
        .reason = queue->reason,
    };
    for (size_t i = 0; i < waiting->count; i++)
        now.done += waiting->done[i];
    if (waiting->brought > 0)
        now.left_ns =
            (clock_now_ns() - waiting->began_ns) / waiting->brought * (now.cells - now.done);
    slurm->watch(slurm->context, &now);
}

static int rest(const struct waiting *waiting, int64_t since_ns)
{
    struct pollfd interrupt = {.fd = waiting->slurm->interrupt_fd, .events = POLLIN};
    bool long_since = clock_now_ns() - since_ns > INT64_C(60) * CLOCK_NS_PER_S;
    return poll(&interrupt, 1, long_since ? POLL_LATER_MS : POLL_MS) > 0 ? -EINTR : 0;
}

/* Until no job of the run is left. */
static int wait_for_jobs(struct waiting *waiting, struct err *err)
{
    const int64_t since_ns = clock_now_ns();
    int deaf = 0, code = 0;
    for (int polls = 0; code == 0; polls++) {
        struct slurm_queue queue;
        int asked =
            slurm_queue(waiting->submission.name, waiting->slurm->interrupt_fd, &queue, err);
        if (asked == -EINTR)
            return asked;
        deaf = asked < 0 ? deaf + 1 : 0;
        if (deaf > DEAF_POLLS)
            return err_wrap(err,
                            "Slurm does not answer any more; its jobs may go on, and 'heapchurn "
                            "collect' brings what they measure");
        code = bring_whole(waiting, err);
        if (asked == 0 && code == 0) {
            tell(waiting, &queue);
            if (queue.running == 0 && queue.pending == 0)
                return 0;
            if (polls % LOOK_AT_NODES == LOOK_AT_NODES - 1)
                code = slurm_submission_look(&waiting->submission, &queue, err);
        }
        if (code == 0)
            code = rest(waiting, since_ns);
    }
    return code;
}

/* Jobs are told to end; what they have finished until then is kept. */
static void cancel(struct waiting *waiting)
{
    struct err err = ERR_INIT;
    struct slurm_queue queue = {.running = 1};
    const struct executor_slurm *slurm = waiting->slurm;
    if (slurm_cancel(waiting->submission.name, &err) < 0)
        slurm->say(slurm->context, err.text);
    for (int polls = 0; polls < CANCEL_POLLS && queue.running + queue.pending > 0; polls++) {
        if (slurm_queue(waiting->submission.name, -1, &queue, NULL) == 0)
            tell(waiting, &queue);
        (void)poll(NULL, 0, POLL_MS);
    }
    if (bring_whole(waiting, &err) < 0)
        slurm->say(slurm->context, err.text);
}

static size_t list_missing(const struct waiting *waiting, struct slurm_task_cell *out)
{
    size_t count = 0;
    for (size_t i = 0; i < waiting->count; i++)
        if (!waiting->done[i])
            out[count++] = (struct slurm_task_cell){.number = number_of(waiting, i),
                                                    .block = waiting->cells[i].block};
    return count;
}

static int carry(struct waiting *waiting, struct err *err)
{
    AUTO_FREE struct slurm_task_cell *missing = calloc(waiting->count + 1, sizeof *missing);
    const struct executor_slurm *slurm = waiting->slurm;
    if (!missing)
        return err_set(err, -ENOMEM, "out of memory");
    int code = bring_whole(waiting, err);
    for (int round = 0; code == 0 && round <= SLURM_AGAIN; round++) {
        size_t count = list_missing(waiting, missing);
        if (count == 0)
            return 0;
        if (round > 0)
            waiting->submission.failed += (int64_t)count;
        code = slurm_submission_send(&waiting->submission, missing, count, err);
        if (code == 0 && slurm->detach)
            return -EINPROGRESS;
        if (code == 0)
            code = wait_for_jobs(waiting, err);
    }
    if (code < 0)
        cancel(waiting);
    return code;
}

static int carry_cells(void *state, const struct cell *cells, size_t count,
                       const struct cell_client *client, struct err *err)
{
    struct executor_slurm *slurm = state;
    AUTO_FREE bool *done = calloc(count + 1, sizeof *done);
    struct waiting waiting = {.slurm = slurm,
                              .cells = cells,
                              .count = count,
                              .done = done,
                              .client = client,
                              .began_ns = clock_now_ns(),
                              .submission = {.slurm = slurm, .run = &slurm->bring.stored->run}};
    if (!done)
        return err_set(err, -ENOMEM, "out of memory");
    executor_slurm_name(waiting.submission.run, waiting.submission.name,
                        sizeof waiting.submission.name);
    int code = slurm_submission_check(&waiting.submission, err);
    if (code == 0)
        code = carry(&waiting, err);
    slurm_submission_release(&waiting.submission);
    for (size_t i = 0; i < count; i++)
        if (!done[i])
            bring_cells_miss(&slurm->bring, number_of(&waiting, i));
    return code;
}

struct executor executor_slurm(struct executor_slurm *slurm)
{
    return (struct executor){.cells = carry_cells, .pass = bring_cells_no_pass, .state = slurm};
}
