/*
 * err: one error sentence with a code.
 *
 * A function that can fail for a reason a person must read returns 0 or a negative errno and takes
 * a `struct err *` as its last parameter. The lowest layer writes the sentence with err_set(), the
 * layers above may put context in front of it with err_wrap(); only main prints it. Results go to
 * pointers named `out_*` and stay untouched on failure.
 *
 * The sentence says what, where, why and what to do:
 *     workloads/fan.yaml:5:15: unknown key 'size_byte' (did you mean 'size_bytes'?)
 *
 *     return err_set(err, -ENOENT, "no workload '%s'; run 'heapchurn list'", name);
 *     if (spec_load(path, &spec, err) < 0)
 *         return err_wrap(err, "workload '%s'", name);
 *
 * `err` may be NULL: then only the code is returned. Text over the buffer is cut, never overrun.
 */
#pragma once

enum { ERR_TEXT_MAX = 1024 };

struct err {
    int code; /* negative errno, 0 when nothing went wrong */
    char text[ERR_TEXT_MAX];
};

#define ERR_INIT ((struct err){.code = 0})

/* Store `code` (a negative errno) and the sentence; return `code`. */
int err_set(struct err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Put "context: " in front of the stored sentence; return the stored code. */
int err_wrap(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
