/* A curve that was measured elsewhere, in any of the forms, and whose memory it is. */
#include <math.h>

#include "attribution.h"
#include "curve_file.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    AUTO(curve_file) struct curve_file file = {0};
    AUTO_FCLOSE FILE *in = fopen(fuzz_file("curve.csv", data, size), "re");
    if (!in)
        abort();
    int code = curve_file_read(in, "curve.csv", "peer", &file, &err);
    FUZZ_PROMISE(code <= 0 && (code == 0) == (err.text[0] == '\0'));
    if (code < 0)
        return 0;
    struct attribution attribution;
    attribution_judge(&file.curve, &attribution);
    FUZZ_PROMISE(attribution.remark_count <= REMARKS_MAX);
    FUZZ_PROMISE(attribution.verdict.kind != VERDICT_LEAK || file.curve.count > 2);
    return 0;
}
