#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "event_ring.h"
#include "live_guard.h"
#include "live_text.h"

static const struct {
    struct live_request request;
    int status;
} guarded[] = {
    {{"GET", "127.0.0.1:8080", NULL, NULL}, 0},
    {{"HEAD", "localhost:8080", NULL, "none"}, 0},
    {{"GET", "127.0.0.1:8080", "http://127.0.0.1:8080", "same-origin"}, 0},
    {{"GET", NULL, NULL, NULL}, 421},
    {{"GET", "", NULL, NULL}, 421},
    {{"GET", "127.0.0.1", NULL, NULL}, 421},
    {{"GET", "127.0.0.1:80801", NULL, NULL}, 421},
    {{"GET", "rebind.example:8080", NULL, NULL}, 421},
    {{"GET", "127.0.0.1:8080.evil.example", NULL, NULL}, 421},
    {{"GET", "127.0.0.1:8080", "http://evil.example", NULL}, 403},
    {{"GET", "127.0.0.1:8080", "https://127.0.0.1:8080", NULL}, 403},
    {{"GET", "127.0.0.1:8080", "null", NULL}, 403},
    {{"GET", "127.0.0.1:8080", NULL, "cross-site"}, 403},
    {{"GET", "127.0.0.1:8080", NULL, "same-site"}, 403},
    {{"POST", "127.0.0.1:8080", NULL, NULL}, 405},
    {{"OPTIONS", "127.0.0.1:8080", NULL, NULL}, 405},
};

static void test_guard(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(guarded); i++)
        assert_int_equal(live_guard(&guarded[i].request, 8080), guarded[i].status);
}

static void test_ring(void **state)
{
    (void)state;
    struct event_ring *ring = calloc(1, sizeof *ring);
    uint64_t id = 7;
    assert_non_null(ring);
    assert_null(event_ring_after(ring, 0, &id));
    assert_int_equal(id, 7);
    event_ring_add(ring, "{\"a\":1}");
    event_ring_add(ring, "{\"a\":2}");
    assert_string_equal(event_ring_after(ring, 0, &id), "id: 1\ndata: {\"a\":1}\n\n");
    assert_int_equal(id, 1);
    assert_string_equal(event_ring_after(ring, 1, &id), "id: 2\ndata: {\"a\":2}\n\n");
    assert_null(event_ring_after(ring, 2, &id));
    assert_null(event_ring_after(ring, 99, &id));
    for (size_t i = 0; i < EVENT_RING_SIZE; i++)
        event_ring_add(ring, "{}");
    (void)event_ring_after(ring, 0, &id);
    assert_int_equal(id, 3); /* the oldest that is still there */
    event_ring_release(ring);
    free(ring);
}

static void test_words(void **state)
{
    (void)state;
    struct runner_progress at = {
        .trial = 3,
        .attempt = 1,
        .left_ns = 90000000000,
        .now = {.cycles_done = 512,
                .rss_bytes = 5678 * 1024,
                .rss_anon_bytes = 1234 * 1024,
                .elapsed_ns = 3400000000,
                .phase = PHASE_CHURN},
    };
    AUTO_FREE char *point = live_text_point(&at);
    assert_string_equal(point,
                        "{\"kind\":\"point\",\"trial\":3,\"attempt\":1,\"cycle\":512,\"ms\":3400,"
                        "\"anon\":1234,\"rss\":5678,\"phase\":\"churn\",\"left_s\":90}");
    char reason[] = "said \"no\"\nand left \xff";
    struct record record = {.outcome = RECORD_FAILED, .reason = reason};
    AUTO_FREE char *end = live_text_end(&at, &record);
    assert_string_equal(end, "{\"kind\":\"end\",\"trial\":3,\"attempt\":1,\"outcome\":\"failed\","
                             "\"noisy\":0,\"reason\":\"said \\\"no\\\"\\nand left \uFFFD\"}");
    struct record quiet = {.outcome = RECORD_VALID, .noise = {.noisy = true}};
    AUTO_FREE char *noisy = live_text_end(&at, &quiet);
    assert_non_null(strstr(noisy, "\"noisy\":1,\"reason\":\"\"}"));
}

static void test_page(void **state)
{
    (void)state;
    struct plan_trial trial = {.id = 1, .block = 1};
    struct plan plan = {.trials = &trial, .trial_count = 1};
    struct workload workload = {.name = "</script><b>", .peers = 2, .rounds = 3};
    struct trial_row row = {.name = "a\"b"};
    char *page = live_text_page(&(struct measure_view){&plan, &workload, 1, &row, 1});
    assert_non_null(strstr(page,
                           "{\"workloads\":[{\"name\":\"\\u003c/script\\u003e\\u003cb\\u003e\","
                           "\"cycles\":6}],\"rows\":[\"a\\\"b\"],\"trials\":[[0,0,1]]}"));
    assert_null(strstr(page, "{{"));
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guard),
        cmocka_unit_test(test_ring),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
