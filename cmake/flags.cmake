# One interface target carries language, warnings and sanitizers to every target of the project.
option(HEAPCHURN_SANITIZE "Build everything with AddressSanitizer and UBSan" OFF)
option(HEAPCHURN_FUZZ "Build the targets of tests/fuzz for libFuzzer (clang)" OFF)
option(HEAPCHURN_WERROR "Treat warnings as errors" OFF) # a compiler nobody tried warns anew

add_library(heapchurn_flags INTERFACE)
target_compile_features(heapchurn_flags INTERFACE c_std_17)
target_compile_definitions(heapchurn_flags INTERFACE _GNU_SOURCE)
target_compile_options(heapchurn_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2
  -Wundef -Wpointer-arith -Wcast-qual -Wwrite-strings
  $<$<C_COMPILER_ID:Clang>:-Wno-missing-field-initializers> # the rest of a row is 0, as C says
  $<$<BOOL:${HEAPCHURN_WERROR}>:-Werror>
  # gcc deletes allocations it can prove unused: a leak on purpose would leak nothing.
  -fno-builtin-malloc -fno-builtin-calloc -fno-builtin-realloc -fno-builtin-free
  -fno-omit-frame-pointer)
if(HEAPCHURN_SANITIZE)
  target_compile_options(heapchurn_flags INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=undefined)
  target_link_options(heapchurn_flags INTERFACE -fsanitize=address,undefined)
endif()
if(HEAPCHURN_FUZZ)
  target_compile_options(heapchurn_flags INTERFACE -O1 -fsanitize=fuzzer-no-link)
  target_link_options(heapchurn_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
