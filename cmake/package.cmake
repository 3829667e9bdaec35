# `make package`: a package for Debian and its kin, by CPack. What it depends on is what its programs
# are linked with: the allocators too, since a package without them would compare nothing.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "heapchurn")
set(CPACK_PACKAGE_CONTACT "heapchurn contributors <heapchurn@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "valgrind, libjemalloc-dev")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "heaptrack, jq")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "compares memory allocators under the same churn")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Says whose memory a long-lived service occupies: the application's, the
allocator's, or neither's. One program is linked with each allocator (glibc,
jemalloc, mimalloc, tcmalloc) and put under exactly the same load; RSS is sampled
from outside, each allocator's own counters are read from inside. It also watches
any running process, judges recorded curves, and gates memory in continuous
integration.")
find_program(HEAPCHURN_FILE file) # by which CPack tells programs from data
include(CPack)
