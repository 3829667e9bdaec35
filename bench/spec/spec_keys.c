#include "spec_keys.h"

#include "cleanup.h"
#include "clock.h"

#define KEY(word, of_kind, member) \
    FIELD_AT(struct workload, member), .key = (word), .kind = FIELD_##of_kind
#define RANGE(from, to) .least = (from), .most = (to)
#define MIB             (INT64_C(1) << 20)
#define SECONDS(n)      (INT64_C(n) * CLOCK_NS_PER_S)

/* clang-format off: rows */
const struct field spec_keys[] = {
    {FIELD_AT(struct workload, path), .kind = FIELD_TEXT, .descriptive = true},
    {KEY("question", TEXT, question), .descriptive = true,
     .sentence = "the question this workload answers"},
    {FIELD_AT(struct workload, cycle_unit), .kind = FIELD_TEXT, .later = true, .descriptive = true},
    {FIELD_AT(struct workload, crowd), .kind = FIELD_TEXT, .later = true, .descriptive = true},
    {FIELD_AT(struct workload, round), .kind = FIELD_TEXT, .later = true, .descriptive = true},
    {FIELD_AT(struct workload, ends), .kind = FIELD_BOOL, .fallback = "false", .later = true,
     .descriptive = true},
    {KEY("load", WORD, load), .fallback = "rounds",
     .sentence = "rounds: peers come and go one by one; messages: they stay and send; "
                 "processes: real programs; program: one of your own, driven by a load; batch: one "
                 "that ends by itself; trace: a recorded one; the others: one step of a peer's "
                 "life"},
    {KEY("peers", COUNT, peers), RANGE(1, SPEC_PEERS_MAX), .fallback = "8",
     .sentence = "peers per round, or processes at once"},
    {KEY("rounds", COUNT, rounds), RANGE(1, 1000000), .fallback = "168",
     .sentence = "how often all peers come and go, or send; a trial has peers x rounds cycles"},
    {KEY("quick_rounds", COUNT, quick_rounds), RANGE(0, 1000000), .fallback = "0",
     .descriptive = true, .sentence = "rounds under --quick; 0 is a quarter of rounds"},
    {KEY("mesh", BOOL, mesh), .fallback = "true",
     .sentence = "peers connect to each other too, and not only to the measured one"},
    {KEY("drain", NAME, drain), .names = spec_drain_names, .fallback = "none",
     .sentence = "how the measured peer lets its idle PUB socket process what happened to it"},
    {KEY("messages", COUNT, messages), RANGE(0, 1000), .fallback = "0",
     .sentence = "sent by each peer after its join, or in each round; ZeroMQ may drop above 1000"},
    {KEY("message_bytes", BYTES, message_bytes), RANGE(0, MIB), .fallback = "0 B",
     .sentence = "size of a data message"},
    {KEY("leak_bytes", BYTES, leak_bytes), RANGE(0, MIB), .fallback = "0 B",
     .sentence = "lost by the measured peer on purpose for each peer that joins"},
    {KEY("session_blocks", COUNT, session.blocks), RANGE(0, 10000), .fallback = "0",
     .sentence = "blocks of state the measured peer allocates for each peer that joins"},
    {KEY("session_size_min", BYTES, session.size_min_bytes), RANGE(1, MIB), .fallback = "16 B",
     .sentence = "smallest such block; sizes are log-uniform"},
    {KEY("session_size_max", BYTES, session.size_max_bytes), RANGE(1, MIB), .fallback = "64 KiB",
     .sentence = "largest such block"},
    {KEY("session_outlive_percent", COUNT, session.outlive_percent), RANGE(0, 100), .fallback = "0",
     .sentence = "share of the blocks that stay when their peer leaves"},
    {KEY("session_outlive_cycles", COUNT, session.outlive_cycles), RANGE(0, 10000), .fallback = "0",
     .sentence = "they go when this many further peers have left"},
    {KEY("workers", COUNT, workers.count), RANGE(0, 64), .later = true, .fallback = "0",
     .sentence = "threads of the measured peer that build these blocks and free each other's; it "
                 "then may use all cores but the load's"},
    {KEY("worker_sessions", COUNT, workers.sessions), RANGE(0, 1000000), .later = true,
     .fallback = "0",
     .sentence = "sessions that such a thread serves before another takes its place; 0: it stays"},
    {KEY("life", DURATION, life_ns), RANGE(0, SECONDS(3600)), .fallback = "0 s",
     .sentence = "how long each process lives (load: processes)"},
    {KEY("quiet", DURATION, quiet_ns), RANGE(0, SECONDS(3600)), .fallback = "1 s",
     .sentence = "after the last peer has left, before memory is asked back"},
    {KEY("released", DURATION, released_ns), RANGE(0, SECONDS(3600)), .fallback = "500 ms",
     .sentence = "after memory was asked back"},
    {KEY("step_deadline", DURATION, step_deadline_ns), RANGE(SECONDS(1), SECONDS(600)),
     .fallback = "10 s", .descriptive = true,
     .sentence = "a join or a leave that takes longer fails the trial"},
    {KEY("seed", SEED, seed), RANGE(0, INT64_MAX), .fallback = "3186",
     .sentence = "of the sizes of the session blocks"},
    {KEY("program.command", WORDS, program.command), .later = true, .fallback = "",
     .sentence = "a program of your own (load: program or batch); {port}, {data}, {seed}, {count}, "
                 "{folder} "
                 "and {file:TEMPLATE} are filled in"},
    {KEY("program.commands", PAIRS, program.commands), .later = true, .fallback = "",
     .sentence = "builds of your own, 'ALLOCATOR: COMMAND' each, in place of a preload; a row "
                 "without one is left out, and glibc's is program.command where it has none"},
    {KEY("program.user", TEXT, program.user), .later = true, .fallback = "",
     .sentence = "who runs it, setup and prepare where heapchurn is run by root; anybody else "
                 "runs them as oneself"},
    {KEY("program.setup", WORDS, program.setup), .later = true, .fallback = "",
     .sentence = "run once, to fill {data}; each trial gets a fresh copy of it"},
    {KEY("program.prepare", WORDS, program.prepare), .later = true, .fallback = "",
     .sentence = "run before each start, with {data} empty"},
    {KEY("program.agent", NAME, program.agent), .names = spec_agent_names, .later = true,
     .fallback = "all",
     .sentence = "our agent in all processes of it; first: it and the allocator in the one that is "
                 "started, which alone is measured; off: nowhere, and RSS alone is measured"},
    {KEY("ready.port", BOOL, ready.port), .later = true, .fallback = "false",
     .sentence = "it is ready when {port} takes connections"},
    {KEY("ready.line", TEXT, ready.line), .later = true, .fallback = "",
     .sentence = "… when it has printed this text"},
    {KEY("ready.file", TEXT, ready.file), .later = true, .fallback = "",
     .sentence = "… when this file is there"},
    {KEY("ready.check", WORDS, ready.check), .later = true, .fallback = "",
     .sentence = "… when this command ends with status 0"},
    {KEY("ready.notify", BOOL, ready.notify), .later = true, .fallback = "false",
     .sentence = "… when it says READY=1 (sd_notify)"},
    {KEY("ready.within", DURATION, ready.within_ns), RANGE(0, SECONDS(3600)), .later = true,
     .fallback = "30 s", .descriptive = true, .sentence = "later than that fails the trial"},
    {KEY("round.command", WORDS, each.command), .later = true, .fallback = "",
     .sentence = "one round of the load, which must end with status 0; {round} counts from 0"},
    {KEY("round.prepare", WORDS, each.prepare), .later = true, .fallback = "",
     .sentence = "run once when the program is ready, before the baseline"},
    {KEY("round.count", COUNT, each.count), RANGE(0, INT64_C(1) << 40), .later = true,
     .fallback = "1", .sentence = "how much one round is: cycles are rounds times this"},
    {KEY("round.sample", NAME, each.sample), .names = spec_sample_names, .later = true,
     .fallback = "quiet",
     .sentence = "quiet: a round counts with what is there at its end; during: with the most there "
                 "was under its load, for programs whose processes end with their clients"},
    {KEY("round.within", DURATION, each.within_ns), RANGE(0, SECONDS(86400)), .later = true,
     .fallback = "10 m", .descriptive = true,
     .sentence = "a round that takes longer fails the trial"},
    {KEY("work.command", WORDS, work.command), .later = true, .fallback = "",
     .sentence = "asks the program what it has done; without it what the load printed counts"},
    {KEY("work.equal", TEXT, work.equal), .later = true, .fallback = "",
     .sentence = "an extended regular expression; its last group is a number that must be the "
                 "same in every row, the one before names it"},
    {KEY("stop.signal", NAME, stop.signal), .names = spec_signal_names, .later = true,
     .fallback = "TERM", .sentence = "how it is asked to end"},
    {KEY("stop.command", WORDS, stop.command), .later = true, .fallback = "",
     .sentence = "asks it to end, in place of the signal, and must end with status 0"},
    {KEY("stop.status", COUNT, stop.status), RANGE(0, 255), .later = true, .fallback = "0",
     .sentence = "with which it may end, beside 0"},
    {KEY("stop.any_status", BOOL, stop.any_status), .later = true, .fallback = "false",
     .sentence = "it may end with any status; else with 0, stop.status, or by that signal"},
    {KEY("stop.within", DURATION, stop.within_ns), RANGE(0, SECONDS(3600)), .later = true,
     .fallback = "30 s", .descriptive = true, .sentence = "then it is killed"},
    {KEY("trace", TEXT, trace.file), .later = true, .fallback = "",
     .sentence = "a recorded allocation stream that is played (load: trace), in as many slices of "
                 "equal events as there are rounds; a path, from the folder of this file"},
    {KEY("trace_mode", NAME, trace.mode), .names = spec_trace_mode_names, .later = true,
     .fallback = "virtual",
     .sentence = "virtual: as fast as it goes, while the allocator's clock tells recorded time; "
                 "paced: in its own time; one-thread: all threads of it by one"},
    {KEY("trace_image", COUNT, trace.image), RANGE(0, 1 << 24), .later = true, .fallback = "0",
     .sentence = "which of its programs, by number; 0 is the one with the most events"},
    {.name = NULL},
};
/* clang-format on */

_Static_assert(ARRAY_LENGTH(spec_keys) <= FIELDS_MAX + 1, "raise FIELDS_MAX");
_Static_assert(sizeof(enum spec_agent) == sizeof(int), "names are stored as int");
_Static_assert(sizeof(enum spec_signal) == sizeof(int), "names are stored as int");
_Static_assert(sizeof(enum spec_sample) == sizeof(int), "names are stored as int");
_Static_assert(sizeof(enum spec_trace_mode) == sizeof(int), "names are stored as int");
_Static_assert(sizeof(enum spec_drain) == sizeof(int), "names are stored as int");
