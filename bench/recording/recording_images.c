/* Which programs are recorded, and which are not: who comes to the file, and who is seen without.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "grow.h"
#include "program_look.h"
#include "recorder.h"
#include "recording_state.h"
#include "text.h"

#define GUEST_NS (5 * INT64_C(1000000000)) /* a process may take to answer */
enum { SURE_NS = 200 * CLOCK_NS_PER_MS };  /* that it is static, and not being loaded */

static void give_file(const struct recording *recording, int fd)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } rights = {.bytes = {0}};
    struct recorder_welcome welcome = {.file_bytes = (uint64_t)recording->file_bytes};
    struct iovec part = {.iov_base = &welcome, .iov_len = sizeof welcome};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = rights.bytes,
                             .msg_controllen = sizeof rights.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    (void)memcpy(CMSG_DATA(header), &recording->file_fd, sizeof(int));
    (void)sendmsg(fd, &message, MSG_NOSIGNAL);
}

void recording_let_in(struct recording *recording, int door_fd)
{
    int fd = -1;
    while (recording->guest_count < RECORDING_GUESTS_MAX &&
           (fd = accept4(door_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
        struct ucred who = {.pid = -1};
        socklen_t size = sizeof who;
        (void)getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size);
        give_file(recording, fd);
        recording->guests[recording->guest_count++] =
            (struct guest){.fd = fd, .pid = who.pid, .until_ns = clock_now_ns() + GUEST_NS};
    }
}

static void add_unrecorded(struct recording *recording, pid_t pid, const char *program,
                           const char *reason)
{
    (void)pthread_mutex_lock(&recording->lock);
    recording->unrecorded =
        grow(recording->unrecorded, recording->unrecorded_count, sizeof *recording->unrecorded);
    recording->unrecorded[recording->unrecorded_count++] = (struct trace_unrecorded){
        .pid = pid, .program = text_own(program), .reason = text_own(reason)};
    (void)pthread_mutex_unlock(&recording->lock);
}

static void add_image(struct recording *recording, pid_t pid, const struct recorder_hello *hello)
{
    (void)pthread_mutex_lock(&recording->lock);
    recording->images = grow(recording->images, recording->image_count, sizeof *recording->images);
    recording->images[recording->image_count++] = (struct trace_image){
        .image = hello->image, .pid = pid, .program = text_own(hello->program)};
    (void)pthread_mutex_unlock(&recording->lock);
}

/* What a process answers. False: nothing yet. */
static bool hear(struct recording *recording, const struct guest *guest)
{
    struct recorder_hello hello;
    ssize_t length = recv(guest->fd, &hello, sizeof hello, MSG_DONTWAIT);
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return clock_now_ns() > guest->until_ns;
    if (length != sizeof hello)
        return true; /* it ended */
    hello.program[sizeof hello.program - 1] = hello.reason[sizeof hello.reason - 1] = '\0';
    if (hello.image)
        add_image(recording, guest->pid, &hello);
    else
        add_unrecorded(recording, guest->pid, hello.program, hello.reason);
    return true;
}

void recording_hear_guests(struct recording *recording)
{
    for (size_t i = 0; i < recording->guest_count;) {
        if (!hear(recording, &recording->guests[i])) {
            i++;
            continue;
        }
        (void)close(recording->guests[i].fd);
        recording->guests[i] = recording->guests[--recording->guest_count];
    }
}

/* Each process that lives is looked for at every look, and a build has a hundred thousand. */
static void forget_gone(struct recording *recording)
{
    size_t living = 0;
    for (size_t i = 0; i < recording->seen_count; i++) {
        struct seen *seen = &recording->seen[i];
        if (kill(seen->pid, 0) < 0 && errno == ESRCH)
            free(seen->program);
        else
            recording->seen[living++] = *seen;
    }
    recording->seen_count = living;
    recording->seen_most = living < RECORDING_SEEN_LEAST / 2 ? RECORDING_SEEN_LEAST : 2 * living;
}

static struct seen *seen_before(struct recording *recording, pid_t pid, const char *program)
{
    for (size_t i = 0; i < recording->seen_count; i++)
        if (recording->seen[i].pid == pid && strcmp(recording->seen[i].program, program) == 0)
            return &recording->seen[i];
    if (recording->seen_count >= recording->seen_most)
        forget_gone(recording);
    recording->seen = grow(recording->seen, recording->seen_count, sizeof *recording->seen);
    recording->seen[recording->seen_count] =
        (struct seen){.pid = pid, .program = text_own(program)};
    return &recording->seen[recording->seen_count++];
}

enum presence { PRESENT, ABSENT, UNSURE };

/* Preloaded libraries are mapped before libc: where that is there alone, it will not come. */
static enum presence recorder_in(pid_t pid)
{
    char path[64];
    char *line = NULL;
    size_t room = 0;
    enum presence presence = UNSURE;
    (void)snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    AUTO_FCLOSE FILE *maps = fopen(path, "re");
    while (maps && presence != PRESENT && getline(&line, &room, maps) >= 0) {
        if (strstr(line, "/" RECORDER_LIBRARY))
            presence = PRESENT;
        else if (strstr(line, "/libc.so") || strstr(line, "/libc-"))
            presence = ABSENT;
    }
    free(line);
    return presence;
}

/* One that ends, or becomes another program, while its maps are read has shown only some of them.
 */
static enum presence surely_in(pid_t pid)
{
    enum presence presence = recorder_in(pid);
    return presence == ABSENT ? recorder_in(pid) : presence;
}

static bool was_refused(struct recording *recording, pid_t pid)
{
    bool refused = false;
    (void)pthread_mutex_lock(&recording->lock);
    for (size_t i = 0; i < recording->unrecorded_count; i++)
        refused |= recording->unrecorded[i].pid == pid;
    (void)pthread_mutex_unlock(&recording->lock);
    return refused;
}

/* The recorder is in it, and nothing calls it (chromium). */
static bool brings_malloc(pid_t pid)
{
    char exe[64];
    struct err unheard = ERR_INIT;
    struct program_look look = {.hindrance = PROGRAM_FITS};
    (void)snprintf(exe, sizeof exe, "/proc/%d/exe", (int)pid);
    (void)program_look(exe, &look, &unheard);
    return look.hindrance == PROGRAM_OWN_MALLOC;
}

void recording_saw(struct recording *recording, pid_t pid)
{
    char link[64];
    char program[PATH_MAX];
    (void)snprintf(link, sizeof link, "/proc/%d/exe", (int)pid);
    ssize_t length = readlink(link, program, sizeof program - 1);
    if (length <= 0)
        return;
    program[length] = '\0';
    struct seen *seen = seen_before(recording, pid, program);
    if (seen->known)
        return;
    enum presence presence = surely_in(pid);
    seen->known = presence == PRESENT || was_refused(recording, pid);
    if (presence == PRESENT && brings_malloc(pid))
        add_unrecorded(recording, pid, program,
                       "it brings its own malloc, which the recorder does not see");
    if (seen->known)
        return;
    if (seen->since_ns == 0)
        seen->since_ns = clock_now_ns();
    if (presence == UNSURE && clock_now_ns() - seen->since_ns < SURE_NS)
        return;
    seen->known = true;
    add_unrecorded(recording, pid, program,
                   "the recorder is not in it: it is static, has more rights than its user, or was "
                   "started without LD_PRELOAD");
}
