/* Collapsed stacks of a profile's viewer: as call sites of a pass, and as a flame graph. */
#include <string.h>

#include "flame.h"
#include "fuzz.h"
#include "pass_profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *drawn = NULL;
    size_t drawn_size = 0;
    AUTO(flame) struct flame flame = {.count = 0};
    AUTO(pass_stacks) struct pass_stacks stacks = {.count = 0};
    AUTO(pass) struct pass pass;
    pass_init(&pass);
    AUTO_FCLOSE FILE *in = fopen(fuzz_file("collapsed", data, size), "re");
    AUTO_FCLOSE FILE *out = open_memstream(&drawn, &drawn_size);
    if (!in || !out)
        abort();
    pass_stacks_read(in, &stacks);
    pass_sites_build(&stacks, &stacks, &pass);
    for (size_t i = 0; i < pass.site_count; i++)
        FUZZ_PROMISE(pass.sites[i].bytes > 0 && pass.sites[i].bytes == pass.sites[i].blocks);
    rewind(in);
    flame_read(in, &flame);
    flame_write(out, "a <title>", &flame);
    (void)fflush(out);
    FUZZ_PROMISE(drawn_size == 0 || strcmp(drawn + drawn_size - 7, "</svg>\n") == 0);
    return 0;
}
