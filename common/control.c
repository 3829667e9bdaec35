#include "control.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static bool plain(char c);
static void put(struct control_line *line, char c);
static int hex_digit(char c);
static int decode(const char *text, size_t length, char *out, size_t size);
static int next_pair(const struct control_line *line, size_t *cursor, const char **out_key,
                     size_t *out_key_length, const char **out_value, size_t *out_value_length);
static int find(const struct control_line *line, const char *key, const char **out_value,
                size_t *out_length);

int control_inherited_fd(void)
{
    const char *text = getenv(CONTROL_FD_ENV);
    if (!text)
        return -1;
    char *end = NULL;
    errno = 0;
    long fd = strtol(text, &end, 10);
    bool valid = errno == 0 && end != text && *end == '\0' && fd >= 0 && fd < 1 << 20;
    (void)unsetenv(CONTROL_FD_ENV);
    if (!valid || fcntl((int)fd, F_SETFD, FD_CLOEXEC) < 0)
        return -1;
    return (int)fd;
}

void control_begin(struct control_line *line, const char *verb)
{
    line->length = 0;
    line->overflow = false;
    for (; *verb; verb++) {
        assert(plain(*verb));
        put(line, *verb);
    }
    line->text[line->length] = '\0';
}

void control_add(struct control_line *line, const char *key, const char *value)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t start = line->length;
    put(line, ' ');
    for (; *key; key++) {
        assert(plain(*key));
        put(line, *key);
    }
    put(line, '=');
    for (; *value; value++) {
        if (plain(*value)) {
            put(line, *value);
            continue;
        }
        put(line, '%');
        put(line, hex[(unsigned char)*value >> 4]);
        put(line, hex[(unsigned char)*value & 15]);
    }
    if (line->overflow)
        line->length = start;
    line->text[line->length] = '\0';
}

void control_add_i64(struct control_line *line, const char *key, int64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, value);
    control_add(line, key, text);
}

int control_send(int fd, const struct control_line *line)
{
    if (line->overflow)
        return -EMSGSIZE;
    ssize_t sent;
    do
        sent = send(fd, line->text, line->length, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent >= 0)
        return 0;
    return errno == ECONNRESET ? -EPIPE : -errno;
}

int control_receive(int fd, struct control_line *out_line)
{
    ssize_t got;
    do /* MSG_TRUNC: the real length also of a record that does not fit */
        got = recv(fd, out_line->text, sizeof out_line->text - 1, MSG_TRUNC);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return errno == ECONNRESET ? -EPIPE : -errno;
    if (got == 0)
        return -EPIPE;
    out_line->overflow = (size_t)got >= sizeof out_line->text;
    out_line->length = out_line->overflow ? 0 : (size_t)got;
    out_line->text[out_line->length] = '\0';
    return control_check(out_line);
}

bool control_is(const struct control_line *line, const char *verb)
{
    size_t length = strcspn(line->text, " ");
    return strlen(verb) == length && strncmp(line->text, verb, length) == 0;
}

int control_get(const struct control_line *line, const char *key, char *out, size_t size)
{
    const char *value = NULL;
    size_t length = 0;
    int rc = find(line, key, &value, &length);
    return rc < 0 ? rc : decode(value, length, out, size);
}

int control_get_i64(const struct control_line *line, const char *key, int64_t *out_value)
{
    char text[24];
    int rc = control_get(line, key, text, sizeof text);
    if (rc < 0)
        return rc;
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    bool starts = (*text >= '0' && *text <= '9') || *text == '-'; /* strtoll would skip blanks */
    if (!starts || end == text || *end || errno)
        return -EPROTO;
    *out_value = value;
    return 0;
}

int control_next(const struct control_line *line, size_t *cursor, char *out_key, size_t key_size,
                 char *out_value, size_t value_size)
{
    const char *key = NULL, *value = NULL;
    size_t at = *cursor, key_length = 0, value_length = 0;
    int rc = next_pair(line, &at, &key, &key_length, &value, &value_length);
    if (rc <= 0)
        return rc;
    if (decode(key, key_length, out_key, key_size) < 0 ||
        decode(value, value_length, out_value, value_size) < 0)
        return -EPROTO;
    *cursor = at;
    return 1;
}

static bool plain(char c)
{
    return c > ' ' && c <= '~' && c != '%' && c != '=';
}

static void put(struct control_line *line, char c)
{
    if (line->length + 1 < sizeof line->text)
        line->text[line->length++] = c;
    else
        line->overflow = true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Undo the escapes of `length` characters; with `out` NULL only look whether it can be done. */
static int decode(const char *text, size_t length, char *out, size_t size)
{
    char whole[CONTROL_LINE_MAX]; /* so that `out` stays untouched on failure */
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (plain(text[i])) {
            whole[used++] = text[i];
            continue;
        }
        int high = text[i] == '%' && i + 2 < length ? hex_digit(text[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low < 0 || (high == 0 && low == 0))
            return -EPROTO;
        whole[used++] = (char)(high << 4 | low);
        i += 2;
    }
    if (!out)
        return 0;
    if (used >= size)
        return -EPROTO;
    (void)memcpy(out, whole, used);
    out[used] = '\0';
    return 0;
}

/* Is the whole record a line? Once, on arrival. */
int control_check(const struct control_line *line)
{
    size_t verb = strcspn(line->text, " ");
    if (line->overflow || verb == 0 || strlen(line->text) != line->length)
        return -EPROTO;
    for (size_t i = 0; i < verb; i++) {
        if (!plain(line->text[i]))
            return -EPROTO;
    }
    const char *key = NULL, *value = NULL;
    size_t cursor = 0, key_length = 0, value_length = 0;
    int rc;
    while ((rc = next_pair(line, &cursor, &key, &key_length, &value, &value_length)) > 0) {
        if (decode(key, key_length, NULL, 0) < 0 || decode(value, value_length, NULL, 0) < 0)
            return -EPROTO;
    }
    return rc;
}

/* *cursor is 0 or the offset of the space before the next pair. */
static int next_pair(const struct control_line *line, size_t *cursor, const char **out_key,
                     size_t *out_key_length, const char **out_value, size_t *out_value_length)
{
    size_t at = *cursor ? *cursor : strcspn(line->text, " ");
    if (!line->text[at])
        return 0;
    const char *pair = line->text + at + 1;
    size_t length = strcspn(pair, " ");
    const char *equals = memchr(pair, '=', length);
    if (!equals || equals == pair)
        return -EPROTO;
    *out_key = pair;
    *out_key_length = (size_t)(equals - pair);
    *out_value = equals + 1;
    *out_value_length = length - *out_key_length - 1;
    *cursor = at + 1 + length;
    return 1;
}

static int find(const struct control_line *line, const char *key, const char **out_value,
                size_t *out_length)
{
    size_t wanted = strlen(key), cursor = 0, length = 0;
    const char *at = NULL;
    int rc;
    while ((rc = next_pair(line, &cursor, &at, &length, out_value, out_length)) > 0) {
        if (length == wanted && strncmp(at, key, length) == 0)
            return 0;
    }
    return rc < 0 ? rc : -ENOENT;
}
