#include "spec_keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "units.h"

static int parse_number(const struct spec_key *key, const char *text, int64_t *out,
                        struct err *err);
static int parse_word(const char *const *words, const char *text, unsigned *out);
static int refuse(const struct spec_key *key, const char *text, struct err *err);

int spec_key_store(const struct spec_key *key, const char *text, struct workload *out,
                   struct err *err)
{
    static const char *const flags[] = {"false", "true", NULL};
    char *member = (char *)out + key->offset;
    int64_t number = 0;
    unsigned index = 0;
    switch (key->kind) {
    case SPEC_TEXT:
        if (!*text)
            return refuse(key, text, err);
        free(*(char **)(void *)member);
        *(char **)(void *)member = strdup(text);
        return *(char **)(void *)member ? 0 : err_set(err, -ENOMEM, "out of memory");
    case SPEC_FLAG:
        if (parse_word(flags, text, &index) < 0)
            return refuse(key, text, err);
        *(bool *)member = index == 1;
        return 0;
    case SPEC_CHOICE:
        if (parse_word(key->choices, text, &index) < 0)
            return refuse(key, text, err);
        memcpy(member, &index, sizeof index);
        return 0;
    case SPEC_COUNT:
    case SPEC_BYTES:
    case SPEC_DURATION:
        break;
    }
    if (parse_number(key, text, &number, err) < 0)
        return -EINVAL;
    if (number < key->least || number > key->most)
        return refuse(key, text, err);
    memcpy(member, &number, sizeof number);
    return 0;
}

const char *spec_key_expected(const struct spec_key *key, char *out, size_t size)
{
    char least[64];
    char most[64];
    size_t used = 0;
    switch (key->kind) {
    case SPEC_TEXT:
        (void)snprintf(out, size, "text");
        return out;
    case SPEC_FLAG:
        (void)snprintf(out, size, "true or false");
        return out;
    case SPEC_CHOICE:
        for (size_t i = 0; key->choices[i] && used < size; i++) {
            const char *before = i == 0 ? "" : key->choices[i + 1] ? ", " : " or ";
            used += (size_t)snprintf(out + used, size - used, "%s%s", before, key->choices[i]);
        }
        return out;
    case SPEC_COUNT:
        (void)snprintf(out, size, "a whole number from %jd to %jd", (intmax_t)key->least,
                       (intmax_t)key->most);
        return out;
    case SPEC_BYTES:
        (void)snprintf(out, size, "a size from %s to %s",
                       units_format_bytes((double)key->least, least, sizeof least),
                       units_format_bytes((double)key->most, most, sizeof most));
        return out;
    case SPEC_DURATION:
        (void)snprintf(out, size, "a duration from %s to %s",
                       units_format_duration(key->least, least, sizeof least),
                       units_format_duration(key->most, most, sizeof most));
        return out;
    }
    return out;
}

static int parse_number(const struct spec_key *key, const char *text, int64_t *out, struct err *err)
{
    if (key->kind == SPEC_BYTES)
        return units_parse_bytes(text, out, err);
    if (key->kind == SPEC_DURATION)
        return units_parse_duration(text, out, err);
    char *end = NULL;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno || end == text || *end)
        return refuse(key, text, err);
    *out = number;
    return 0;
}

static int parse_word(const char *const *words, const char *text, unsigned *out)
{
    for (unsigned i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0) {
            *out = i;
            return 0;
        }
    }
    return -EINVAL;
}

static int refuse(const struct spec_key *key, const char *text, struct err *err)
{
    char expected[256];
    spec_key_expected(key, expected, sizeof expected);
    if (!*text)
        return err_set(err, -EINVAL, "nothing is given; expected %s", expected);
    return err_set(err, -EINVAL, "'%s' is given; expected %s", text, expected);
}

_Static_assert(sizeof(enum spec_load) == sizeof(unsigned), "choices are stored as unsigned");
_Static_assert(sizeof(enum spec_drain) == sizeof(unsigned), "choices are stored as unsigned");

const char *const spec_load_names[] = {"rounds",       "messages",      "processes",
                                       "connect-only", "announce-only", "message-only",
                                       "monitor-only", "context-only",  NULL};
const char *const spec_drain_names[] = {"none", "poll", "send", "events", "pollset", NULL};
const char *const spec_kind_names[] = {"text", "count", "flag", "choice", "size", "duration", NULL};

#define MEMBER(member) .offset = offsetof(struct workload, member)
#define KIB            INT64_C(1024)
#define MIB            (1024 * KIB)
#define SECONDS(n)     (INT64_C(n) * CLOCK_NS_PER_S)

/* clang-format off: rows */
const struct spec_key spec_keys[] = {
    {"question", SPEC_TEXT, MEMBER(question), .sentence = "the question this workload answers"},
    {"load", SPEC_CHOICE, MEMBER(load), .choices = spec_load_names, .fallback = "rounds",
     .sentence = "rounds: peers come and go one by one; messages: they stay and send; "
                 "processes: real programs; the others: one step of a peer's life, by the measured "
                 "peer itself"},
    {"peers", SPEC_COUNT, MEMBER(peers), 1, SPEC_PEERS_MAX, .fallback = "8",
     .sentence = "peers per round, or processes at once"},
    {"rounds", SPEC_COUNT, MEMBER(rounds), 1, 1000000, .fallback = "168",
     .sentence = "how often all peers come and go, or send; a trial has peers x rounds cycles"},
    {"quick_rounds", SPEC_COUNT, MEMBER(quick_rounds), 0, 1000000, .fallback = "0",
     .sentence = "rounds under --quick; 0 is a quarter of rounds"},
    {"mesh", SPEC_FLAG, MEMBER(mesh), .fallback = "true",
     .sentence = "peers connect to each other too, and not only to the measured one"},
    {"drain", SPEC_CHOICE, MEMBER(drain), .choices = spec_drain_names, .fallback = "none",
     .sentence = "how the measured peer lets its idle PUB socket process what happened to it"},
    {"messages", SPEC_COUNT, MEMBER(messages), 0, 1000, .fallback = "0",
     .sentence = "sent by each peer after its join, or in each round; ZeroMQ may drop above 1000"},
    {"message_bytes", SPEC_BYTES, MEMBER(message_bytes), 0, MIB, .fallback = "0 B",
     .sentence = "size of a data message"},
    {"leak_bytes", SPEC_BYTES, MEMBER(leak_bytes), 0, MIB, .fallback = "0 B",
     .sentence = "lost by the measured peer on purpose for each peer that joins"},
    {"session_blocks", SPEC_COUNT, MEMBER(session.blocks), 0, 10000, .fallback = "0",
     .sentence = "blocks of state the measured peer allocates for each peer that joins"},
    {"session_size_min", SPEC_BYTES, MEMBER(session.size_min_bytes), 1, MIB, .fallback = "16 B",
     .sentence = "smallest such block; sizes are log-uniform"},
    {"session_size_max", SPEC_BYTES, MEMBER(session.size_max_bytes), 1, MIB, .fallback = "64 KiB",
     .sentence = "largest such block"},
    {"session_outlive_percent", SPEC_COUNT, MEMBER(session.outlive_percent), 0, 100,
     .fallback = "0", .sentence = "share of the blocks that stay when their peer leaves"},
    {"session_outlive_cycles", SPEC_COUNT, MEMBER(session.outlive_cycles), 0, 10000,
     .fallback = "0", .sentence = "they go when this many further peers have left"},
    {"life", SPEC_DURATION, MEMBER(life_ns), 0, SECONDS(3600), .fallback = "0 s",
     .sentence = "how long each process lives (load: processes)"},
    {"quiet", SPEC_DURATION, MEMBER(quiet_ns), 0, SECONDS(3600), .fallback = "1 s",
     .sentence = "after the last peer has left, before memory is asked back"},
    {"released", SPEC_DURATION, MEMBER(released_ns), 0, SECONDS(3600), .fallback = "500 ms",
     .sentence = "after memory was asked back"},
    {"step_deadline", SPEC_DURATION, MEMBER(step_deadline_ns), SECONDS(1), SECONDS(600),
     .fallback = "10 s", .sentence = "a join or a leave that takes longer fails the trial"},
    {"seed", SPEC_COUNT, MEMBER(seed), 0, INT64_MAX, .fallback = "3186",
     .sentence = "of the sizes of the session blocks"},
    {.name = NULL},
};
/* clang-format on */

_Static_assert(sizeof spec_keys / sizeof spec_keys[0] <= SPEC_KEYS_MAX + 1, "raise SPEC_KEYS_MAX");
