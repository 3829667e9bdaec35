/*
 * recording_state: a recording under way, and who comes to its file. Internal to recording/.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "recording.h"

enum { RECORDING_DOORS = 2, RECORDING_GUESTS_MAX = 64, RECORDING_SEEN_LEAST = 256 };

/* A program that was seen in a process of the tree. */
struct seen {
    pid_t pid;
    char *program;
    int64_t since_ns; /* without a recorder in it; it may be about to begin */
    bool known;
};

/* A process that was given the file and has not answered yet. */
struct guest {
    int fd;
    pid_t pid;
    int64_t until_ns;
};

struct recording {
    int file_fd;
    int64_t file_bytes;
    struct trace_control *control;
    int64_t began_ns;
    int door_fd[RECORDING_DOORS]; /* by name, by path */
    char name[64];
    char path[108];
    struct guest guests[RECORDING_GUESTS_MAX];
    size_t guest_count;
    pthread_t thread;
    uint32_t ahead;     /* so many slots are kept ready */
    bool no_more_slots; /* the limit, or a full disk: programs find out themselves */
    bool running;
    bool stop;            /* atomic */
    pthread_mutex_t lock; /* of what follows */
    struct trace_image *images;
    size_t image_count;
    struct trace_unrecorded *unrecorded;
    size_t unrecorded_count;
    struct trace_phase *phases;
    size_t phase_count;
    struct seen *seen; /* processes that are gone are forgotten, when there are seen_most */
    size_t seen_count, seen_most;
};

/* A socket that listens there; -errno. */
int recording_listen(const char *path, bool abstract);

/* Slots that will soon be taken are in the pool, with pages in the file (recorder.h). */
void recording_make_slots(struct recording *recording);

/* Nobody takes any more: those that nobody took need no disk. */
void recording_drop_slots(const struct recording *recording);

/* Let in who knocks at this door: it is given the file. */
void recording_let_in(struct recording *recording, int door_fd);

/* What those who were let in answer. */
void recording_hear_guests(struct recording *recording);
