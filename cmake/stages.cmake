# heapchurn_stage(NAME [DEPENDS target...]): every .c of the folder but main.c is one static library.
#
# Its include directory is public, and it links only what it DEPENDS on: a stage that includes a
# header of a later one does not compile. That is how the pipeline stays one-way.
function(heapchurn_stage name)
  cmake_parse_arguments(PARSE_ARGV 1 stage "" "" "DEPENDS")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  list(FILTER sources EXCLUDE REGEX "/main\\.c$")
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE heapchurn_flags PUBLIC ${stage_DEPENDS})
endfunction()

# heapchurn_programs(): the target `programs`, all programs and loadable libraries up to here; what
# comes later, the tests, is not needed to measure.
function(heapchurn_programs)
  heapchurn_targets_below(targets ${PROJECT_SOURCE_DIR})
  add_custom_target(programs DEPENDS ${targets} manual)
endfunction()

function(heapchurn_targets_below variable folder)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  set(all "")
  foreach(target IN LISTS targets)
    get_property(type TARGET ${target} PROPERTY TYPE)
    if(type MATCHES "^(EXECUTABLE|SHARED_LIBRARY|MODULE_LIBRARY)$")
      list(APPEND all ${target})
    endif()
  endforeach()
  foreach(subfolder IN LISTS subfolders)
    heapchurn_targets_below(below ${subfolder})
    list(APPEND all ${below})
  endforeach()
  set(${variable} ${all} PARENT_SCOPE)
endfunction()
