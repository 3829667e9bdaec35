#include "exporter.h"

#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "path.h"
#include "store.h"
#include "text.h"
#include "whole_file.h"

enum { EXPORTERS_MAX = 32 };

const struct exporter *exporter_find(const char *name, struct err *err)
{
    const char *names[EXPORTERS_MAX + 1] = {0};
    for (size_t i = 0; exporters[i] && i < EXPORTERS_MAX; i++) {
        if (strcmp(exporters[i]->name, name) == 0)
            return exporters[i];
        names[i] = exporters[i]->name;
    }
    (void)text_unknown("format", name, names, "'heapchurn report --help' lists them", -EINVAL, err);
    return NULL;
}

struct write_context {
    const struct exporter *exporter;
    const struct result *result;
};

static int write_plain(FILE *file, void *context)
{
    const struct write_context *what = context;
    what->exporter->write(what->result, file, &text_style_plain);
    return ferror(file) ? -EIO : 0;
}

int exporter_write_file(const struct exporter *exporter, const struct result *result,
                        const char *path, struct err *err)
{
    if (strcmp(path, "-") == 0)
        return exporter_print(exporter, result, err);
    struct write_context context = {exporter, result};
    return whole_file_write(path, write_plain, &context, err);
}

int exporter_print(const struct exporter *exporter, const struct result *result, struct err *err)
{
    struct text_style style;
    text_style_detect(stdout, &style);
    errno = 0;
    exporter->write(result, stdout, &style);
    if (fflush(stdout) != 0 || ferror(stdout))
        return err_set(err, errno ? -errno : -EIO, "the %s report could not be written: %s",
                       exporter->name, strerror(errno ? errno : EIO));
    return 0;
}

int report_write_all(const struct result *result, const char *dir, struct err *err)
{
    const struct exporter *terminal = exporter_find("terminal", err);
    int status = terminal ? exporter_print(terminal, result, err) : -EINVAL;
    for (size_t i = 0; exporters[i]; i++) {
        if (!exporters[i]->stored)
            continue;
        AUTO_FREE char *path = path_join(dir, "%s", exporters[i]->file);
        int written = exporter_write_file(exporters[i], result, path, err);
        status = status < 0 ? status : written;
    }
    return status;
}
