# weir_canary(name header from to): a copy of lockfree/ in a namespace of its own, in which `from` stands as `to` in one
# header. Adds it to weir_canaries, and a harness that must report a divergence within ten seconds.
add_library(weir_canaries STATIC)
set_target_properties(weir_canaries PROPERTIES LINKER_LANGUAGE CXX)
target_link_libraries(weir_canaries PUBLIC weir_fuzz PRIVATE weir_warnings)

# weir_broken_copy(folder namespace header from to): the copy, with `namespace` in place of lockfree.
function(weir_broken_copy folder namespace header from to)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lockfree/*.hpp)
  foreach(source ${sources})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    get_filename_component(file ${source} NAME)
    file(READ ${source} text)
    if(file STREQUAL header)
      string(FIND "${text}" "${from}" found)
      if(found EQUAL -1)
        message(FATAL_ERROR "${folder}: lockfree/${header} has no `${from}` to break")
      endif()
      string(REPLACE "${from}" "${to}" text "${text}")
    endif()
    string(REPLACE "weir::lockfree" "weir::${namespace}" text "${text}")
    string(REPLACE "lockfree::" "${namespace}::" text "${text}")
    file(CONFIGURE OUTPUT ${folder}/lockfree/${file} CONTENT "${text}" @ONLY)
  endforeach()
endfunction()

function(weir_canary name header from to)
  set(variant ${CMAKE_CURRENT_BINARY_DIR}/canary/${name})
  weir_broken_copy(${variant} canary::${name} ${header} "${from}" "${to}")

  set(definitions WEIR_CANARY_TARGET=canary_${name} WEIR_CANARY_NAMESPACE=canary::${name}
                  WEIR_CANARY_NAME="canary_${name}")
  add_library(weir_canary_${name} OBJECT canary.cpp)
  target_include_directories(weir_canary_${name} BEFORE PRIVATE ${variant})
  target_compile_definitions(weir_canary_${name} PRIVATE ${definitions})
  target_compile_options(weir_canary_${name} PRIVATE -O1)  # four more builds of both hosts; fast enough
  target_link_libraries(weir_canary_${name} PRIVATE weir_model weir_warnings)
  target_sources(weir_canaries PRIVATE $<TARGET_OBJECTS:weir_canary_${name}>)

  add_executable(canary_${name} canary_main.cpp $<TARGET_OBJECTS:weir_harness_main>)
  target_compile_definitions(canary_${name} PRIVATE ${definitions})
  target_link_libraries(canary_${name} PRIVATE weir_canaries weir_fuzzing_engine weir_warnings)
  add_test(NAME fuzz.canary_${name} COMMAND canary_${name} -runs=1000000 -seed=1  # and no seeds
           WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  set_tests_properties(fuzz.canary_${name} PROPERTIES LABELS fuzz-smoke TIMEOUT 10
                       PASS_REGULAR_EXPRESSION "reproduce: ")
endfunction()
