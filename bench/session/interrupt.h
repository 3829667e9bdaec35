/*
 * interrupt: Ctrl-C as a descriptor. To whoever waits it is one more event: they stop what they
 * started, keep what was measured, and say so.
 */
#pragma once

#include <signal.h>

#include "cleanup.h"

struct interrupt {
    int fd;
    sigset_t before; /* signals blocked before it was opened */
};

/* `fd` is readable once SIGINT, SIGTERM or SIGHUP came, which do nothing else from now on; but a
 * SIGHUP that nohup(1) shields from stays without effect. It is looked at and never read, so that
 * all who wait see it. */
struct interrupt interrupt_open(void);

/* The same for a command that starts subjects. It must not die before it has stopped them, not even
 * by writing to a closed pipe, and is the parent of whatever they leave behind. */
struct interrupt interrupt_open_with_subjects(void);

/* The signals do again what they did before; one that came meanwhile has been told by `fd`. */
void interrupt_release(struct interrupt *interrupt);
DEFINE_AUTO(interrupt, interrupt_release)
