# Allocators: finding them, and linking them so that it really takes effect.

# Debian's gcc passes --as-needed: a shared allocator that no object file references is dropped in
# silence and the program runs on glibc. This keeps it, also for a program that never calls malloc.
set(CMAKE_LINK_LIBRARY_USING_allocator
    "LINKER:--push-state,--no-as-needed" "<LINK_ITEM>" "LINKER:--pop-state")
set(CMAKE_LINK_LIBRARY_USING_allocator_SUPPORTED TRUE)

define_property(GLOBAL PROPERTY HEAPCHURN_ALLOCATORS BRIEF_DOCS "all allocator folders")

# heapchurn_allocator(NAME PACKAGE debian-package [LIBRARY names... | BUILTIN] [UNAVAILABLE why]
#                     [LINK extra...])
#
# Called by allocators/<name>/CMakeLists.txt. Compiles <name>.c once, and looks for the library: in
# HEAPCHURN_ALLOCATOR_PREFIX_<NAME> alone if that is set, else where the system keeps libraries.
function(heapchurn_allocator name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "BUILTIN" "PACKAGE;UNAVAILABLE" "LIBRARY;LINK")
  string(TOUPPER ${name} upper)
  set(prefix_variable HEAPCHURN_ALLOCATOR_PREFIX_${upper})
  set(${prefix_variable} "" CACHE PATH "Installation prefix of ${name} to use instead of the system's")

  add_library(allocator_${name} OBJECT ${name}.c)
  target_link_libraries(allocator_${name} PRIVATE heapchurn_flags allocator_interface)

  set(library "")
  set(why "${arg_UNAVAILABLE}")
  if(NOT why AND NOT arg_BUILTIN)
    set(found_variable HEAPCHURN_ALLOCATOR_LIBRARY_${upper})
    unset(${found_variable} CACHE) # looked for anew each time, so that an install is noticed
    if(${prefix_variable})
      find_library(${found_variable} NAMES ${arg_LIBRARY} NO_DEFAULT_PATH
                   PATHS ${${prefix_variable}}
                   PATH_SUFFIXES lib lib64 lib/${CMAKE_LIBRARY_ARCHITECTURE})
      set(where "in ${${prefix_variable}}")
      set(remedy "check -D${prefix_variable}")
    else()
      find_library(${found_variable} NAMES ${arg_LIBRARY})
      set(where "on this machine")
      set(remedy "Debian: apt install ${arg_PACKAGE}")
    endif()
    set(library "${${found_variable}}")
    if(NOT library)
      list(GET arg_LIBRARY 0 first)
      set(why "lib${first} was not found ${where}; ${remedy}")
    endif()
    mark_as_advanced(${found_variable})
  endif()

  set_property(GLOBAL APPEND PROPERTY HEAPCHURN_ALLOCATORS ${name})
  set_property(GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_LIBRARY "${library}")
  set_property(GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_LINK "${arg_LINK}")
  set_property(GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_UNAVAILABLE "${why}")
endfunction()

# heapchurn_link_allocator(TARGET NAME): TARGET is served by allocator NAME. The allocator stands
# before everything else that is linked; allocator_linked becomes an alias of its row.
function(heapchurn_link_allocator target name)
  get_property(library GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_LIBRARY)
  get_property(extra GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_LINK)
  if(library)
    target_link_libraries(${target} PRIVATE "$<LINK_LIBRARY:allocator,${library}>")
    get_filename_component(folder ${library} DIRECTORY)
    set_property(TARGET ${target} APPEND PROPERTY BUILD_RPATH ${folder})
  endif()
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:allocator_${name}>)
  target_link_options(${target} PRIVATE "LINKER:--defsym=allocator_linked=allocator_${name}")
  target_link_libraries(${target} PRIVATE ${extra})
endfunction()

# heapchurn_subject(PROGRAM LIBRARY): PROGRAM-<name> for every allocator that is there, all linked
# from the same object files (the object library LIBRARY).
function(heapchurn_subject program objects)
  get_property(names GLOBAL PROPERTY HEAPCHURN_ALLOCATORS)
  foreach(name IN LISTS names)
    get_property(why GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_UNAVAILABLE)
    if(NOT why)
      add_executable(${program}-${name} $<TARGET_OBJECTS:${objects}>)
      heapchurn_link_allocator(${program}-${name} ${name})
      target_link_libraries(${program}-${name} PRIVATE heapchurn_flags subject ${ARGN})
    endif()
  endforeach()
endfunction()

function(heapchurn_print_allocators)
  get_property(names GLOBAL PROPERTY HEAPCHURN_ALLOCATORS)
  foreach(name IN LISTS names)
    get_property(why GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_UNAVAILABLE)
    get_property(library GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_LIBRARY)
    if(why)
      message(STATUS "allocator ${name}: skipped: ${why}")
    elseif(library)
      message(STATUS "allocator ${name}: ${library}")
    else()
      message(STATUS "allocator ${name}: built in")
    endif()
  endforeach()
endfunction()
