/*
 * path: where a file is, as a text of its own. However long it becomes, nothing is cut: the kernel
 * refuses what is too long for it, with the sentence of who opens it.
 */
#pragma once

/* FOLDER/NAME, the name as by printf. The caller frees. Aborts when out of memory. */
char *path_join(const char *folder, const char *name, ...) __attribute__((format(printf, 2, 3)));
