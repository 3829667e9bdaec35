/*
 * spec_yaml: a workload file, or a row file, as one text per key. libcyaml reads and refuses, and
 * yaml_tree.h knows the place of the mistake.
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"
#include "err.h"
#include "spec_keys.h"

/* What kind of file is read, for its messages. */
struct spec_format {
    const struct spec_key *keys; /* ends with name NULL; all values are read as texts */
    const char *what;            /* "a workload file" */
    const char *least;           /* what it cannot do without: "'question'" */
    const char *keys_are;        /* "'heapchurn list --keys' lists them" */
    const char *name_marks;      /* "-_.": what the file's name may have beside letters, digits */
};

struct spec_yaml {
    const struct spec_format *format;
    char *path;
    char *text; /* the whole file */
    size_t length;
    char **value; /* one per key of the format; NULL where it is absent */
};

/* -ENOENT and other -errno when the file cannot be read, -EINVAL with file:line:column when it is
 * no mapping of known keys to scalars. */
int spec_yaml_read(const char *path, const struct spec_format *format, struct spec_yaml *out,
                   struct err *err);
void spec_yaml_release(struct spec_yaml *yaml);
DEFINE_AUTO(spec_yaml, spec_yaml_release)

/* Put "file:line:column: key: " of that key's value (or the file's beginning when it is absent) in
 * front of the sentence in `err`; return -EINVAL. */
int spec_yaml_locate(const struct spec_yaml *yaml, const char *key, struct err *err);

/* What the file describes is called as the file, without folder and .yaml. The name becomes a part
 * of folder names and lists. `out_name` has SPEC_NAME_MAX bytes. -EINVAL: it has other signs. */
int spec_yaml_name(const char *path, const struct spec_format *format, char *out_name,
                   struct err *err);
