/*
 * control: the line protocol between the driver and the processes it starts.
 *
 * Transport: one inherited AF_UNIX SOCK_SEQPACKET socket per process, so that a message is a record
 * and needs no framing. Its descriptor number stands in the environment variable CONTROL_FD_ENV. A
 * record is one line of text: a verb, then key=value pairs separated by one space. In values the
 * characters %, space, = and those below 0x21 or above 0x7e are written %XX.
 *
 *     ready role=peer pid=4711 allocator=jemalloc endpoint=tcp://127.0.0.1:40001
 *     stats live_bytes=1234 heap_bytes=8192 read_ns=34000 leaves=8
 *
 * A key that is absent means "not available"; 0 means zero. Nothing here allocates: a line is a
 * struct the caller owns (static in subjects). Malformed records are -EPROTO, the end of the other
 * side is -EPIPE.
 *
 * Verbs, keys and who says what when: docs/control-channel.md.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTROL_FD_ENV "HEAPCHURN_CONTROL_FD"

enum { CONTROL_LINE_MAX = 8192 };

struct control_line {
    size_t length; /* without the terminating NUL */
    bool overflow; /* something did not fit; control_send() refuses with -EMSGSIZE */
    char text[CONTROL_LINE_MAX];
};

/* The descriptor handed down in the environment, or -1 when the program was started by hand. The
 * variable is removed and the descriptor made close-on-exec, so that children do not inherit it. */
int control_inherited_fd(void);

/* Building a line. */
void control_begin(struct control_line *line, const char *verb);
void control_add(struct control_line *line, const char *key, const char *value);
void control_add_i64(struct control_line *line, const char *key, int64_t value);

/* Sending and receiving one line. control_receive() returns -EAGAIN when nothing is there and the
 * descriptor is non-blocking, -EPIPE at the end, -EPROTO for a record that is not a line. */
int control_send(int fd, const struct control_line *line);
int control_receive(int fd, struct control_line *out_line);

/* Is a record that came in another way a line? 0 or -EPROTO. */
int control_check(const struct control_line *line);

/* Reading a line. The getters return 0, -ENOENT when the key is absent, -EPROTO when the value is
 * not of the wanted kind or does not fit. */
bool control_is(const struct control_line *line, const char *verb);
int control_get(const struct control_line *line, const char *key, char *out, size_t size);
int control_get_i64(const struct control_line *line, const char *key, int64_t *out_value);

/* Walk all pairs: start with *cursor = 0; 1 while there is a pair, 0 at the end, -EPROTO. */
int control_next(const struct control_line *line, size_t *cursor, char *out_key, size_t key_size,
                 char *out_value, size_t value_size);
