/*
 * last_look: a program that ends by itself waits for a moment, so that it is looked at when all it
 * does is done: what a program gives back while it leaves takes less time than passes between two
 * looks from outside.
 *
 *     LD_PRELOAD=libheapchurn-last-look.so HEAPCHURN_LAST_LOOK=NAME program
 *
 * Nothing else of it is in the program: no call is replaced, nothing is allocated. It runs where
 * the recorder tells EXIT (recorder_thread.c): as a destructor of a preloaded library. It connects
 * to the abstract socket NAME and goes on when that is closed, or after LAST_LOOK_PATIENCE_S.
 */
#include "last_look.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

__attribute__((destructor)) static void wait_for_look(void)
{
    const struct timeval patience = {.tv_sec = LAST_LOOK_PATIENCE_S};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *name = getenv(LAST_LOOK_ENV);
    size_t length = name ? strlen(name) : 0;
    char nothing;
    if (length == 0 || length + 1 > sizeof address.sun_path)
        return;
    (void)memcpy(address.sun_path + 1, name, length);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
        connect(fd, (const struct sockaddr *)&address, size) == 0)
        (void)recv(fd, &nothing, 1, 0);
    (void)close(fd);
}
