# A library with its debug information, stripped, and stripped with a link to it.
set(named ${CMAKE_CURRENT_BINARY_DIR}/named)
add_library(named_object SHARED ${CMAKE_CURRENT_LIST_DIR}/named_object.c)
target_compile_options(named_object PRIVATE -O1 -g -fno-optimize-sibling-calls)
set_target_properties(named_object PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${named})
add_custom_command(TARGET named_object POST_BUILD WORKING_DIRECTORY ${named} VERBATIM
                   COMMAND ${CMAKE_OBJCOPY} --strip-all libnamed_object.so stripped.so
                   COMMAND ${CMAKE_OBJCOPY} --only-keep-debug libnamed_object.so linked.debug
                   COMMAND ${CMAKE_OBJCOPY} --strip-all --add-gnu-debuglink=linked.debug
                           libnamed_object.so linked.so)

heapchurn_test(test_symbols SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_symbols.c LINK symbols)
target_compile_definitions(test_symbols PRIVATE TEST_OBJECT_DIR="${named}")
target_link_libraries(test_symbols PRIVATE named_object)
