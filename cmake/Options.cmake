# What is built beside the core (model, lockfree, oracle, cli). Each option is AUTO, ON or OFF; AUTO means "if what it
# needs is found", and is asked anew at every configure, so that installing a package is enough.
#
#   WEIR_PROOFS  proofs/  needs Z3
#   WEIR_MEMORY  proofs/memory/  needs Boost.Context
#   WEIR_FUZZ    fuzz/    needs nothing: without libFuzzer its harnesses are replay drivers
#   WEIR_BENCH   bench/   needs Google Benchmark
#   WEIR_BPF     the softnet plane of this machine's kernel (oracle/softnet) needs libbpf; without it, it is not available
#   WEIR_BASIN   basin/   needs Emscripten
#   WEIR_BROWSER the tests of pages need Chromium, its driver and selenium
#   WEIR_SCHEMA  the tests of the JSON Schema of traces need jsonschema
#   WEIR_TESTS   tests/   needs GoogleTest and RapidCheck; the other folders look at it for their own tests
#
# Afterwards each WEIR_<X> variable is ON or OFF, and WEIR_PARTS lists the folders to build.

macro(weir_option name purpose found package)
  set(${name} AUTO CACHE STRING "${purpose}: AUTO (if found), ON or OFF")
  set_property(CACHE ${name} PROPERTY STRINGS AUTO ON OFF)
  if(${name} STREQUAL "AUTO")
    set(_weir_wanted ${found})
  elseif(${name} AND NOT ${found})
    message(FATAL_ERROR "${name} is ON, but what it needs is not found; on Debian: apt-get install ${package}")
  else()
    set(_weir_wanted ${${name}})
  endif()
  set(${name} OFF)
  if(_weir_wanted)
    set(${name} ON)
  endif()
  message(STATUS "${name}: ${${name}}")
endmacro()

find_package(fmt REQUIRED)
find_package(simdjson REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Threads REQUIRED)
find_package(Z3 QUIET)
find_package(Boost QUIET COMPONENTS context)
find_package(benchmark QUIET)
find_package(GTest QUIET)
find_package(rapidcheck QUIET)
find_path(WEIR_BPF_INCLUDE bpf/libbpf.h)
find_library(WEIR_BPF_LIBRARY bpf)
set(_weir_libbpf_found FALSE)
if(WEIR_BPF_INCLUDE AND WEIR_BPF_LIBRARY)
  set(_weir_libbpf_found TRUE)
endif()
set(_weir_test_libraries_found FALSE)
if(GTest_FOUND AND rapidcheck_FOUND)
  set(_weir_test_libraries_found TRUE)
endif()

weir_option(WEIR_PROOFS "Symbolic proofs" "${Z3_FOUND}" "libz3-dev")
weir_option(WEIR_MEMORY "Explorer of the memory model" "${Boost_CONTEXT_FOUND}" "libboost-context-dev")
weir_option(WEIR_FUZZ "Fuzz harnesses" TRUE "")
weir_option(WEIR_BENCH "Benchmarks" "${benchmark_FOUND}" "libbenchmark-dev")
weir_option(WEIR_BPF "The live softnet plane" "${_weir_libbpf_found}" "libbpf-dev")
weir_option(WEIR_TESTS "Tests" "${_weir_test_libraries_found}" "libgtest-dev librapidcheck-dev")

find_program(WEIR_CLANG_FORMAT clang-format)
find_program(WEIR_CLANG_TIDY clang-tidy)
set(_weir_tidy_tools_found FALSE)
if(WEIR_CLANG_FORMAT AND WEIR_CLANG_TIDY)
  set(_weir_tidy_tools_found TRUE)
endif()
weir_option(WEIR_TIDY "Tidy tests" "${_weir_tidy_tools_found}" "clang-format clang-tidy")
if(WEIR_TESTS)
  include(GoogleTest)
endif()

find_file(WEIR_EMSCRIPTEN_TOOLCHAIN Emscripten.cmake
          PATHS /usr/share/emscripten/cmake/Modules/Platform NO_CMAKE_FIND_ROOT_PATH)
find_program(WEIR_EMCC em++)
set(_weir_emscripten_found FALSE)
if(WEIR_EMSCRIPTEN_TOOLCHAIN AND WEIR_EMCC)
  set(_weir_emscripten_found TRUE)
endif()
weir_option(WEIR_BASIN "The page to play with" "${_weir_emscripten_found}" "emscripten")

find_program(WEIR_CHROMIUM chromium)
find_program(WEIR_CHROMEDRIVER chromedriver)
find_program(WEIR_DEBIAN_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)  # the one that has Debian's modules
set(_weir_browser_found FALSE)
if(WEIR_CHROMIUM AND WEIR_CHROMEDRIVER AND WEIR_DEBIAN_PYTHON)
  execute_process(COMMAND ${WEIR_DEBIAN_PYTHON} -c "import selenium" RESULT_VARIABLE _weir_no_selenium ERROR_QUIET)
  if(_weir_no_selenium EQUAL 0)
    set(_weir_browser_found TRUE)
  endif()
endif()
weir_option(WEIR_BROWSER "Tests in a browser" "${_weir_browser_found}" "chromium chromium-driver python3-selenium")

set(_weir_jsonschema_found FALSE)
if(WEIR_DEBIAN_PYTHON)
  execute_process(COMMAND ${WEIR_DEBIAN_PYTHON} -c "from jsonschema import Draft202012Validator"
                  RESULT_VARIABLE _weir_no_jsonschema ERROR_QUIET)
  if(_weir_no_jsonschema EQUAL 0)
    set(_weir_jsonschema_found TRUE)
  endif()
endif()
weir_option(WEIR_SCHEMA "Tests of the JSON Schema of traces" "${_weir_jsonschema_found}" "python3-jsonschema")

set(WEIR_PARTS lockfree oracle cli)
foreach(part proofs fuzz bench basin tests)
  string(TOUPPER WEIR_${part} _weir_switch)
  if(${_weir_switch})
    list(APPEND WEIR_PARTS ${part})
  endif()
endforeach()
if(WEIR_MEMORY AND NOT WEIR_PROOFS)
  list(APPEND WEIR_PARTS proofs)
endif()
