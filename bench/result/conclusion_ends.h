/*
 * conclusion_ends: what is said across the rows about a program that ends by itself: the most it
 * held, and whether all rows did the same. The proof of that is the number of its calls of malloc
 * and its like, counted in the ledger's pass: the same program with the same input makes the same
 * calls but for what a thread or a hash seed decides (sqlite, gcc and g++: within 0.005 % on four
 * allocators).
 */
#pragma once

#include "result.h"

#define CONCLUSION_SAME_CALLS 0.001 /* of the most */

/* A paragraph; NULL where no trial is valid. The caller frees. */
char *conclusion_ends_text(const struct result_workload *workload);
