/*
 * version: which heapchurn this is.
 */
#pragma once

/* Of the source it was built from: "1f8bbf82a6c1", "-dirty" behind it when files differ; "" where
 * nobody could tell, as from a tarball. Made at each build (cmake/write_commit.cmake). */
extern const char version_commit[];
