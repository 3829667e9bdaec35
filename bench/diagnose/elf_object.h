/*
 * elf_object: where in an executable or library a mapped byte belongs.
 */
#pragma once

#include <stdint.h>

/* The address inside the object, as addr2line takes it, of a place in the file that is mapped;
 * `offset` itself where the file cannot be read. */
uint64_t elf_address(const char *path, uint64_t offset);
