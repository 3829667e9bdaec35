# What must be there. scripts/install-dependencies brings all of it on Debian and Ubuntu.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq)
pkg_check_modules(UUID REQUIRED IMPORTED_TARGET uuid)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson>=2.13)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(ELF REQUIRED IMPORTED_TARGET libelf)
pkg_check_modules(DW REQUIRED IMPORTED_TARGET libdw)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
if(BUILD_TESTING)
  find_program(BATS bats)
  pkg_check_modules(CMOCKA IMPORTED_TARGET cmocka)
  pkg_check_modules(GSL IMPORTED_TARGET gsl) # an oracle in tests only: its licence would bind us
  if(NOT CMOCKA_FOUND OR NOT BATS)
    message(STATUS "tests: left out, since cmocka or bats is not there; `make test` brings them")
    set(BUILD_TESTING OFF) # as long as it is so: the option itself stays
  endif()
endif()
