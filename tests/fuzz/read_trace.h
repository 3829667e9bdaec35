/*
 * read_trace: what a trace of a stranger's goes through: it is opened, told, cut and compiled, and
 * what was compiled holds its own promises.
 */
#pragma once

void fuzz_read_trace(const char *path);
