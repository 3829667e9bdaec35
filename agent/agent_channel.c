#include "agent_channel.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"

static const int64_t turn_ns = 5LL * CLOCK_NS_PER_S;

static int connect_to(const char *path, bool abstract)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length == 0 || length + abstract >= sizeof address.sun_path)
        return -1;
    (void)memcpy(address.sun_path + abstract, path, length);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + abstract + length);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, size) < 0) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

bool agent_channel_open(const struct agent_doors *doors, bool sockets, struct agent_channel *out)
{
    *out = AGENT_CHANNEL_INIT;
    if (sockets)
        out->fd = connect_to(doors->name, true);
    if (sockets && out->fd < 0)
        out->fd = connect_to(doors->path, false);
    if (out->fd < 0 && doors->lanes) {
        out->lanes = doors->lanes;
        out->lane = lanes_take(doors->lanes);
    }
    return out->fd >= 0 || out->lane;
}

int agent_channel_say(const struct agent_channel *channel, const struct control_line *line)
{
    ssize_t written;
    if (channel->fd < 0)
        return lane_say(channel->lanes, channel->lane, line, clock_now_ns() + turn_ns);
    if (line->overflow)
        return -EMSGSIZE;
    do
        written = write(channel->fd, line->text, line->length);
    while (written < 0 && errno == EINTR);
    return written < 0 ? -errno : 0;
}

int agent_channel_hear(const struct agent_channel *channel, struct control_line *out)
{
    ssize_t length;
    if (channel->fd < 0)
        return lane_hear(channel->lane, out);
    do /* a record that is too long is cut, and fills it */
        length = read(channel->fd, out->text, sizeof out->text);
    while (length < 0 && errno == EINTR);
    if (length <= 0)
        return length < 0 ? -errno : -EPIPE;
    out->overflow = (size_t)length == sizeof out->text;
    out->length = out->overflow ? 0 : (size_t)length;
    out->text[out->length] = '\0';
    return control_check(out);
}

void agent_channel_close(struct agent_channel *channel)
{
    if (channel->fd >= 0)
        (void)close(channel->fd);
    *channel = AGENT_CHANNEL_INIT;
}
