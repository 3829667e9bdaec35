# cmake -DSOURCE=folder -DOUT=file -P write_commit.cmake: what `heapchurn --version` says besides
# the version. Run at each build, since a commit is no change of a file that CMake knows; OUT is
# written anew only when it says something else. Without git, or from a tarball, it is "".
set(commit "")
find_program(git git)
if(git AND EXISTS ${SOURCE}/.git)
  execute_process(COMMAND ${git} describe --always --dirty --abbrev=12 --exclude=*
                  WORKING_DIRECTORY ${SOURCE}
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT [[
#include "version.h"

const char version_commit[] = "@commit@";
]])
