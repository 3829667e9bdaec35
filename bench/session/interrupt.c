#include "interrupt.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

#include "orphans.h"

struct interrupt interrupt_open(void)
{
    sigset_t signals;
    struct sigaction hangup;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGTERM);
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
        (void)sigaddset(&signals, SIGHUP);
    struct interrupt interrupt = {.fd = -1};
    (void)sigprocmask(SIG_BLOCK, &signals, &interrupt.before);
    interrupt.fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    return interrupt;
}

struct interrupt interrupt_open_with_subjects(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    orphans_spare();
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    return interrupt_open();
}

void interrupt_release(struct interrupt *interrupt)
{
    struct signalfd_siginfo told;
    if (interrupt->fd < 0)
        return;
    while (read(interrupt->fd, &told, sizeof told) > 0)
        continue;
    (void)close(interrupt->fd);
    interrupt->fd = -1;
    (void)sigprocmask(SIG_SETMASK, &interrupt->before, NULL);
}
