/*
 * builds: which files the subjects of a run are made of on this machine, and their checksums: the
 * driver, the programs of roles, a program of the user's own, and each library that the loader
 * gives to the allocators. What is measured on several hosts must be of the same builds.
 */
#pragma once

#include "err.h"
#include "store.h"

/* "NAME SHA256" each, NULL-terminated, in order of name; the caller frees list and words. Starts
 * one program per allocator, to see what it maps. -ENOENT, -EPERM with a sentence. */
int builds_read(const struct run *run, const char *programs, char ***out, struct err *err);
