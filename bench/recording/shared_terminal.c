#include "shared_terminal.h"

#include <unistd.h>

static void stay(int number)
{
    (void)number;
}

struct shared_terminal shared_terminal_keep(void)
{
    const struct sigaction stays = {.sa_handler = stay}; /* exec takes it away again */
    struct shared_terminal terminal = {.there = false};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        terminal.there |= tcgetpgrp(fd) >= 0;
    if (terminal.there)
        (void)sigaction(SIGQUIT, &stays, &terminal.quits);
    return terminal;
}

void shared_terminal_release(struct shared_terminal *terminal)
{
    if (terminal->there)
        (void)sigaction(SIGQUIT, &terminal->quits, NULL);
    terminal->there = false;
}
