#include "peer_options.h"

#include <stdio.h>

#include "cleanup.h"
#include "memory_stream.h"
#include "option.h"

struct peer_options peer_options = {
    .proxy = "tcp://127.0.0.1:5600",
    .drain = drain_policies,
    .workers = {.turn = 1, .session = {.min_bytes = 16, .max_bytes = 65536, .outlive_cycles = 8}},
    .seed = 1,
};

static const char doc[] =
    "A peer of the discovery protocol of libzmq issue 3186.\n"
    "\n"
    "It binds a PUB socket, hears from the proxy where to publish, announces its endpoint, "
    "connects "
    "to every peer it hears of (itself included) and answers newcomers. It stays until it is told "
    "to leave (SIGINT, SIGTERM, --seconds), says good-bye, waits to hear that, closes everything "
    "and returns from main.\n"
    "\n"
    "Each allocator has a program of its own, peer-NAME, linked from the same object files; at its "
    "start it proves which allocator serves it."
    "\v"
    "EXAMPLES\n"
    "  proxy-glibc &                        the proxy at its well-known address\n"
    "  peer-glibc --long-lived &            watch it while others come and go\n"
    "  peer-glibc --seconds 5               one that comes and goes\n"
    "  peer-jemalloc --drain pollset        the same with the cure of issue 3186\n"
    "  peer-glibc --leak-bytes 64           lose 64 bytes per newcomer on purpose\n"
    "  peer-glibc --session-blocks 100 --session-outlive-percent 10\n"
    "                                       keep state for each peer that is there\n"
    "\n"
    "EXIT STATUS\n"
    "  0 left properly; 2 wrong options; 3 could not: port in use, no proxy, good-bye not heard; "
    "99 another allocator than its name says\n";

enum {
    KEY_PROXY = 256,
    KEY_PORT,
    KEY_SECONDS,
    KEY_LONG_LIVED,
    KEY_DRAIN,
    KEY_LINGER,
    KEY_IMMEDIATE_EXIT,
    KEY_LEAK_BYTES,
    KEY_SESSION_BLOCKS,
    KEY_SESSION_MIN,
    KEY_SESSION_MAX,
    KEY_SESSION_OUTLIVE_PERCENT,
    KEY_SESSION_OUTLIVE_CYCLES,
    KEY_WORKERS,
    KEY_WORKER_SESSIONS,
    KEY_WORKER_TURN,
    KEY_SEED,
    KEY_IDENTIFY,
    KEY_QUIET,
};

static const struct argp_option options[] = {
    {"proxy", KEY_PROXY, "ENDPOINT", 0, "Where the proxy is (tcp://127.0.0.1:5600)", 1},
    {"port", KEY_PORT, "N", 0, "Port on 127.0.0.1 for the own PUB; 0: the system chooses (0)", 1},
    {"seconds", KEY_SECONDS, "S", 0, "Leave after S seconds, 0.5 for instance", 2},
    {"long-lived", KEY_LONG_LIVED, NULL, 0, "Stay until told to leave (default)", 2},
    {"immediate-exit", KEY_IMMEDIATE_EXIT, NULL, 0, "Do not wait to hear the own good-bye", 2},
    {"linger", KEY_LINGER, "MS", 0, "ZMQ_LINGER of all sockets; -1: for ever (0)", 2},
    {"drain", KEY_DRAIN, "POLICY", 0, "How the idle data socket is drained, see below (none)", 3},
    {"leak-bytes", KEY_LEAK_BYTES, "B", 0, "Lose a block of B bytes per newcomer (0)", 4},
    {"session-blocks", KEY_SESSION_BLOCKS, "N", 0, "Blocks allocated per newcomer (0)", 4},
    {"session-min", KEY_SESSION_MIN, "B", 0, "Smallest block in bytes (16)", 4},
    {"session-max", KEY_SESSION_MAX, "B", 0, "Largest block in bytes (65536)", 4},
    {"session-outlive-percent", KEY_SESSION_OUTLIVE_PERCENT, "P", 0,
     "Percent of the blocks that stay when their peer leaves (0)", 4},
    {"session-outlive-cycles", KEY_SESSION_OUTLIVE_CYCLES, "C", 0,
     "until C further peers have left (8)", 4},
    {"workers", KEY_WORKERS, "W", 0, "Threads that build and take apart sessions (0)", 4},
    {"worker-sessions", KEY_WORKER_SESSIONS, "N", 0,
     "Sessions that a thread serves before another takes its place; 0: it stays (0)", 4},
    {"worker-turn", KEY_WORKER_TURN, "N", 0,
     "Sessions of which one of them builds half alone, before it is the next one's turn (1)", 4},
    {"seed", KEY_SEED, "N", 0, "Seed of the block sizes (1)", 4},
    {"identify", KEY_IDENTIFY, NULL, 0, "Print the allocator that serves it and its version", 5},
    {"quiet", KEY_QUIET, NULL, 0, "Do not print who joins and leaves", 5},
    {0},
};

/* The options that are a number. */
static const struct option_number numbers[] = {
    {KEY_PORT, "port", 0, 65535, &peer_options.port},
    {KEY_LINGER, "linger", -1, 3600 * 1000, &peer_options.linger_ms},
    {KEY_LEAK_BYTES, "leak-bytes", 0, 1 << 30, &peer_options.leak_bytes},
    {KEY_SESSION_BLOCKS, "session-blocks", 0, SESSION_BLOCKS_MAX,
     &peer_options.workers.session.blocks},
    {KEY_SESSION_MIN, "session-min", 1, 1 << 30, &peer_options.workers.session.min_bytes},
    {KEY_SESSION_MAX, "session-max", 1, 1 << 30, &peer_options.workers.session.max_bytes},
    {KEY_SESSION_OUTLIVE_PERCENT, "session-outlive-percent", 0, 100,
     &peer_options.workers.session.outlive_percent},
    {KEY_SESSION_OUTLIVE_CYCLES, "session-outlive-cycles", 0, SESSION_CYCLES_MAX,
     &peer_options.workers.session.outlive_cycles},
    {KEY_WORKERS, "workers", 0, WORKERS_MAX, &peer_options.workers.count},
    {KEY_WORKER_SESSIONS, "worker-sessions", 0, INT32_MAX, &peer_options.workers.sessions},
    {KEY_WORKER_TURN, "worker-turn", 1, INT32_MAX, &peer_options.workers.turn},
    {KEY_SEED, "seed", 0, INT64_MAX, &peer_options.seed},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    if (option_number(state, numbers, key, arg))
        return 0;
    switch (key) {
    case KEY_PROXY:
        peer_options.proxy = arg;
        return 0;
    case KEY_SECONDS:
        peer_options.life_ns = option_seconds_ns(state, "seconds", arg);
        return 0;
    case KEY_LONG_LIVED:
        peer_options.life_ns = 0;
        return 0;
    case KEY_DRAIN:
        peer_options.drain = drain_find(arg);
        if (!peer_options.drain)
            argp_error(state, "--drain: no policy '%s'; --help lists them", arg);
        return 0;
    case KEY_IMMEDIATE_EXIT:
        peer_options.immediate_exit = true;
        return 0;
    case KEY_IDENTIFY:
        peer_options.identify = true;
        return 0;
    case KEY_QUIET:
        peer_options.quiet = true;
        return 0;
    case ARGP_KEY_END:
        if (peer_options.workers.session.max_bytes < peer_options.workers.session.min_bytes)
            argp_error(state, "--session-max is smaller than --session-min");
        peer_options.workers.session.seed = (uint64_t)peer_options.seed;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The policies, from their table, stand behind the rest of the help. */
static char *add_policies(int key, const char *text, void *input)
{
    (void)input;
    struct memory_stream memory;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)(uintptr_t)text;
    FILE *out = memory_stream_open(&memory);
    (void)fprintf(out, "%s\nDRAIN POLICIES\n", text);
    drain_describe(out);
    return memory_stream_close(&memory);
}

void peer_options_parse(int argc, char **argv)
{
    static const struct argp argp = {options, parse_option, NULL, doc, NULL, add_policies, NULL};
    option_parse(&argp, argc, argv);
}
