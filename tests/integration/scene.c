#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>

#include "cleanup.h"

struct scene scene;

const char *const scene_allocators[] = {TEST_ALLOCATORS};
const int scene_allocator_count = (int)ARRAY_LENGTH(scene_allocators);

int scene_end(void **state)
{
    (void)state;
    child_end(&scene.churner);
    child_end(&scene.peer);
    child_end(&scene.proxy);
    return 0;
}

void scene_start_proxy(const char *allocator, const char *address)
{
    char program[64];
    (void)snprintf(program, sizeof program, "proxy-%s", allocator);
    child_start(&scene.proxy, program, (const char *const[]){"--address", address, NULL});
    child_expect(&scene.proxy, "ready");
    (void)snprintf(scene.proxy_endpoint, sizeof scene.proxy_endpoint, "%s",
                   child_text(&scene.proxy, "endpoint"));
}

/* Up to eight options, ending with NULL. */
static void start_with_proxy(struct child *child, const char *program, const char *const *options)
{
    const char *arguments[CHILD_ARGUMENTS_MAX] = {"--proxy", scene.proxy_endpoint};
    for (int i = 0; options[i]; i++)
        arguments[i + 2] = options[i];
    child_start(child, program, arguments);
}

void scene_start_peer(const char *allocator, const char *const *options)
{
    char program[64];
    (void)snprintf(program, sizeof program, "peer-%s", allocator);
    start_with_proxy(&scene.peer, program, options);
    child_expect(&scene.peer, "ready");
}

void scene_start_churner(const char *const *options)
{
    start_with_proxy(&scene.churner, "churner", options);
    child_expect(&scene.churner, "ready");
}

void scene_start(const char *allocator, const char *const *peer, const char *const *churner)
{
    scene_start_proxy(allocator, "tcp://127.0.0.1:*");
    scene_start_peer(allocator, peer);
    scene_start_churner(churner);
}

void scene_stats(struct child *child, const char *goal, int64_t value)
{
    char request[64];
    (void)snprintf(request, sizeof request, "stats at.%s=%" PRId64, goal, value);
    child_ask(child, request);
    child_expect(child, "stats");
}

void scene_rounds(int count)
{
    for (int i = 0; i < count; i++) {
        child_ask(&scene.churner, "round");
        child_expect(&scene.churner, "round");
    }
}

void scene_leave(void)
{
    struct child *children[] = {&scene.churner, &scene.peer, &scene.proxy};
    for (size_t i = 0; i < ARRAY_LENGTH(children); i++) {
        child_ask(children[i], "leave");
        child_expect(children[i], "exit");
        assert_int_equal(child_wait(children[i]), 0);
    }
}
