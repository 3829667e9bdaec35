/* The wire format: what goes out comes back, and nothing else comes in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "cleanup.h"
#include "discovery.h"

enum { KIND_AT = 4, UUID_AT = 5, ENDPOINT_AT = 21 };

static void valid(unsigned char *out_bytes)
{
    struct discovery message = {.kind = DISCOVERY_CONNECT, .endpoint = "tcp://127.0.0.1:40001"};
    for (size_t i = 0; i < sizeof message.uuid; i++)
        message.uuid[i] = (unsigned char)i;
    discovery_encode(&message, out_bytes);
}

static void test_round_trip(void **state)
{
    (void)state;
    static const enum discovery_kind kinds[] = {DISCOVERY_WELCOME, DISCOVERY_CONNECT,
                                                DISCOVERY_DISCONNECT};
    static const char *const endpoints[] = {"tcp://127.0.0.1:1", "tcp://10.255.255.254:65535",
                                            "ipc:///run/peer.sock", "ipc://@abstract"};
    for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++) {
        for (size_t e = 0; e < ARRAY_LENGTH(endpoints); e++) {
            struct discovery in = {.kind = kinds[k]}, out = {.kind = 0};
            uuid_generate(in.uuid);
            (void)strncpy(in.endpoint, endpoints[e], sizeof in.endpoint - 1);
            unsigned char bytes[DISCOVERY_SIZE];
            (void)memset(bytes, 0xff, sizeof bytes);
            discovery_encode(&in, bytes);
            assert_int_equal(discovery_decode(bytes, sizeof bytes, &out), 0);
            assert_memory_equal(&in, &out, sizeof in);
        }
    }
}

static void test_every_byte_is_where_the_header_says(void **state)
{
    (void)state;
    unsigned char bytes[DISCOVERY_SIZE];
    valid(bytes);
    assert_int_equal(DISCOVERY_SIZE, 149);
    assert_memory_equal(bytes, "HCD1C", 5);
    assert_int_equal(bytes[UUID_AT + 7], 7);
    assert_string_equal((const char *)bytes + ENDPOINT_AT, "tcp://127.0.0.1:40001");
    for (size_t i = ENDPOINT_AT + strlen("tcp://127.0.0.1:40001"); i < sizeof bytes; i++)
        assert_int_equal(bytes[i], 0);
}

/* One change each to a valid message. */
static void test_malformed_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        size_t at;
        const char *bytes;
        size_t count;
    } rows[] = {
        {"magic", 0, "X", 1},
        {"magic of something else", 0, "GET ", 4},
        {"version", 3, "2", 1},
        {"kind", KIND_AT, "X", 1},
        {"kind zero", KIND_AT, "\0", 1},
        {"lower case kind", KIND_AT, "c", 1},
        {"empty endpoint", ENDPOINT_AT, "\0", 1},
        {"no scheme", ENDPOINT_AT, "127.0.0.1:40001\0\0\0\0\0\0", 21},
        {"another scheme", ENDPOINT_AT, "inproc://abc\0\0\0\0\0\0\0\0\0", 21},
        {"not printable", ENDPOINT_AT + 9, "\x01", 1},
        {"high byte", ENDPOINT_AT + 9, "\xff", 1},
        {"bytes behind the end", DISCOVERY_SIZE - 1, "x", 1},
        {"end in the middle", ENDPOINT_AT + 18, "\0", 1},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        unsigned char bytes[DISCOVERY_SIZE];
        struct discovery out = {.kind = DISCOVERY_WELCOME};
        valid(bytes);
        (void)memcpy(bytes + rows[i].at, rows[i].bytes, rows[i].count);
        if (discovery_decode(bytes, sizeof bytes, &out) != -EPROTO)
            fail_msg("accepted: %s", rows[i].what);
        assert_int_equal(out.kind, DISCOVERY_WELCOME); /* untouched */
    }
}

static void test_endpoint_without_end_is_refused(void **state)
{
    (void)state;
    unsigned char bytes[DISCOVERY_SIZE];
    struct discovery out;
    valid(bytes);
    (void)memset(bytes + ENDPOINT_AT, 'a', DISCOVERY_ENDPOINT_MAX);
    (void)memcpy(bytes + ENDPOINT_AT, "ipc://", 6);
    assert_int_equal(discovery_decode(bytes, sizeof bytes, &out), -EPROTO);
}

static void test_only_the_exact_length_is_accepted(void **state)
{
    (void)state;
    unsigned char bytes[DISCOVERY_SIZE + 8] = {0};
    struct discovery out;
    valid(bytes);
    for (size_t size = 0; size <= sizeof bytes; size++)
        assert_int_equal(discovery_decode(bytes, size, &out), size == DISCOVERY_SIZE ? 0 : -EPROTO);
}

static void test_endpoints(void **state)
{
    (void)state;
    static const struct {
        const char *endpoint;
        bool valid;
    } rows[] = {
        {"tcp://127.0.0.1:5600", true},
        {"ipc:///tmp/x", true},
        {"", false},
        {"tcp://", false},
        {"tcp://127.0.0.1", false},
        {"tcp://127.0.0.1:", false},
        {"tcp://127.0.0.1:0", false},
        {"tcp://127.0.0.1:*", false},
        {"tcp://127.0.0.1:65536", false},
        {"tcp://127.0.0.1:99999", false},
        {"tcp://127.0.0.1:123456", false},
        {"tcp://127.0.0.1:56 ", false},
        {"tcp://127.0.0.1:-1", false},
        {"tcp://*:5600", false},
        {"tcp://localhost:5600", false}, /* a look-up would stop the I/O thread */
        {"tcp://example.org:80", false},
        {"tcp://lo;127.0.0.1:80", false},
        {"tcp://1.2.3.4.5.6.7.8.9.10:80", false},
        {"udp://127.0.0.1:5600", false},
        {"inproc://x", false},
        {"ipc://", false},
        {"ipc://*", false},
        {"ipc:///tmp/with space", false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        if (discovery_endpoint_valid(rows[i].endpoint) != rows[i].valid)
            fail_msg("'%s' should be %s", rows[i].endpoint, rows[i].valid ? "valid" : "refused");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_every_byte_is_where_the_header_says),
        cmocka_unit_test(test_malformed_is_refused),
        cmocka_unit_test(test_endpoint_without_end_is_refused),
        cmocka_unit_test(test_only_the_exact_length_is_accepted),
        cmocka_unit_test(test_endpoints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
