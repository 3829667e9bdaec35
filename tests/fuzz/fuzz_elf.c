/* Programs and libraries of strangers, looked at before they are started. */
#include <fcntl.h>
#include <string.h>

#include "elf_image.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(elf_image) struct elf_image image = {.dynamic = false};
    struct err err = ERR_INIT;
    const char *path = fuzz_file("object", data, size);
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (elf_image_read(fd, path, "no program", &image, &err) < 0) {
        FUZZ_PROMISE(err.text[0] && image.needed_count == 0);
        return 0;
    }
    FUZZ_PROMISE(memchr(image.interpreter, '\0', sizeof image.interpreter));
    FUZZ_PROMISE(memchr(image.soname, '\0', sizeof image.soname));
    FUZZ_PROMISE(memchr(image.glibc, '\0', sizeof image.glibc));
    FUZZ_PROMISE(!image.own_name == !image.own_name_of);
    FUZZ_PROMISE(!elf_image_newer(image.glibc, image.glibc));
    for (size_t i = 0; i < image.needed_count; i++)
        FUZZ_PROMISE(image.needed[i]);
    return 0;
}
