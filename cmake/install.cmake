# Where things are installed; bench/spec/paths.h tells how they are found again.
set(CMAKE_INSTALL_LIBDIR lib CACHE STRING "Libraries; those of heapchurn are private: no multiarch")
include(GNUInstallDirs)
set(HEAPCHURN_PROGRAM_DIR ${CMAKE_INSTALL_LIBEXECDIR}/heapchurn)
set(HEAPCHURN_LIBRARY_DIR ${CMAKE_INSTALL_LIBDIR}/heapchurn)
set(HEAPCHURN_DATA_DIR ${CMAKE_INSTALL_DATADIR}/heapchurn)
set(HEAPCHURN_ZSH_DIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING
    "Completions of zsh (a package of Debian: share/zsh/vendor-completions)")

# heapchurn_install_program(TARGET): one that heapchurn starts.
function(heapchurn_install_program target)
  install(TARGETS ${target} RUNTIME DESTINATION ${HEAPCHURN_PROGRAM_DIR})
endfunction()

# heapchurn_install_library(TARGET): one that is preloaded.
function(heapchurn_install_library target)
  install(TARGETS ${target} LIBRARY DESTINATION ${HEAPCHURN_LIBRARY_DIR})
endfunction()

# heapchurn_path_definitions(TARGET): where the one is, seen from the other.
function(heapchurn_path_definitions target)
  foreach(pair PROGRAMS=${HEAPCHURN_PROGRAM_DIR} LIBRARIES=${HEAPCHURN_LIBRARY_DIR}
               DATA=${HEAPCHURN_DATA_DIR})
    string(REPLACE "=" ";" pair ${pair})
    list(GET pair 0 name)
    list(GET pair 1 folder)
    file(RELATIVE_PATH path /prefix/${CMAKE_INSTALL_BINDIR} /prefix/${folder})
    target_compile_definitions(${target} PRIVATE PATHS_${name}_FROM_BIN="${path}")
  endforeach()
  target_compile_definitions(${target} PRIVATE PATHS_BIN_FROM_PREFIX="${CMAKE_INSTALL_BINDIR}")
endfunction()

# heapchurn_install_heapchurn(): the program itself, and what it says about itself. Built for
# another processor it can only say so through an emulator.
function(heapchurn_install_heapchurn)
  install(TARGETS heapchurn RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
    message(STATUS "manual page and completions: skipped: no CMAKE_CROSSCOMPILING_EMULATOR")
    add_custom_target(manual)
    return()
  endif()
  set(folder ${CMAKE_BINARY_DIR}/share)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(
    OUTPUT ${folder}/heapchurn.1 ${folder}/heapchurn ${folder}/_heapchurn
    COMMAND heapchurn help --man > ${folder}/heapchurn.1
    COMMAND heapchurn completion bash > ${folder}/heapchurn
    COMMAND heapchurn completion zsh > ${folder}/_heapchurn
    DEPENDS heapchurn)
  add_custom_target(manual ALL DEPENDS ${folder}/heapchurn.1 ${folder}/heapchurn
                                       ${folder}/_heapchurn)
  install(FILES ${folder}/heapchurn.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${folder}/heapchurn
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${folder}/_heapchurn DESTINATION ${HEAPCHURN_ZSH_DIR})
endfunction()

install(DIRECTORY workloads rows ceilings examples DESTINATION ${HEAPCHURN_DATA_DIR}
        PATTERN .* EXCLUDE)
install(FILES README.md CHANGELOG.md LICENSE reports/SCHEMA.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
