#include "interrupt.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

#include "orphans.h"

int interrupt_open(void)
{
    sigset_t signals;
    struct sigaction hangup;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGTERM);
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
        (void)sigaddset(&signals, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int interrupt_open_with_subjects(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    orphans_spare();
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    return interrupt_open();
}
