/*
 * churner: the load. It plays peers that come and go, as virtual peers in exact rounds (crowd.h) or
 * as real processes (processes.h), and is told what to do through its control channel:
 *
 *     round               join all one by one, each sends its messages, leave all one by one
 *     join                join all, and stay
 *     burst               each one that is there sends its messages
 *     part                all leave
 *     processes lives=L   real processes
 *     leave               leave if there, and exit
 *
 * A step that is not confirmed in time is "failed step= peer= reason=" and exit status 1.
 */
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cleanup.h"
#include "clock.h"
#include "control.h"
#include "crowd.h"
#include "err.h"
#include "option.h"
#include "processes.h"

static struct env {
    struct crowd_options crowd;
    int64_t peers;
    int64_t messages;
    int64_t message_bytes;
    const char *peer_program;
    int64_t life_ms; /* 0: virtual peers by hand, else real processes */
    int64_t rounds;
} env = {
    .crowd = {.proxy = "tcp://127.0.0.1:5600",
              .mesh = true,
              .step_deadline_ms = 10000,
              .control_fd = -1},
    .peers = 8,
    .message_bytes = 64,
    .rounds = 1,
};

static const char doc[] =
    "Plays peers of the discovery protocol that come and go, as load for a long-lived one.\n"
    "\n"
    "In a round M virtual peers join one by one, each with a context of its own, and then leave "
    "one "
    "by one; a step ends when every side has confirmed it, so every run is the same messages. "
    "There must be one proxy and one long-lived peer. By hand it does --rounds of them and prints "
    "how long joins took."
    "\v"
    "EXAMPLES\n"
    "  proxy-glibc & peer-glibc &\n"
    "  churner --rounds 100                  100 rounds of 8 peers: 800 lives\n"
    "  churner --peers 64 --star             many at once that ignore each other\n"
    "  churner --peers 10 --life 2000 --rounds 3\n"
    "                                        30 real processes, 10 at a time, 2 s each\n"
    "\n"
    "EXIT STATUS\n"
    "  0 done; 1 a step was not confirmed in time, or a process failed; 2 wrong options; 3 could "
    "not start\n";

enum {
    KEY_PROXY = 256,
    KEY_PEERS,
    KEY_STAR,
    KEY_MESSAGES,
    KEY_MESSAGE_BYTES,
    KEY_STEP_DEADLINE,
    KEY_PEER,
    KEY_LIFE,
    KEY_ROUNDS,
};

enum { DAY_MS = 24 * 3600 * 1000 };

static const struct argp_option options[] = {
    {"proxy", KEY_PROXY, "ENDPOINT", 0, "Where the proxy is (tcp://127.0.0.1:5600)", 1},
    {"peers", KEY_PEERS, "M", 0, "Peers in a round, or processes at a time (8)", 1},
    {"rounds", KEY_ROUNDS, "N", 0, "By hand: rounds, or processes one after another (1)", 1},
    {"star", KEY_STAR, NULL, 0, "Virtual peers ignore each other", 2},
    {"messages", KEY_MESSAGES, "K", 0, "Data messages each one sends (0)", 2},
    {"message-bytes", KEY_MESSAGE_BYTES, "S", 0, "Size of such a message (64)", 2},
    {"step-deadline", KEY_STEP_DEADLINE, "MS", 0, "A join or leave takes at most this (10000)", 2},
    {"life", KEY_LIFE, "MS", 0, "Real processes, each living this long (2000)", 3},
    {"peer", KEY_PEER, "PROGRAM", 0, "The program they run (peer-glibc beside this one)", 3},
    {0},
};

/* The options that are a number. */
static const struct option_number numbers[] = {
    {KEY_PEERS, "peers", 1, CROWD_PEERS_MAX, &env.peers},
    {KEY_MESSAGES, "messages", 0, 1000000, &env.messages},
    {KEY_MESSAGE_BYTES, "message-bytes", DATA_PREFIX_SIZE, 16 << 20, &env.message_bytes},
    {KEY_STEP_DEADLINE, "step-deadline", 1, DAY_MS, &env.crowd.step_deadline_ms},
    {KEY_LIFE, "life", 1, DAY_MS, &env.life_ms},
    {KEY_ROUNDS, "rounds", 1, INT32_MAX, &env.rounds},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    if (option_number(state, numbers, key, arg))
        return 0;
    switch (key) {
    case KEY_PROXY:
        env.crowd.proxy = arg;
        return 0;
    case KEY_STAR:
        env.crowd.mesh = false;
        return 0;
    case KEY_PEER:
        env.peer_program = arg;
        return 0;
    case ARGP_KEY_END:
        env.crowd.peers = (int)env.peers;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

enum { EXIT_STEP_FAILED = 1, DEFAULT_LIFE_MS = 2000, JOIN_TEXT_MAX = CROWD_PEERS_MAX * 20 + 1 };

struct churner {
    struct crowd crowd;
    int64_t cycles;
    int64_t messages;
    bool done;
    char join_ns[JOIN_TEXT_MAX]; /* "123,456" of the joins of one request */
    struct control_line line;
};

typedef int request_fn(struct churner *churner, struct err *err);

static request_fn serve, by_hand, do_round, do_join, do_burst, do_part, do_processes, do_leave;
static int join_all(struct churner *churner, bool talk, struct err *err);
static int run_processes(struct churner *churner, int64_t lives, struct err *err);
static processes_progress_fn report_progress;
static int say(struct churner *churner, struct err *err);
static int fail(struct churner *churner, const struct err *err);
static const char *default_peer_program(void);
static void raise_descriptor_limit(void);

static const struct {
    const char *verb;
    request_fn *run;
} requests[] = {
    {"round", do_round}, {"join", do_join},           {"burst", do_burst},
    {"part", do_part},   {"processes", do_processes}, {"leave", do_leave},
};

int main(int argc, char **argv)
{
    static const struct argp argp = {options, parse_option, NULL, doc, NULL, NULL, NULL};
    static struct churner churner;
    option_parse(&argp, argc, argv);
    env.crowd.control_fd = control_inherited_fd();
    if (!env.peer_program)
        env.peer_program = default_peer_program();
    raise_descriptor_limit();

    struct err err = ERR_INIT;
    if (crowd_open(&churner.crowd, &env.crowd, &err) < 0) {
        (void)fprintf(stderr, "churner: %s\n", err.text);
        return OPTION_EXIT_FAILED;
    }
    int rc = env.crowd.control_fd >= 0 ? serve(&churner, &err) : by_hand(&churner, &err);
    int status = rc < 0 ? fail(&churner, &err) : EXIT_SUCCESS;
    crowd_close(&churner.crowd);
    return status;
}

static int serve(struct churner *churner, struct err *err)
{
    struct control_line *line = &churner->line;
    control_begin(line, "ready");
    control_add(line, "role", "churner");
    control_add_i64(line, "pid", getpid());
    int rc = say(churner, err);
    while (rc == 0 && !churner->done) {
        rc = crowd_idle(&churner->crowd, err);
        if (rc < 0)
            return rc;
        rc = control_receive(env.crowd.control_fd, line);
        if (rc < 0)
            return err_set(err, rc, "cannot read a request: %s", strerror(-rc));
        request_fn *run = NULL;
        for (size_t i = 0; i < ARRAY_LENGTH(requests); i++) {
            if (control_is(line, requests[i].verb))
                run = requests[i].run;
        }
        rc = run ? run(churner, err) : err_set(err, -EPROTO, "unknown request '%s'", line->text);
    }
    return rc;
}

static int do_round(struct churner *churner, struct err *err)
{
    int rc = join_all(churner, true, err);
    while (rc == 0 && churner->crowd.resident > 0)
        rc = crowd_leave(&churner->crowd, err);
    if (rc < 0)
        return rc;
    churner->cycles += env.crowd.peers;
    control_begin(&churner->line, "round");
    control_add_i64(&churner->line, "cycles", churner->cycles);
    control_add(&churner->line, "join_ns", churner->join_ns);
    control_add_i64(&churner->line, "messages", churner->messages);
    return say(churner, err);
}

static int do_join(struct churner *churner, struct err *err)
{
    int rc = join_all(churner, false, err);
    if (rc < 0)
        return rc;
    control_begin(&churner->line, "joined");
    control_add(&churner->line, "join_ns", churner->join_ns);
    return say(churner, err);
}

static int do_burst(struct churner *churner, struct err *err)
{
    for (int i = 0; i < churner->crowd.resident; i++) {
        int rc = crowd_say(&churner->crowd, i, env.messages, (size_t)env.message_bytes, err);
        if (rc < 0)
            return rc;
        churner->messages += env.messages;
        churner->cycles++;
    }
    control_begin(&churner->line, "burst");
    control_add_i64(&churner->line, "cycles", churner->cycles);
    control_add_i64(&churner->line, "messages", churner->messages);
    return say(churner, err);
}

static int do_part(struct churner *churner, struct err *err)
{
    while (churner->crowd.resident > 0) {
        int rc = crowd_leave(&churner->crowd, err);
        if (rc < 0)
            return rc;
    }
    control_begin(&churner->line, "parted");
    return say(churner, err);
}

static int do_processes(struct churner *churner, struct err *err)
{
    int64_t lives = 0;
    if (control_get_i64(&churner->line, "lives", &lives) < 0 || lives < 1)
        return err_set(err, -EPROTO, "processes needs lives=, at least 1");
    return run_processes(churner, lives, err);
}

static int do_leave(struct churner *churner, struct err *err)
{
    while (churner->crowd.resident > 0) {
        int rc = crowd_leave(&churner->crowd, err);
        if (rc < 0)
            return rc;
    }
    churner->done = true;
    control_begin(&churner->line, "exit");
    control_add_i64(&churner->line, "cpu_ns", clock_process_cpu_ns());
    return say(churner, err);
}

static int by_hand(struct churner *churner, struct err *err)
{
    if (env.life_ms > 0)
        return run_processes(churner, env.rounds, err);
    int64_t start_ns = clock_now_ns();
    for (int64_t i = 0; i < env.rounds; i++) {
        int rc = do_round(churner, err);
        if (rc < 0)
            return rc;
    }
    double seconds = (double)(clock_now_ns() - start_ns) / CLOCK_NS_PER_S;
    (void)printf("%.1f cycles per second\n", (double)churner->cycles / seconds);
    return 0;
}

static int join_all(struct churner *churner, bool talk, struct err *err)
{
    struct crowd *crowd = &churner->crowd;
    if (crowd->resident > 0)
        return err_set(err, -EPROTO, "peers are there already; they have to part first");
    size_t length = 0;
    for (int i = 0; i < env.crowd.peers; i++) {
        int64_t join_ns = 0;
        int rc = crowd_join(crowd, &join_ns, err);
        if (rc == 0 && talk)
            rc = crowd_say(crowd, i, env.messages, (size_t)env.message_bytes, err);
        if (rc < 0)
            return rc;
        churner->messages += talk ? env.messages : 0;
        length += (size_t)snprintf(churner->join_ns + length, sizeof churner->join_ns - length,
                                   "%s%" PRId64, i > 0 ? "," : "", join_ns);
    }
    return 0;
}

static int run_processes(struct churner *churner, int64_t lives, struct err *err)
{
    struct processes_options processes = {
        .program = env.peer_program,
        .proxy = env.crowd.proxy,
        .slots = env.crowd.peers,
        .lives = lives,
        .life_ns = (env.life_ms > 0 ? env.life_ms : DEFAULT_LIFE_MS) * CLOCK_NS_PER_MS,
        .grace_ns = env.crowd.step_deadline_ms * CLOCK_NS_PER_MS,
        .control_fd = env.crowd.control_fd,
    };
    struct processes_result result = {.cycles = 0};
    int rc = processes_run(&processes, report_progress, churner, &result, err);
    if (rc < 0)
        return rc;
    churner->cycles += result.cycles;
    control_begin(&churner->line, "processes");
    control_add_i64(&churner->line, "cycles", result.cycles);
    control_add_i64(&churner->line, "failed", result.failed);
    if (result.failed > 0)
        control_add(&churner->line, "reason", result.reason);
    return say(churner, err);
}

static void report_progress(void *context, const struct processes_result *result)
{
    struct churner *churner = context;
    control_begin(&churner->line, "progress");
    control_add_i64(&churner->line, "cycles", result->cycles);
    (void)say(churner, NULL);
}

/* Through the control channel, or by hand to stdout. */
static int say(struct churner *churner, struct err *err)
{
    if (env.crowd.control_fd < 0) {
        (void)printf("%s\n", churner->line.text);
        (void)fflush(stdout);
        return 0;
    }
    int rc = control_send(env.crowd.control_fd, &churner->line);
    return rc < 0 ? err_set(err, rc, "cannot answer: %s", strerror(-rc)) : 0;
}

static int fail(struct churner *churner, const struct err *err)
{
    if (err->code == -EPIPE)
        return EXIT_STEP_FAILED; /* nobody is left to hear it */
    (void)fprintf(stderr, "churner: %s\n", err->text);
    control_begin(&churner->line, "failed");
    if (churner->crowd.step) {
        control_add(&churner->line, "step", churner->crowd.step);
        control_add_i64(&churner->line, "peer", churner->crowd.step_peer);
    }
    control_add(&churner->line, "reason", err->text);
    if (env.crowd.control_fd >= 0)
        (void)say(churner, NULL);
    return EXIT_STEP_FAILED;
}

static const char *default_peer_program(void)
{
    static char program[PATH_MAX];
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0)
        return "peer-glibc";
    self[length] = '\0';
    int size = snprintf(program, sizeof program, "%s/peer-glibc", dirname(self));
    return size < (int)sizeof program ? program : "peer-glibc";
}

/* 64 peers in mesh need some 10000 descriptors; the soft limit is often 1024. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}
