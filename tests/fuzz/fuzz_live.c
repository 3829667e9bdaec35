/* Requests to the live page over a real connection; "$PORT" in an input is the server's. Only who
 * names this machine as the host is answered. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "live.h"

enum { REQUEST_MAX = 4096, ANSWER_MAX = 1 << 20, WAIT_MS = 100 };

static int port_of(const struct live *live)
{
    int port = 0;
    const char *colon = strrchr(live_url(live), ':');
    FUZZ_PROMISE(colon && sscanf(colon, ":%d/", &port) == 1);
    return port;
}

/* -1: each port of this machine waits for the end of an earlier connection, or the fuzzer looked at
 * its clock (SIGALRM). */
static int connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        abort();
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    FUZZ_PROMISE(errno == EADDRNOTAVAIL || errno == EINTR);
    (void)close(fd);
    return -1;
}

/* The input with the port in it. */
static size_t request(const char *text, int port, char out[REQUEST_MAX])
{
    static const char mark[] = "$PORT";
    size_t used = 0;
    while (*text && used + 16 < REQUEST_MAX) {
        if (strncmp(text, mark, sizeof mark - 1) == 0) {
            used += (size_t)snprintf(out + used, 8, "%d", port);
            text += sizeof mark - 1;
        } else {
            out[used++] = *text++;
        }
    }
    used += (size_t)snprintf(out + used, 8, "\r\n\r\n");
    return used;
}

static void read_answer(int fd, char *out)
{
    size_t used = 0;
    for (ssize_t got = 1; got > 0 && used + 1 < ANSWER_MAX; used += got > 0 ? (size_t)got : 0)
        got = recv(fd, out + used, ANSWER_MAX - 1 - used, 0);
    out[used] = '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char answer[ANSWER_MAX];
    static const struct plan plan = {.trial_count = 0};
    const struct measure_view show = {.plan = &plan};
    struct live *live = NULL;
    struct err err = ERR_INIT;
    char asked[REQUEST_MAX];
    char host[64];
    AUTO_FREE char *text = fuzz_text(data, size);
    if (live_open(&show, &live, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.text);
        abort();
    }
    int port = port_of(live);
    size_t length = request(text, port, asked);
    AUTO_CLOSE int fd = connect_to(port);
    if (fd < 0) {
        live_close(live);
        return 0;
    }
    (void)send(fd, asked, length, MSG_NOSIGNAL);
    (void)shutdown(fd, SHUT_WR);
    struct pollfd answered = {.fd = fd, .events = POLLIN};
    (void)poll(&answered, 1, WAIT_MS); /* a request without an end has no answer */
    live_close(live);
    read_answer(fd, answer);
    (void)snprintf(host, sizeof host, ":%d", port);
    FUZZ_PROMISE(!strstr(answer, "HTTP/1.1 200 ") || strstr(asked, host));
    return 0;
}
