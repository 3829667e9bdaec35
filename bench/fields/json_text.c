#include "json_text.h"

#include "cleanup.h"
#include "text.h"

json_t *json_text(const char *text)
{
    if (!text)
        return json_null();
    AUTO_FREE char *printable = text_utf8(text);
    return json_string_nocheck(printable);
}
