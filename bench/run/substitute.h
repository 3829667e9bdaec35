/*
 * substitute: a library in place of the one that a program is linked against.
 *
 * The program asks its loader for a name, "libjemalloc.so.2". A folder of our own holds that name
 * alone, as a link to the file that shall serve, and LD_LIBRARY_PATH names the folder: the file
 * stands exactly where the linked one would have stood, in the order of look-up too, whatever it
 * calls itself, and nothing else is found otherwise. A preload would not do: both libraries would
 * be in the process where their names differ (libmimalloc.so.2, libmimalloc.so.3), and calls that
 * one of them does not bring would go to the other.
 */
#pragma once

#include "cleanup.h"
#include "err.h"

struct substitute {
    char folder[4096];   /* for LD_LIBRARY_PATH; "": nothing is substituted */
    char *link;          /* in it, as the loader finds it */
    const char *library; /* which it leads to; borrowed */
};

/* `linked` is the file that was linked. -errno with a sentence. */
int substitute_open(const char *linked, const char *library, struct substitute *out,
                    struct err *err);

/* `text`, which names what the loader found, with the name of the file instead; owned by the caller
 * as before (it may be another text now). NULL stays NULL. */
char *substitute_name(const struct substitute *substitute, char *text);
void substitute_close(struct substitute *substitute);
DEFINE_AUTO(substitute, substitute_close)
