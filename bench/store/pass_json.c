#include "pass_json.h"

#include <errno.h>
#include <stdlib.h>

#include "fields.h"

static const struct field pass_fields[] = {
    FIELD(struct pass, FIELD_WORD, workload),
    FIELD(struct pass, FIELD_WORD, row),
    FIELD(struct pass, FIELD_WORD, tool),
    FIELD(struct pass, FIELD_TEXT, setting),
    FIELD(struct pass, FIELD_TEXT, version),
    FIELD_ENUM(struct pass, kind, pass_kind_names),
    FIELD(struct pass, FIELD_TEXT, unavailable),
    FIELD(struct pass, FIELD_I64, cycles),
    FIELD(struct pass, FIELD_I64, elapsed_ns),
    FIELD(struct pass, FIELD_I64, blocks),
    FIELD(struct pass, FIELD_I64, bytes),
    FIELD(struct pass, FIELD_I64, remainder_blocks),
    FIELD(struct pass, FIELD_I64, remainder_bytes),
    FIELD(struct pass, FIELD_I64, lost_blocks),
    FIELD(struct pass, FIELD_I64, lost_bytes),
    FIELD(struct pass, FIELD_I64, live_bytes),
    FIELD(struct pass, FIELD_I64, live_blocks),
    FIELD(struct pass, FIELD_I64, own_live_bytes),
    FIELD(struct pass, FIELD_I64, calls),
    FIELD(struct pass, FIELD_I64, requested_bytes),
    FIELD(struct pass, FIELD_I64, overhead_bytes),
    FIELD(struct pass, FIELD_TEXT, collapsed),
    FIELD(struct pass, FIELD_TEXT, symbols),
    FIELD(struct pass, FIELD_TEXT, no_profile),
    FIELD_LATER(struct pass, FIELD_I64, excess_max_bytes),
    FIELD_LATER(struct pass, FIELD_TEXT, excess),
};

static const struct field site_fields[] = {
    FIELD(struct pass_site, FIELD_WORD, function),
    FIELD(struct pass_site, FIELD_I64, blocks),
    FIELD(struct pass_site, FIELD_I64, bytes),
};

json_t *pass_json_write(const struct pass *pass)
{
    json_t *json = fields_write(pass_fields, ARRAY_LENGTH(pass_fields), pass);
    json_t *sites = json_array();
    for (size_t i = 0; i < pass->site_count; i++)
        (void)json_array_append_new(
            sites, fields_write(site_fields, ARRAY_LENGTH(site_fields), &pass->sites[i]));
    (void)json_object_set_new(json, "sites", sites);
    return json;
}

int pass_json_read(const json_t *json, struct pass *out, struct err *err)
{
    int code = fields_read(json, pass_fields, ARRAY_LENGTH(pass_fields), out, err);
    if (code < 0)
        return code;
    int64_t overhead = 0;
    if (__builtin_mul_overflow(out->overhead_bytes, out->live_blocks, &overhead) ||
        overhead > FIELD_I64_MAX)
        return err_set(err, -EINVAL, "'overhead_bytes' is more than a block can have");
    const json_t *sites = json_object_get(json, "sites");
    if (!json_is_array(sites))
        return err_set(err, -EINVAL, "'sites' is missing");
    size_t count = json_array_size(sites);
    out->sites = calloc(count + 1, sizeof *out->sites);
    if (!out->sites)
        return err_set(err, -ENOMEM, "out of memory for %zu call sites", count);
    out->site_count = count;
    for (size_t i = 0; i < count; i++)
        if (fields_read(json_array_get(sites, i), site_fields, ARRAY_LENGTH(site_fields),
                        &out->sites[i], err) < 0)
            return err_wrap(err, "site %zu", i + 1);
    return 0;
}
