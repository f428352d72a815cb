# cmake --install: for C++, headers under include/weir, libweir-oracle.a, the CMake package `weir` and pkg-config's weir.pc;
# for any language, include/weir/weir.h, libweir.so and libweir.a, the package `libweir` and libweir.pc.
#
#   find_package(weir) ; target_link_libraries(app weir::weir)         # or weir::model: headers only
#   c++ -std=c++20 app.cpp $(pkg-config --cflags --libs weir)
#
#   find_package(libweir) ; target_link_libraries(app weir::c)         # or weir::c_static
#   cc -std=c99 app.c $(pkg-config --cflags --libs libweir)
include(CMakePackageConfigHelpers)

set(_weir_libraries weir_common weir_warnings weir_model)
set(_weir_headers model)
set(WEIR_PC_LIBS "")
set(WEIR_PC_REQUIRES "")
if(TARGET weir_lockfree)
  list(APPEND _weir_libraries weir_lockfree)
  list(APPEND _weir_headers lockfree)
  set_target_properties(weir_lockfree PROPERTIES EXPORT_NAME lockfree)
endif()
if(TARGET weir_oracle)
  list(APPEND _weir_libraries weir_oracle)
  list(APPEND _weir_headers oracle)
  set_target_properties(weir_oracle PROPERTIES EXPORT_NAME weir OUTPUT_NAME weir-oracle)
  set(WEIR_PC_LIBS "-L\${libdir} -lweir-oracle -pthread")
  set(WEIR_PC_REQUIRES "fmt simdjson")
endif()
set_target_properties(weir_common PROPERTIES EXPORT_NAME common)
set_target_properties(weir_warnings PROPERTIES EXPORT_NAME warnings)
set_target_properties(weir_model PROPERTIES EXPORT_NAME model)

set(_weir_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/weir)
install(TARGETS ${_weir_libraries} EXPORT weirTargets)
install(EXPORT weirTargets NAMESPACE weir:: DESTINATION ${_weir_cmake_dir})
foreach(folder ${_weir_headers})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/weir
          FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h" PATTERN "*.def")
endforeach()
if(TARGET weir-cli)
  install(TARGETS weir-cli)
  install(FILES ${PROJECT_BINARY_DIR}/cli/weir.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${PROJECT_BINARY_DIR}/cli/weir.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
          RENAME weir)
endif()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/weirConfig.cmake.in ${PROJECT_BINARY_DIR}/weirConfig.cmake
                              INSTALL_DESTINATION ${_weir_cmake_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/weirConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/weirConfig.cmake ${PROJECT_BINARY_DIR}/weirConfigVersion.cmake
        DESTINATION ${_weir_cmake_dir})

file(RELATIVE_PATH WEIR_PC_INCLUDEDIR ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(${CMAKE_CURRENT_LIST_DIR}/weir.pc.in ${PROJECT_BINARY_DIR}/weir.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/weir.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(TARGET weir_c)
  set_target_properties(weir_c PROPERTIES EXPORT_NAME c)
  set_target_properties(weir_c_static PROPERTIES EXPORT_NAME c_static)
  set(_libweir_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/libweir)
  install(TARGETS weir_c EXPORT libweirTargets)
  install(TARGETS weir_c_static EXPORT libweirStaticTargets)
  foreach(export libweirTargets libweirStaticTargets)
    install(EXPORT ${export} NAMESPACE weir:: DESTINATION ${_libweir_cmake_dir})
  endforeach()
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/weir DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples DESTINATION ${CMAKE_INSTALL_DOCDIR})
  configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/libweirConfig.cmake.in
                                ${PROJECT_BINARY_DIR}/libweirConfig.cmake INSTALL_DESTINATION ${_libweir_cmake_dir})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/libweirConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/libweirConfig.cmake ${PROJECT_BINARY_DIR}/libweirConfigVersion.cmake
          DESTINATION ${_libweir_cmake_dir})
  configure_file(${CMAKE_CURRENT_LIST_DIR}/libweir.pc.in ${PROJECT_BINARY_DIR}/libweir.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/libweir.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()

if(TARGET weir_packetdrill)  # packetdrill opens it by its name, so it is no library of the system
  install(TARGETS weir_packetdrill LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/weir)
endif()

install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
