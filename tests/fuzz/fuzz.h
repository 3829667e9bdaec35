/*
 * fuzz: what the targets share. A target is one file fuzz_<name>.c, which takes bytes
 * that a stranger wrote and must come to an end, stay in its memory, and answer with a sentence or
 * with something that holds its own promises.
 *
 * Every build links it with replay.c to a test that runs what is in corpus/<name>, kept/<name> and
 * the recorded data it names. The build for fuzzing (`make fuzz`) links libFuzzer instead; an input
 * that breaks a target is written to kept/<name>, where it stays as a test.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

/* libFuzzer's name for it. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes as a text, up to their first NUL; the caller frees. */
char *fuzz_text(const uint8_t *data, size_t size);

/* Write them to a file of that name in a folder of this process, which goes with it. Returns the
 * path, valid until the next call. */
const char *fuzz_file(const char *name, const uint8_t *data, size_t size);

/* That folder. */
const char *fuzz_folder(void);

/* Ends the program: a promise was broken. */
#define FUZZ_PROMISE(condition) ((condition) ? (void)0 : fuzz_broken(#condition))
void fuzz_broken(const char *promise) __attribute__((noreturn));
