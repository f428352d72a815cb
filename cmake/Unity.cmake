# Several sources are compiled as one, where WEIR_UNITY is ON: the model, which all of them read, is then read and instantiated
# once for six of them. It halves the time a newcomer waits. The preset `release` does so; `dev`, in which one builds after every
# change, does not, so every source is also compiled by itself.
option(WEIR_UNITY "Compile several sources as one" OFF)

# weir_as_one(TARGET SOURCE...): all sources of the target but those named, whose private names others have as well.
function(weir_as_one target)
  if(NOT WEIR_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  # GCC 12 guesses wrong about vectors when it inlines so much into one another.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-free-nonheap-object>)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
