# cmake --install: headers under include/weir, libweir.a, the CMake package `weir` and pkg-config's weir.pc.
#
#   find_package(weir) ; target_link_libraries(app weir::weir)         # or weir::model: headers only
#   c++ -std=c++20 app.cpp $(pkg-config --cflags --libs weir)
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
  set_target_properties(weir_oracle PROPERTIES EXPORT_NAME weir OUTPUT_NAME weir)
  set(WEIR_PC_LIBS "-L\${libdir} -lweir -pthread")
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
endif()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/weirConfig.cmake.in ${PROJECT_BINARY_DIR}/weirConfig.cmake
                              INSTALL_DESTINATION ${_weir_cmake_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/weirConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/weirConfig.cmake ${PROJECT_BINARY_DIR}/weirConfigVersion.cmake
        DESTINATION ${_weir_cmake_dir})

file(RELATIVE_PATH WEIR_PC_INCLUDEDIR ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(${CMAKE_CURRENT_LIST_DIR}/weir.pc.in ${PROJECT_BINARY_DIR}/weir.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/weir.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
