/*
 * shared_terminal: a command that has our terminal. It is in our process group then, as a pipeline
 * is: else it would be stopped when it reads there, and would not hear what is typed.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include "cleanup.h"

/* While it is kept, SIGQUIT (Ctrl-\), by which the command may be asked where it is, does not end
 * us. */
struct shared_terminal {
    bool there;
    struct sigaction quits; /* as it was */
};

struct shared_terminal shared_terminal_keep(void);
void shared_terminal_release(struct shared_terminal *terminal);
DEFINE_AUTO(shared_terminal, shared_terminal_release)
