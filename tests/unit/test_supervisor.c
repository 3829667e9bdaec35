/*
 * supervisor.c: who speaks for a process that becomes other programs by exec.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "supervisor.h"

struct scene {
    struct supervisor supervisor;
    int door_fd;
    int image_fd; /* the end of the image that runs */
};

static bool hear(void *context, size_t role, const struct control_line *line)
{
    (void)context;
    (void)role;
    (void)line;
    return true;
}

static void tick(void *context)
{
    (void)context;
}

/* An image connects; returns its end. */
static int connect_image(struct scene *scene)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends),
                     0);
    assert_int_equal(supervisor_adopt(&scene->supervisor, 0, ends[0]), 0);
    return ends[1];
}

/* Two more images are at the door, the first of which has gone already. */
static void let_two_in(void *context)
{
    struct scene *scene = context;
    uint64_t count = 0;
    assert_int_equal(read(scene->door_fd, &count, sizeof count), (ssize_t)sizeof count);
    assert_int_equal(close(connect_image(scene)), 0);
    scene->image_fd = connect_image(scene);
}

static void test_exec_twice(void **state)
{
    (void)state;
    static const char *const names[] = {"program"};
    static char cat[] = "/bin/cat";
    char *const words[] = {cat, NULL};
    uint64_t one = 1;
    int input[2];
    struct err err = ERR_INIT;
    struct scene scene = {.door_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .image_fd = -1};
    const struct supervisor_hooks hooks = {
        .tick = tick, .heard = hear, .knock = let_two_in, .context = &scene};
    assert_int_equal(pipe(input), 0);
    const int stdio[] = {input[0], STDOUT_FILENO, STDERR_FILENO};
    const struct process_spec spec = {
        .path = cat, .argv = words, .stdio = stdio, .cpu = -1, .plain = true};
    assert_int_equal(supervisor_open(&scene.supervisor, names, 1, CLOCK_NS_PER_S, -1, &hooks, &err),
                     0);
    assert_int_equal(supervisor_start(&scene.supervisor, 0, &spec, &err), 0);
    assert_int_equal(supervisor_open_door(&scene.supervisor, scene.door_fd), 0);
    assert_int_equal(close(connect_image(&scene)), 0);
    int first_fd = scene.supervisor.roles[0].process.control_fd;
    assert_int_equal(write(scene.door_fd, &one, sizeof one), (ssize_t)sizeof one);

    assert_int_equal(supervisor_ask(&scene.supervisor, 0, "stats"), 0);

    struct control_line line;
    assert_int_equal(scene.supervisor.roles[0].process.control_fd, first_fd); /* the trap */
    assert_int_equal(control_receive(scene.image_fd, &line), 0);
    assert_true(control_is(&line, "stats"));
    supervisor_close(&scene.supervisor);
    (void)close(scene.image_fd);
    (void)close(scene.door_fd);
    (void)close(input[0]);
    (void)close(input[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_exec_twice)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
