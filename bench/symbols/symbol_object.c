#include "symbol_object.h"

#include <dwarf.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grow.h"
#include "path.h"

enum { NAME_MAX_BYTES = 4096, INLINED_MAX = 64 };

/* Of libstdc++: the caller frees; NULL: it is not mangled. */
extern char *__cxa_demangle(const char *mangled, char *buffer, size_t *length, int *status);

/* NOLINTNEXTLINE(readability-function-size): libdwfl's signature */
static int find_debug_file(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
                           const char *file, const char *link, GElf_Word checksum, char **out)
{
    int fd = dwfl_build_id_find_debuginfo(module, data, name, base, file, link, checksum, out);
    /* With servers set the standard search would ask them. */
    return fd >= 0 || getenv("DEBUGINFOD_URLS")
               ? fd
               : dwfl_standard_find_debuginfo(module, data, name, base, file, link, checksum, out);
}

static int open_elf(const char *path)
{
    struct stat status;
    char magic[SELFMAG];
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    /* What is not ELF itself libdwfl would unpack. */
    if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
        pread(fd, magic, sizeof magic, 0) != (ssize_t)sizeof magic ||
        memcmp(magic, ELFMAG, sizeof magic) != 0)
        return -1;
    return TAKE_FD(fd);
}

Dwfl *symbol_object_open(const char *path, Dwfl_Module **out_module)
{
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = find_debug_file,
        .section_address = dwfl_offline_section_address,
    };
    int fd = open_elf(path);
    if (fd < 0)
        return NULL;
    Dwfl *dwfl = dwfl_begin(&callbacks);
    if (dwfl)
        dwfl_report_begin(dwfl);
    *out_module = dwfl ? dwfl_report_elf(dwfl, path, path, fd, 0, true) : NULL;
    if (!*out_module)
        (void)close(fd);
    if (!*out_module || dwfl_report_end(dwfl, NULL, NULL) != 0) {
        if (dwfl)
            dwfl_end(dwfl);
        return NULL;
    }
    return dwfl;
}

static bool has_table(Elf *elf)
{
    size_t names = 0;
    (void)elf_getshdrstrndx(elf, &names);
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;) {
        GElf_Shdr head;
        const char *name =
            gelf_getshdr(section, &head) ? elf_strptr(elf, names, head.sh_name) : NULL;
        if (name && (head.sh_type == SHT_SYMTAB || strcmp(name, ".gnu_debugdata") == 0))
            return true;
    }
    return false;
}

bool symbol_object_has(Dwfl_Module *module)
{
    Dwarf_Addr bias = 0;
    const char *debug_file = NULL;
    Elf *elf = dwfl_module_getelf(module, &bias);
    if (!elf)
        return false;
    if (has_table(elf))
        return true;
    bool has_units = dwfl_module_nextcu(module, NULL, &bias) != NULL;
    (void)dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL, &debug_file);
    return has_units || debug_file;
}

static char *copy(const char *text)
{
    char *out = strndup(text, NAME_MAX_BYTES);
    if (!out)
        abort();
    return out;
}

static char *readable(const char *name)
{
    int status = 0;
    char *plain = strncmp(name, "_Z", 2) == 0 && strlen(name) < NAME_MAX_BYTES
                      ? __cxa_demangle(name, NULL, NULL, &status)
                      : NULL;
    return plain ? plain : copy(name);
}

static void add(struct symbol_list *list, const char *function, char *file, int64_t line)
{
    list->calls = grow(list->calls, list->count, sizeof *list->calls);
    list->calls[list->count++] = (struct symbol_call){
        .function = readable(function),
        .file = file,
        .line = file ? line : 0,
    };
}

void symbol_list_release(struct symbol_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free((void *)(uintptr_t)list->calls[i].function);
        free((void *)(uintptr_t)list->calls[i].file);
    }
    free(list->calls);
    *list = (struct symbol_list){.count = 0};
}

static const char *function_name(Dwarf_Die *function)
{
    static const unsigned names[] = {DW_AT_linkage_name, DW_AT_MIPS_linkage_name};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        Dwarf_Attribute attribute;
        const char *name = dwarf_formstring(dwarf_attr_integrate(function, names[i], &attribute));
        if (name)
            return name;
    }
    return dwarf_diename(function);
}

static Dwarf_Word number(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    return dwarf_formudata(dwarf_attr(die, name, &attribute), &value) == 0 ? value : 0;
}

/* The unit whose code this is; compilers that write no table of addresses leave only a search. */
static Dwarf_Die *unit_of(Dwfl_Module *module, uint64_t address, Dwarf_Addr *bias)
{
    Dwarf_Die *unit = dwfl_module_addrdie(module, address, bias);
    if (unit)
        return unit;
    do
        unit = dwfl_module_nextcu(module, unit, bias);
    while (unit && dwarf_haspc(unit, address - *bias) != 1);
    return unit;
}

/* Names of files are relative to where the compiler ran. NULL: none. */
static char *file_path(Dwarf_Die *unit, const char *file)
{
    Dwarf_Attribute attribute;
    const char *folder = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
    if (!file)
        return NULL;
    return *file == '/' || !folder ? copy(file) : path_join(folder, "%s", file);
}

static void add_calls(Dwarf_Die *unit, uint64_t address, struct symbol_list *out)
{
    Dwarf_Die *inner = NULL;
    Dwarf_Die *scopes = NULL;
    Dwarf_Files *files = NULL;
    size_t file_count = 0;
    int line_number = 0;
    Dwarf_Line *row = dwarf_getsrc_die(unit, address);
    const char *file = row ? dwarf_linesrc(row, NULL, NULL) : NULL;
    if (file)
        (void)dwarf_lineno(row, &line_number);
    int64_t line = line_number;
    int count = dwarf_getscopes(unit, address, &inner);
    /* Where an inlined call stands is told by the tree of units, not by where it was written. */
    count = count > 0 ? dwarf_getscopes_die(&inner[0], &scopes) : 0;
    (void)dwarf_getsrcfiles(unit, &files, &file_count);
    for (int i = 0; i < count && out->count < INLINED_MAX; i++) {
        int tag = dwarf_tag(&scopes[i]);
        bool inlined = tag == DW_TAG_inlined_subroutine;
        if (!inlined && tag != DW_TAG_subprogram)
            continue;
        const char *name = function_name(&scopes[i]);
        if (name)
            add(out, name, file_path(unit, file), line);
        if (!inlined)
            break;
        Dwarf_Word index = number(&scopes[i], DW_AT_call_file);
        file = index < file_count ? dwarf_filesrc(files, index, NULL, NULL) : NULL;
        line = (int64_t)number(&scopes[i], DW_AT_call_line);
    }
    free(scopes);
    free(inner);
}

void symbol_object_calls(Dwfl_Module *module, uint64_t address, struct symbol_list *out)
{
    Dwarf_Addr bias = 0;
    GElf_Off offset = 0;
    GElf_Sym symbol;
    Dwarf_Die *unit = unit_of(module, address, &bias);
    if (unit)
        add_calls(unit, address - bias, out);
    if (out->count > 0)
        return;
    const char *name = dwfl_module_addrinfo(module, address, &offset, &symbol, NULL, NULL, &bias);
    if (name)
        add(out, name, NULL, 0);
}
