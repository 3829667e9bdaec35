#include "load.h"

#include <errno.h>
#include <inttypes.h>

#include "clock.h"
#include "work.h"

/* In processes mode there is no end of a round; statistics are asked for this often. */
static const int64_t progress_stats_period_ns = 200LL * CLOCK_NS_PER_MS;

/* One request to the churner, its answer, its count of cycles and its join times. */
static int churn_step(struct trial *trial, const char *verb, const char *answer, int64_t steps)
{
    struct supervisor *supervisor = &trial->supervisor;
    int64_t deadline_ns = clock_now_ns() + trial->options->deadlines.answer_ns +
                          steps * trial->options->workload->step_deadline_ns;
    int code = supervisor_ask(supervisor, SUPERVISOR_CHURNER, verb);
    if (code == 0)
        code = supervisor_await(supervisor, SUPERVISOR_CHURNER, answer, deadline_ns);
    if (code < 0)
        return code;
    (void)control_get_i64(&supervisor->line, "cycles", &trial->record->cycles_done);
    if (work_add_joins(trial->record, &supervisor->line) < 0)
        return supervisor_fail(supervisor, "churner sent join times that are none");
    return 0;
}

static int churn_rounds(struct trial *trial)
{
    const struct workload *workload = trial->options->workload;
    int code = 0;
    for (int64_t round = 0; code == 0 && round < workload->rounds; round++) {
        code = churn_step(trial, "round", "round", 2 * workload->peers);
        if (code == 0)
            code = steps_sample_round_end(trial, "leaves_heard", trial->record->cycles_done);
    }
    return code;
}

static int churn_messages(struct trial *trial)
{
    const struct workload *workload = trial->options->workload;
    int code = 0;
    for (int64_t round = 1; code == 0 && round <= workload->rounds; round++) {
        code = churn_step(trial, "burst", "burst", 1);
        if (code == 0)
            code = steps_sample_round_end(trial, "messages_heard",
                                          round * workload->peers * workload->messages);
    }
    return code;
}

static int churn_processes(struct trial *trial)
{
    const struct workload *workload = trial->options->workload;
    struct supervisor *supervisor = &trial->supervisor;
    struct control_line request;
    control_begin(&request, "processes");
    control_add_i64(&request, "lives", workload->rounds);
    int code = supervisor_send(supervisor, SUPERVISOR_CHURNER, &request);
    int64_t deadline_ns = clock_now_ns() + trial->options->deadlines.answer_ns +
                          /* the first ones start spread over one life */
                          (workload->rounds + 1) * workload->life_ns +
                          workload->rounds * workload->step_deadline_ns;
    while (code == 0 && trial->processes_failed == RECORD_NA) {
        if (clock_now_ns() > deadline_ns)
            return supervisor_fail(supervisor, "churner did not finish its processes in time");
        code = supervisor_idle(supervisor, clock_now_ns() + progress_stats_period_ns);
        if (code == 0)
            code = steps_sample_round_end(trial, NULL, 0);
    }
    if (code == 0 && trial->processes_failed > 0)
        return supervisor_fail(supervisor,
                               "%" PRId64 " of the load's processes failed; see churner.log",
                               trial->processes_failed);
    return code;
}

/* One step of a peer's life, by the subject itself; the churner looks on. */
static int churn_steps(struct trial *trial)
{
    const struct workload *workload = trial->options->workload;
    struct supervisor *supervisor = &trial->supervisor;
    int code = 0;
    for (int64_t round = 1; code == 0 && round <= workload->rounds; round++) {
        struct control_line request;
        control_begin(&request, "step");
        control_add(&request, "name", spec_load_names[workload->load]);
        control_add_i64(&request, "count", workload->peers);
        code = supervisor_send(supervisor, SUPERVISOR_PEER, &request);
        if (code == 0)
            code = supervisor_await(supervisor, SUPERVISOR_PEER, "stepped",
                                    clock_now_ns() + trial->options->deadlines.answer_ns +
                                        workload->peers * workload->step_deadline_ns);
        if (code < 0)
            return code;
        trial->record->cycles_done = round * workload->peers;
        code = steps_sample_round_end(trial, "steps", trial->record->cycles_done);
    }
    return code;
}

int load_run(struct trial *trial)
{
    switch (trial->options->workload->load) {
    case SPEC_ROUNDS:
        return churn_rounds(trial);
    case SPEC_MESSAGES:
        return churn_messages(trial);
    case SPEC_PROCESSES:
        return churn_processes(trial);
    case SPEC_CONNECT_ONLY:
    case SPEC_ANNOUNCE_ONLY:
    case SPEC_MESSAGE_ONLY:
    case SPEC_MONITOR_ONLY:
    case SPEC_CONTEXT_ONLY:
        return churn_steps(trial);
    }
    return -EINVAL;
}

/* Residents of messages mode come or go. */
static int move_residents(struct trial *trial, const char *verb, const char *answer)
{
    if (trial->options->workload->load != SPEC_MESSAGES)
        return 0;
    return churn_step(trial, verb, answer, trial->options->workload->peers);
}

int load_gather(struct trial *trial)
{
    return move_residents(trial, "join", "joined");
}

int load_settle(struct trial *trial)
{
    const struct workload *workload = trial->options->workload;
    struct allocator_stats stats;
    int64_t read_ns = 0;
    int64_t lives = workload->load == SPEC_MESSAGES ? workload->peers
                    : workload_is_step(workload)    ? 0
                                                    : trial->record->cycles_done;
    int code = move_residents(trial, "part", "parted");
    if (code == 0)
        code = steps_ask_stats(trial, RECORD_PEER, "leaves_heard", lives, &stats, &read_ns);
    return code < 0 ? code : steps_ask_stats(trial, RECORD_PROXY, NULL, 0, &stats, &read_ns);
}
