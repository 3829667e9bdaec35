/* A discovery message from the network; what is one is written again as it came. */
#include <string.h>

#include "discovery.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct discovery message;
    unsigned char again[DISCOVERY_SIZE];
    AUTO_FREE char *own = fuzz_text(data, size); /* so that reading behind it is seen */
    if (discovery_decode(own, size, &message) < 0)
        return 0;
    discovery_encode(&message, again);
    FUZZ_PROMISE(size == sizeof again && memcmp(again, data, size) == 0);
    return 0;
}
