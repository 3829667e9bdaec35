#include "observed_door.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "recording_state.h"

int observed_door_open(struct observed_door *out, struct err *err)
{
    struct observed_door door = {.fd = -1};
    uint64_t nonce = 0;
    (void)getrandom(&nonce, sizeof nonce, 0);
    (void)snprintf(door.name, sizeof door.name, "heapchurn-look-%d-%" PRIx64, (int)getpid(), nonce);
    door.fd = recording_listen(door.name, true);
    if (door.fd < 0)
        return err_set(err, door.fd, "cannot listen for a command that ends: %s",
                       strerror(-door.fd));
    *out = door;
    return 0;
}

void observed_door_close(struct observed_door *door)
{
    cleanup_close(&door->fd);
}

int observed_door_wait(const struct observed_door *door)
{
    return accept4(door->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}
