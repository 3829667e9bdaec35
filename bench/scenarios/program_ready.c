/*
 * When the program is ready: what spec_ready names, all of it, within its time.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "command_output.h"
#include "path.h"
#include "program_state.h"

static bool port_is_open(int64_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

/* sd_notify(3): a datagram socket named in NOTIFY_SOCKET. */
int program_open_notify(struct program_state *state, struct err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length =
        snprintf(state->notify_path, sizeof state->notify_path, "%s/notify", state->scratch);
    if (length >= (int)sizeof address.sun_path)
        return err_set(err, -ENAMETOOLONG,
                       "%s is too long for a notify socket; take a shorter TMPDIR", state->scratch);
    (void)memcpy(address.sun_path, state->notify_path, (size_t)length);
    state->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (state->notify_fd < 0 ||
        bind(state->notify_fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
        chmod(state->notify_path, 0777) < 0)
        return err_set(err, -errno, "%s: %s", state->notify_path, strerror(errno));
    return 0;
}

static bool has_notified(struct program_state *state)
{
    char text[1024];
    ssize_t length;
    while ((length = recv(state->notify_fd, text, sizeof text - 1, 0)) > 0) {
        text[length] = '\0';
        state->notified |= strstr(text, "READY=1") != NULL;
    }
    return state->notified;
}

bool program_log_has(const struct trial *trial, const char *role, const char *text)
{
    AUTO_FREE char *path = path_join(play_folder(trial), "%s.log", role);
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    AUTO_FCLOSE FILE *log = fopen(path, "re");
    while (log && !found && getline(&line, &size, log) >= 0)
        found = strstr(line, text) != NULL;
    free(line);
    return found;
}

/* The path, filled in, is there. */
static int has_file(const struct program_state *state, char *path, bool *out, struct err *err)
{
    AUTO(words) struct words words = {.count = 0};
    char *command[] = {path, NULL};
    int code = placeholders_fill(&state->fill, command, &words, err);
    *out = code == 0 && access(words.word[0], F_OK) == 0;
    return code;
}

/* The command ends with status 0 before the deadline. */
static int has_passed(const struct program_state *state, char *const *check, int64_t until_ns,
                      bool *out, struct err *err)
{
    AUTO(words) struct words words = {.count = 0};
    AUTO_FREE char *said = NULL;
    int code = placeholders_fill(&state->fill, check, &words, err);
    *out = code == 0 &&
           command_output((const char *const *)words.word, NULL, until_ns, -1, &said, NULL) == 0;
    return code;
}

/* All that is asked for; what costs most comes last. */
static int is_ready(struct trial *trial, int64_t until_ns, bool *out)
{
    const struct spec_ready *ready = &play_workload(trial)->ready;
    struct program_state *state = play_state(trial);
    struct err err = ERR_INIT;
    *out = (!ready->port || port_is_open(state->fill.port)) &&
           (!ready->line || program_log_has(trial, "program", ready->line)) &&
           (!ready->notify || has_notified(state));
    if (*out && ready->file && has_file(state, ready->file, out, &err) < 0)
        return play_fail(trial, "ready.file: %s", err.text);
    if (*out && spec_command_given(ready->check) &&
        has_passed(state, ready->check, until_ns, out, &err) < 0)
        return play_fail(trial, "ready.check: %s", err.text);
    return 0;
}

int program_await_ready(struct trial *trial)
{
    int64_t within_ns = play_workload(trial)->ready.within_ns;
    int64_t until_ns = clock_now_ns() + within_ns;
    bool ready = false;
    int code = is_ready(trial, until_ns, &ready);
    while (code == 0 && !ready) {
        if (clock_now_ns() >= until_ns)
            return play_fail(trial,
                             "program was not ready within %.1f s; program.log says what "
                             "it did",
                             (double)within_ns / CLOCK_NS_PER_S);
        code = play_idle(trial, LOOK_AGAIN_NS);
        if (code == 0)
            code = is_ready(trial, until_ns, &ready);
    }
    return code;
}
