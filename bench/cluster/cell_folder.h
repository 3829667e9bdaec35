/*
 * cell_folder: where the cells of a run lie until they are collected.
 *
 *     DIR/cells/0007           whole: a run of its own, with the trials of this cell, its passes,
 * and the host that measured it DIR/cells/.0007-HOST     begun there, and not finished
 *     DIR/cells/0007.failed    why it could not be carried out, one line: "HOST: …"
 *
 * A cell is whole when its folder has been renamed, and not before. All of it may be copied from
 * one disk to another; run.json of DIR must be where a cell is carried out.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* Paths; the caller frees. */
char *cell_folder_whole(const char *dir, int64_t number);
char *cell_folder_begun(const char *dir, int64_t number, const char *host);

bool cell_folder_is_whole(const char *dir, int64_t number);

/* What was begun on this host is whole from now on. -EEXIST: it is whole already, of another. */
int cell_folder_finish(const char *dir, int64_t number, const char *host, struct err *err);

/* Write why, as far as that can be written. */
void cell_folder_fail(const char *dir, int64_t number, const char *host, const char *why);

/* "n2: the disk is full"; NULL: nobody has said. The caller frees. */
char *cell_folder_why(const char *dir, int64_t number);

/* Remove a cell's folder and what is in it. */
int cell_folder_remove(const char *folder, struct err *err);

/* Numbers of the folders that are whole, ascending; the caller frees. */
int cell_folder_list(const char *dir, int64_t **out_numbers, size_t *out_count, struct err *err);
