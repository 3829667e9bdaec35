/*
 * observed_door: where a command that is about to end waits until it was looked at
 * (recorder/last_look.c). What it gives back while it leaves takes less time than passes between
 * two looks.
 */
#pragma once

#include "cleanup.h"
#include "err.h"
#include "words.h"

struct observed_door {
    int fd; /* -1: closed */
    char name[64];
};

int observed_door_open(struct observed_door *out, struct err *err);
void observed_door_close(struct observed_door *door);
DEFINE_AUTO(observed_door, observed_door_close)

/* Somebody waits: a descriptor to close when he was looked at. -1: nobody does. */
int observed_door_wait(const struct observed_door *door);
