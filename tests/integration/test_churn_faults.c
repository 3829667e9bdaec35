/* Proxy, peer and churner under rubbish, death, signals and wrong options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "cleanup.h"
#include "scene.h"

/* Publish rubbish among the discovery messages, as any local process could. */
static void publish_rubbish(const unsigned char (*messages)[DISCOVERY_SIZE + 1],
                            const size_t *sizes, int count)
{
    void *context = zmq_ctx_new();
    void *sub = zmq_socket(context, ZMQ_SUB);
    void *pub = zmq_socket(context, ZMQ_XPUB);
    const int timeout_ms = CHILD_DEADLINE_MS;
    unsigned char bytes[DISCOVERY_SIZE];
    struct discovery welcome;
    (void)zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "", 0);
    (void)zmq_setsockopt(sub, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms);
    (void)zmq_setsockopt(pub, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms);
    assert_int_equal(zmq_connect(sub, scene.proxy_endpoint), 0);
    assert_int_equal(zmq_recv(sub, bytes, sizeof bytes, 0), DISCOVERY_SIZE);
    assert_int_equal(discovery_decode(bytes, sizeof bytes, &welcome), 0);
    assert_int_equal(welcome.kind, DISCOVERY_WELCOME);
    assert_int_equal(zmq_connect(pub, welcome.endpoint), 0);
    assert_int_equal(zmq_recv(pub, bytes, sizeof bytes, 0), 1); /* the proxy subscribes */
    for (int i = 0; i < count; i++)
        assert_int_equal(zmq_send(pub, messages[i], sizes[i], 0), (int)sizes[i]);
    assert_int_equal(zmq_send(pub, "part", 4, ZMQ_SNDMORE), 4);
    assert_int_equal(zmq_send(pub, messages[0], sizes[0], 0), (int)sizes[0]);
    for (int i = 0; i <= count; i++) /* heard again: it has been forwarded to all */
        assert_true(zmq_recv(sub, bytes, sizeof bytes, 0) >= 0);
    (void)zmq_close(sub);
    (void)zmq_close(pub);
    (void)zmq_ctx_term(context);
}

static void test_malformed_messages_are_counted_and_dropped(void **state)
{
    (void)state;
    enum { COUNT = 6 };
    unsigned char messages[COUNT][DISCOVERY_SIZE + 1] = {{0}};
    size_t sizes[COUNT];
    struct discovery good = {.kind = DISCOVERY_CONNECT, .endpoint = "tcp://127.0.0.1:9"};
    for (int i = 0; i < COUNT; i++) {
        discovery_encode(&good, messages[i]);
        sizes[i] = DISCOVERY_SIZE;
    }
    sizes[0] = DISCOVERY_SIZE - 1;
    sizes[1] = DISCOVERY_SIZE + 1;
    sizes[2] = 0;
    messages[3][0] = 'X';                             /* magic */
    messages[4][3] = '2';                             /* version */
    (void)memcpy(messages[5] + 21, "inproc://x", 11); /* endpoint */

    scene_start(scene_allocators[0], NO_OPTIONS, OPTIONS("--peers", "3"));
    publish_rubbish((const unsigned char(*)[DISCOVERY_SIZE + 1]) messages, sizes, COUNT);
    scene_stats(&scene.peer, "malformed", COUNT + 1); /* and the one in two parts */
    assert_int_equal(child_value(&scene.peer, "connects"), 1);
    scene_rounds(1);
    scene_stats(&scene.peer, "leaves_heard", 3);
    assert_int_equal(child_value(&scene.peer, "malformed"), COUNT + 1);
    scene_leave();
}

static void test_somebody_who_claims_our_endpoint_is_refused(void **state)
{
    (void)state;
    unsigned char message[1][DISCOVERY_SIZE + 1] = {{0}};
    const size_t size = DISCOVERY_SIZE;
    struct discovery thief = {.kind = DISCOVERY_CONNECT, .uuid = {1}};
    scene_start_proxy(scene_allocators[0], "tcp://127.0.0.1:*");
    scene_start_peer(scene_allocators[0], NO_OPTIONS);
    (void)snprintf(thief.endpoint, sizeof thief.endpoint, "%s",
                   child_text(&scene.peer, "endpoint"));
    discovery_encode(&thief, message[0]);
    publish_rubbish((const unsigned char(*)[DISCOVERY_SIZE + 1]) message, &size, 1);
    scene_stats(&scene.peer, "refused", 1);
    assert_int_equal(child_value(&scene.peer, "connects"), 1);
}

static void test_killed_proxy_fails_the_step(void **state)
{
    (void)state;
    scene_start(scene_allocators[0], NO_OPTIONS,
                OPTIONS("--peers", "3", "--step-deadline", "1000"));
    scene_rounds(1);
    child_end(&scene.proxy);
    child_ask(&scene.churner, "round");
    child_expect(&scene.churner, "failed");
    assert_string_equal(child_text(&scene.churner, "step"), "join");
    assert_int_equal(child_value(&scene.churner, "peer"), 0);
    assert_non_null(strstr(child_text(&scene.churner, "reason"), "not confirmed in 1000 ms"));
    assert_int_equal(child_wait(&scene.churner), 1);
}

static void test_peer_survives_a_new_proxy(void **state)
{
    (void)state;
    scene_start(scene_allocators[0], NO_OPTIONS, OPTIONS("--peers", "2"));
    scene_rounds(1);
    child_end(&scene.proxy);
    char address[DISCOVERY_ENDPOINT_MAX];
    (void)snprintf(address, sizeof address, "%s", scene.proxy_endpoint);
    scene_start_proxy(scene_allocators[0], address);
    /* its own announcement, once more */
    scene_stats(&scene.peer, "joins_heard", (2 * 2 + 2 * 2) + 2);
    scene_rounds(1);
    scene_stats(&scene.peer, "leaves_heard", 4);
    assert_int_equal(child_value(&scene.peer, "connects"), 5);
    scene_leave();
}

static void test_processes_that_fail_are_counted(void **state)
{
    (void)state;
    scene_start_proxy(scene_allocators[0], "tcp://127.0.0.1:*");
    scene_start_churner(OPTIONS("--peers", "2", "--life", "100", "--peer", "/no/such/program"));
    child_ask(&scene.churner, "processes lives=2");
    child_expect(&scene.churner, "processes");
    assert_int_equal(child_value(&scene.churner, "cycles"), 4);
    assert_int_equal(child_value(&scene.churner, "failed"), 4);
    assert_non_null(strstr(child_text(&scene.churner, "reason"), "/no/such/program"));
}

static void test_signals_and_a_vanished_driver_end_properly(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < ARRAY_LENGTH(signals); i++) {
        scene_start_proxy(scene_allocators[0], "tcp://127.0.0.1:*");
        scene_start_peer(scene_allocators[0], NO_OPTIONS);
        child_signal(&scene.peer, signals[i]);
        assert_int_equal(child_wait(&scene.peer), 0);
        child_signal(&scene.proxy, signals[i]);
        assert_int_equal(child_wait(&scene.proxy), 0);
    }
    scene_start(scene_allocators[0], NO_OPTIONS, OPTIONS("--peers", "2"));
    (void)shutdown(scene.peer.fd, SHUT_RDWR);
    assert_int_equal(child_wait(&scene.peer), 0);
    (void)scene_end(state);
}

static void test_refusals(void **state)
{
    (void)state;
    char peer[64], proxy[64], port[16];
    (void)snprintf(peer, sizeof peer, "peer-%s", scene_allocators[0]);
    (void)snprintf(proxy, sizeof proxy, "proxy-%s", scene_allocators[0]);
    scene_start_proxy(scene_allocators[0], "tcp://127.0.0.1:*");
    (void)snprintf(port, sizeof port, "%s", strrchr(scene.proxy_endpoint, ':') + 1);
    const struct {
        const char *program;
        const char *arguments[8];
        int status;
    } rows[] = {
        {peer, {"--drain", "sometimes"}, 2},
        {peer, {"--port", "70000"}, 2},
        {peer, {"--seconds", "nan"}, 2},
        {peer, {"--seconds", "-1"}, 2},
        {peer, {"--linger", "1s"}, 2},
        {peer, {"--no-such-option"}, 2},
        {peer, {"an argument"}, 2},
        {peer, {"--session-min", "100", "--session-max", "10"}, 2},
        {peer, {"--port", port}, 3},
        {peer, {"--proxy", "nowhere"}, 3},
        {peer, {"--seconds", "0.2", "--proxy", "tcp://127.0.0.1:1"}, 3},
        {proxy, {"--address", scene.proxy_endpoint}, 3},
        {proxy, {"--address", "5600"}, 3},
        {"churner", {"--peers", "0"}, 2},
        {"churner", {"--peers", "129"}, 2},
        {"churner", {"--message-bytes", "3"}, 2},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        child_start(&scene.churner, rows[i].program, rows[i].arguments);
        int status = child_wait(&scene.churner);
        if (status != rows[i].status)
            fail_msg("%s %s: status %d, not %d", rows[i].program, rows[i].arguments[0], status,
                     rows[i].status);
    }
}

static void test_ipc_address_is_cleaned_up(void **state)
{
    (void)state;
    char directory[] = "/tmp/heapchurn-ipc-XXXXXX", path[64], address[80];
    assert_non_null(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/proxy", directory);
    (void)snprintf(address, sizeof address, "ipc://%s", path);
    scene_start_proxy(scene_allocators[0], address);
    assert_string_equal(scene.proxy_endpoint, address);
    scene_start_peer(scene_allocators[0], NO_OPTIONS);
    scene_start_churner(OPTIONS("--peers", "2"));
    scene_rounds(1);
    scene_leave();
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(rmdir(directory), 0); /* nothing is left in it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_malformed_messages_are_counted_and_dropped, scene_end),
        cmocka_unit_test_teardown(test_somebody_who_claims_our_endpoint_is_refused, scene_end),
        cmocka_unit_test_teardown(test_killed_proxy_fails_the_step, scene_end),
        cmocka_unit_test_teardown(test_peer_survives_a_new_proxy, scene_end),
        cmocka_unit_test_teardown(test_processes_that_fail_are_counted, scene_end),
        cmocka_unit_test_teardown(test_signals_and_a_vanished_driver_end_properly, scene_end),
        cmocka_unit_test_teardown(test_refusals, scene_end),
        cmocka_unit_test_teardown(test_ipc_address_is_cleaned_up, scene_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
