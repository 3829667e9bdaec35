/* Runs a target on every file given, and on all files of every folder given. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

static size_t run_count;

static void run_file(const char *path)
{
    AUTO_FCLOSE FILE *in = fopen(path, "re");
    AUTO_FREE char *bytes = NULL;
    size_t size = 0;
    AUTO_FCLOSE FILE *copy = open_memstream(&bytes, &size);
    if (!in || !copy) {
        perror(path);
        exit(1);
    }
    for (int byte; (byte = fgetc(in)) != EOF;)
        (void)fputc(byte, copy);
    (void)fflush(copy);
    (void)fprintf(stderr, "%s: %zu bytes\n", path, size);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)bytes, size);
    run_count++;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct dirent **files = NULL;
        int count = scandir(argv[i], &files, NULL, alphasort);
        if (count < 0)
            run_file(argv[i]);
        for (int j = 0; j < count; j++) {
            char path[4096];
            (void)snprintf(path, sizeof path, "%s/%s", argv[i], files[j]->d_name);
            if (files[j]->d_name[0] != '.')
                run_file(path);
            free(files[j]);
        }
        free(files);
    }
    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    (void)fprintf(stderr, "%zu inputs, and none\n", run_count);
    return run_count > 0 ? 0 : 1;
}
