#include "discovery_roles.h"

#include <inttypes.h>
#include <string.h>

#include "cleanup.h"
#include "clock.h"
#include "scenarios.h"

const struct scenario_role discovery_roles[] = {
    [DISCOVERY_PEER] = {.name = "peer", .measured = true, .program = "peer"},
    [DISCOVERY_PROXY] = {.name = "proxy", .measured = true, .program = "proxy"},
    [DISCOVERY_CHURNER] = {.name = "churner", .program = "churner"},
    {.name = NULL},
};

/* Any port that is free. */
static char address_option[] = "--address";
static char address[] = "tcp://127.0.0.1:*";
static char *const proxy_arguments[] = {address_option, address, NULL};

const struct scenario_probe scenario_probe = {
    .program = "proxy", .arguments = proxy_arguments, .subject = "peer"};

bool discovery_is(const struct workload *workload, const char *load)
{
    return strcmp(workload->load, load) == 0;
}

bool discovery_is_step(const struct workload *workload)
{
    size_t length = strlen(workload->load);
    return length > strlen("-only") &&
           strcmp(workload->load + length - strlen("-only"), "-only") == 0;
}

static int start_proxy(struct trial *trial, struct err *err)
{
    AUTO(words) struct words arguments = {.count = 0};
    words_add_all(&arguments, proxy_arguments);
    return play_start(trial, DISCOVERY_PROXY, &(struct play_start){.arguments = &arguments}, err);
}

static void add_session(struct words *arguments, const struct workload *workload)
{
    const struct spec_session *state = &workload->session;
    const struct {
        const char *option;
        int64_t value;
    } numbers[] = {
        {"--session-blocks", state->blocks},
        {"--session-min", state->size_min_bytes},
        {"--session-max", state->size_max_bytes},
        {"--session-outlive-percent", state->outlive_percent},
        {"--session-outlive-cycles", state->outlive_cycles},
        {"--workers", workload->workers.count},
        {"--worker-sessions", workload->workers.sessions},
        {"--worker-turn", workload->peers}, /* the duty passes on with every round */
        {"--seed", workload->seed},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
        words_add(arguments, "%s", numbers[i].option);
        words_add(arguments, "%" PRId64, numbers[i].value);
    }
}

static int start_peer(struct trial *trial, struct err *err)
{
    const struct workload *workload = play_workload(trial);
    AUTO(words) struct words arguments = {.count = 0};
    words_add(&arguments, "--proxy");
    words_add(&arguments, "%s", play_endpoint(trial, DISCOVERY_PROXY));
    words_add(&arguments, "--long-lived");
    words_add(&arguments, "--drain");
    words_add(&arguments, "%s", spec_drain_names[workload->drain]);
    if (workload->leak_bytes > 0) {
        words_add(&arguments, "--leak-bytes");
        words_add(&arguments, "%" PRId64, workload->leak_bytes);
    }
    if (workload->session.blocks > 0)
        add_session(&arguments, workload);
    return play_start(trial, DISCOVERY_PEER, &(struct play_start){.arguments = &arguments}, err);
}

static int start_churner(struct trial *trial, struct err *err)
{
    const struct workload *workload = play_workload(trial);
    AUTO(words) struct words arguments = {.count = 0};
    words_add(&arguments, "--proxy");
    words_add(&arguments, "%s", play_endpoint(trial, DISCOVERY_PROXY));
    words_add(&arguments, "--peers");
    words_add(&arguments, "%" PRId64, workload->peers);
    words_add(&arguments, "--step-deadline");
    words_add(&arguments, "%" PRId64, workload->step_deadline_ns / CLOCK_NS_PER_MS);
    if (!workload->mesh)
        words_add(&arguments, "--star");
    if (workload->messages > 0) {
        words_add(&arguments, "--messages");
        words_add(&arguments, "%" PRId64, workload->messages);
        words_add(&arguments, "--message-bytes");
        words_add(&arguments, "%" PRId64, workload->message_bytes);
    }
    if (discovery_is(workload, "processes")) {
        words_add(&arguments, "--peer");
        words_add(&arguments, "%s/peer-glibc", play_programs(trial));
        words_add(&arguments, "--life");
        words_add(&arguments, "%" PRId64, workload->life_ns / CLOCK_NS_PER_MS);
    }
    return play_start(trial, DISCOVERY_CHURNER, &(struct play_start){.arguments = &arguments}, err);
}

int discovery_start(struct trial *trial, struct err *err)
{
    int code = start_proxy(trial, err);
    if (code == 0)
        code = play_await_ready(trial, DISCOVERY_PROXY);
    if (code == 0)
        code = start_peer(trial, err);
    if (code == 0)
        code = play_await_ready(trial, DISCOVERY_PEER);
    if (code == 0)
        code = start_churner(trial, err);
    return code < 0 ? code : play_await_ready(trial, DISCOVERY_CHURNER);
}

int discovery_ask_churner(struct trial *trial, const char *verb, const char *answer, int64_t moves)
{
    int64_t cycles = play_cycles(trial);
    int code = play_ask(trial, DISCOVERY_CHURNER, verb);
    if (code == 0)
        code = play_await(trial, DISCOVERY_CHURNER, answer,
                          moves * play_workload(trial)->step_deadline_ns);
    if (code < 0)
        return code;
    (void)control_get_i64(play_answer(trial), "cycles", &cycles);
    play_set_cycles(trial, cycles);
    if (play_add_joins(trial) < 0)
        return play_fail(trial, "churner sent join times that are none");
    return 0;
}

int discovery_settle(struct trial *trial, int64_t lives)
{
    int code = play_await_counter(trial, DISCOVERY_PEER, "leaves_heard", lives);
    return code < 0 ? code : play_await_counter(trial, DISCOVERY_PROXY, NULL, 0);
}

int discovery_leave(struct trial *trial)
{
    int code = play_leave(trial, DISCOVERY_CHURNER);
    if (code == 0)
        code = play_leave(trial, DISCOVERY_PEER);
    return code < 0 ? code : play_leave(trial, DISCOVERY_PROXY);
}

void discovery_clean(struct workload *workload)
{
    workload->leak_bytes = 0;
    workload->drain = SPEC_DRAIN_POLLSET;
}
