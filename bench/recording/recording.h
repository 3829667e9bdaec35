/*
 * recording: the driver's side of a recording: the raw file, the clock, and who comes to it.
 *
 *     recording_open("redis.trace.raw", &settings, folder, &recording, &err);
 *     recording_environment(recording, library, behind, &words, &err);   of the program
 *     … start it, and what drives it; recording_phase(recording, "round 1") …
 *     recording_stop(recording);                  no process may write any more
 *     … recording_control(), recording_facts() …
 *     recording_close(recording);                 the raw file stays
 *
 * A thread of the driver adds milliseconds to the clock word, hands the file to processes that
 * begin (recorder/recorder.h), and makes its slots before they are taken. What that needs of a core
 * stands in docs/recording.md.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cleanup.h"
#include "err.h"
#include "trace_facts.h"
#include "trace_format.h"
#include "words.h"

#define RECORDING_FILE_BYTES (INT64_C(1) << 36) /* 64 GiB: of address space; the file is sparse */

struct recording_settings {
    int64_t file_bytes;        /* events beyond are lost; 0: RECORDING_FILE_BYTES */
    int64_t touch_least_bytes; /* 0: how far blocks are written is not recorded */
    int64_t look_ms;           /* 0: only when they go */
};

enum { RECORDING_TOUCH_BYTES = 8192, RECORDING_LOOK_MS = 100 };

struct recording;

/* The recorder counts in pages of 4 KiB. -ENOTSUP with a sentence: this machine has others. */
int recording_check_page(int64_t page_bytes, struct err *err);

/* `folder` is where the socket's path goes, for processes in another network namespace. */
int recording_open(const char *raw_path, const struct recording_settings *settings,
                   const char *folder, struct recording **out, struct err *err);

/* What the program needs to load the recorder (`library`, a path), and `behind` (NULL: nothing)
 * after it. -EINVAL for a path that a preload cannot carry. */
int recording_environment(const struct recording *recording, const char *library,
                          const char *behind, struct words *out, struct err *err);

/* From now on, until the next. */
void recording_phase(struct recording *recording, const char *name);

/* The originals are looked at up to this point: what is recorded from now on is behind the end
 * (trace_format.h). Once. */
void recording_end(struct recording *recording);

/* A process that was seen in the tree: is it recorded? Asked until it is known: whoever has no
 * recorder in it is told among the unrecorded. */
void recording_saw(struct recording *recording, pid_t pid);

void recording_stop(struct recording *recording);

/* The control page; after recording_stop() it does not change. */
const struct trace_control *recording_control(const struct recording *recording);

/* Move what is known of images, of the unrecorded and of phases into `facts`; images_unrecorded is
 * set in the control page. After recording_stop(). */
void recording_facts(struct recording *recording, struct trace_facts *facts);

/* Can all memory of recorders be told from that of their programs, by its name? */
bool recording_is_apart(const struct recording *recording);

/* Why nothing more could be written: an errno; 0: nothing hindered. */
int recording_full(const struct recording *recording);

/* Why the recorder could not look at living blocks, though it was asked to: an errno; 0: it could.
 */
int recording_refused(const struct recording *recording);

/* NULL is nothing. */
void recording_close(struct recording *recording);
