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
