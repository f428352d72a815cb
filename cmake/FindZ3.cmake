# Debian's libz3-dev brings no CMake package. Defines Z3_FOUND, Z3_VERSION and the target z3::libz3 (upstream's name).
find_path(Z3_INCLUDE_DIR z3++.h)
find_library(Z3_LIBRARY z3)
if(Z3_INCLUDE_DIR AND EXISTS ${Z3_INCLUDE_DIR}/z3_version.h)
  file(STRINGS ${Z3_INCLUDE_DIR}/z3_version.h _z3_line REGEX "Z3_FULL_VERSION")
  string(REGEX MATCH "[0-9]+(\\.[0-9]+)+" Z3_VERSION "${_z3_line}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Z3 REQUIRED_VARS Z3_LIBRARY Z3_INCLUDE_DIR VERSION_VAR Z3_VERSION)
mark_as_advanced(Z3_INCLUDE_DIR Z3_LIBRARY)

if(Z3_FOUND AND NOT TARGET z3::libz3)
  add_library(z3::libz3 UNKNOWN IMPORTED)
  set_target_properties(z3::libz3 PROPERTIES IMPORTED_LOCATION "${Z3_LIBRARY}"
                                             INTERFACE_INCLUDE_DIRECTORIES "${Z3_INCLUDE_DIR}")
endif()
