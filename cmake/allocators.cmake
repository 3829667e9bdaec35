# Allocators: finding them, and linking them so that it really takes effect.

# Debian's gcc passes --as-needed: a shared allocator that no object file references is dropped in
# silence and the program runs on glibc. This keeps it, also for a program that never calls malloc.
set(CMAKE_LINK_LIBRARY_USING_allocator
    "LINKER:--push-state,--no-as-needed" "<LINK_ITEM>" "LINKER:--pop-state")
set(CMAKE_LINK_LIBRARY_USING_allocator_SUPPORTED TRUE)

define_property(GLOBAL PROPERTY HEAPCHURN_ALLOCATORS BRIEF_DOCS "all allocator folders")

# heapchurn_allocator(NAME LIBRARY names... PACKAGE debian-package [OBJECTS library] [SOURCES file])
# heapchurn_allocator(NAME LIBRARY names... UNPACKAGED)    looked for below its prefix alone
# heapchurn_allocator(NAME BUILDS)        of another libc: serves builds of the user's own alone
# heapchurn_allocator(NAME BUILTIN)       part of libc: no library; first in the registry
# heapchurn_allocator(NAME SANITIZER)     the compiler's: the only one in an instrumented build
#
# PATHS: folders to look in, too, where the loader does not.
# Called by allocators/<name>/CMakeLists.txt. Compiles <name>.c, and what is in SOURCES, once
# (OBJECTS: an object library it shares with a sibling), and looks for the library: in HEAPCHURN_ALLOCATOR_PREFIX_<NAME> alone if
# that is set, else where the system keeps libraries.
function(heapchurn_allocator name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "BUILTIN;BUILDS;SANITIZER;UNPACKAGED" "PACKAGE;OBJECTS"
                        "LIBRARY;SOURCES;PATHS")
  add_library(allocator_${name} OBJECT ${name}.c ${arg_SOURCES})
  set_target_properties(allocator_${name} ${arg_OBJECTS} PROPERTIES
                        POSITION_INDEPENDENT_CODE ON) # for the agent
  target_link_libraries(allocator_${name} PRIVATE heapchurn_flags allocator_interface
                        ${arg_OBJECTS})

  set(library "")
  set(why "")
  if(arg_LIBRARY)
    heapchurn_find_allocator(${name} "${arg_LIBRARY}" "${arg_PACKAGE}" "${arg_PATHS}" library why)
  endif()
  if(arg_BUILDS)
    set(why "only builds of your own run on it: 'program: commands' of a workload names them (docs/rows.md)")
  elseif(HEAPCHURN_SANITIZE AND NOT arg_SANITIZER)
    set(why "this build is instrumented, and the sanitizer replaces malloc")
  elseif(arg_SANITIZER AND NOT HEAPCHURN_SANITIZE)
    set(why "only in an instrumented build; configure with -DHEAPCHURN_SANITIZE=ON")
  endif()

  get_property(names GLOBAL PROPERTY HEAPCHURN_ALLOCATORS)
  if(arg_BUILTIN)
    list(PREPEND names ${name})
  else()
    list(APPEND names ${name})
  endif()
  set_property(GLOBAL PROPERTY HEAPCHURN_ALLOCATORS ${names})
  set_property(GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_LIBRARY "${library}")
  if(arg_PATHS)
    set_property(GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_ASIDE TRUE)
  endif()
  set_property(GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_OBJECTS allocator_${name} ${arg_OBJECTS})
  set_property(GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_UNAVAILABLE "${why}")
endfunction()

# The path of the library in `out_library`, or in `out_why` a sentence with the remedy.
function(heapchurn_find_allocator name libraries package paths out_library out_why)
  string(TOUPPER ${name} upper)
  set(prefix HEAPCHURN_ALLOCATOR_PREFIX_${upper})
  set(${prefix} "" CACHE PATH "Installation prefix of ${name} to use instead of the system's")
  set(found HEAPCHURN_ALLOCATOR_LIBRARY_${upper})
  unset(${found} CACHE) # looked for anew each time, so that an install is noticed
  list(GET libraries 0 first)
  if(${prefix})
    find_library(${found} NAMES ${libraries} NO_DEFAULT_PATH PATHS ${${prefix}}
                 PATH_SUFFIXES lib lib64 lib/${CMAKE_LIBRARY_ARCHITECTURE})
    set(why "lib${first} was not found in ${${prefix}}; check -D${prefix}")
  elseif(package)
    find_library(${found} NAMES ${libraries} PATHS ${paths})
    set(why "lib${first} was not found on this machine; Debian: apt install ${package}")
  else()
    set(${found} "")
    set(why "no package of Debian has it; build it as docs/rows.md says, and configure with -D${prefix}=FOLDER")
  endif()
  mark_as_advanced(${found})
  if(${found})
    set(${out_library} "${${found}}" PARENT_SCOPE)
    heapchurn_package_of(${${found}} owner)
    set_property(GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_PACKAGE "${owner}")
  else()
    set(${out_why} "${why}" PARENT_SCOPE)
  endif()
endfunction()

# The Debian package that a library is of, in `out_package`; empty: of none, or there is no dpkg.
function(heapchurn_package_of library out_package)
  set(owner "")
  find_program(HEAPCHURN_DPKG_QUERY dpkg-query)
  mark_as_advanced(HEAPCHURN_DPKG_QUERY)
  get_filename_component(real ${library} REALPATH)
  if(HEAPCHURN_DPKG_QUERY)
    execute_process(COMMAND ${HEAPCHURN_DPKG_QUERY} --search ${real} OUTPUT_VARIABLE said
                    ERROR_QUIET)
    string(REGEX MATCH "^[a-z0-9][a-z0-9+.-]+" owner "${said}")
  endif()
  set(${out_package} "${owner}" PARENT_SCOPE)
endfunction()

# heapchurn_write_registry(FILE): one line ALLOCATOR(name, unavailable, library, package) per folder.
function(heapchurn_write_registry file)
  get_property(names GLOBAL PROPERTY HEAPCHURN_ALLOCATORS)
  set(lines "")
  foreach(name IN LISTS names)
    get_property(why GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_UNAVAILABLE)
    get_property(library GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_LIBRARY)
    get_property(package GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_PACKAGE)
    foreach(value why library package)
      if(${value})
        set(${value} "\"${${value}}\"")
      else()
        set(${value} NULL)
      endif()
    endforeach()
    string(APPEND lines "ALLOCATOR(${name}, ${why}, ${library}, ${package})\n")
  endforeach()
  file(CONFIGURE OUTPUT ${file} CONTENT "${lines}" @ONLY)
endfunction()

# heapchurn_link_row(TARGET NAME): the adapter of NAME, and allocator_linked an alias of its row.
function(heapchurn_link_row target name)
  get_property(objects GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_OBJECTS)
  foreach(library IN LISTS objects)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${library}>)
  endforeach()
  target_link_options(${target} PRIVATE "LINKER:--defsym=allocator_linked=allocator_${name}")
  target_link_libraries(${target} PRIVATE allocator_interface)
endfunction()

# heapchurn_link_allocator(TARGET NAME): TARGET is served by allocator NAME. The allocator stands
# before everything else that is linked. A library of another prefix is found again at run time by
# DT_RUNPATH, behind LD_LIBRARY_PATH, with which the driver puts the library of a row in its place
# (bench/run/substitute.h); nobody else's reaches a role.
function(heapchurn_link_allocator target name)
  get_property(library GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_LIBRARY)
  string(TOUPPER ${name} upper)
  if(library)
    target_link_libraries(${target} PRIVATE "$<LINK_LIBRARY:allocator,${library}>")
  endif()
  get_property(aside GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_ASIDE)
  if(HEAPCHURN_ALLOCATOR_PREFIX_${upper} OR aside)
    get_filename_component(folder ${library} DIRECTORY)
    set_property(TARGET ${target} APPEND PROPERTY BUILD_RPATH ${folder})
    set_property(TARGET ${target} APPEND PROPERTY INSTALL_RPATH ${folder})
    target_link_options(${target} PRIVATE "LINKER:--enable-new-dtags")
  endif()
  heapchurn_link_row(${target} ${name})
endfunction()

# heapchurn_available_allocators(VARIABLE): the names of those that can be linked.
function(heapchurn_available_allocators variable)
  get_property(names GLOBAL PROPERTY HEAPCHURN_ALLOCATORS)
  set(available "")
  foreach(name IN LISTS names)
    get_property(why GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_UNAVAILABLE)
    if(NOT why)
      list(APPEND available ${name})
    endif()
  endforeach()
  set(${variable} ${available} PARENT_SCOPE)
endfunction()

# heapchurn_subject(PROGRAM LIBRARY LINK...): PROGRAM-<name> for every allocator that is there, all
# linked from the same object files (the object library LIBRARY), with one of the linked agents.
function(heapchurn_subject program objects)
  heapchurn_available_allocators(names)
  foreach(name IN LISTS names)
    add_executable(${program}-${name} $<TARGET_OBJECTS:${objects}>)
    heapchurn_link_allocator(${program}-${name} ${name})
    target_link_libraries(${program}-${name} PRIVATE heapchurn_flags ${ARGN})
    heapchurn_install_program(${program}-${name})
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
