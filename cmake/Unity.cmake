# Sources of one kind are compiled as one, where WEIR_UNITY is ON: the model, which all of them read, is then read and
# instantiated once for all of them. It halves the time a newcomer waits. The preset `release` does so; `dev`, in which one
# builds after every change, does not: there every source is compiled by itself. A source that is in no group always is.
option(WEIR_UNITY "Compile sources of one kind as one" OFF)

# weir_as_one(TARGET GROUP SOURCE...): what they keep to themselves must have different names.
function(weir_as_one target group)
  if(NOT WEIR_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  set_source_files_properties(${ARGN} PROPERTIES UNITY_GROUP ${group})
  # GCC 12 guesses wrong about vectors when it inlines so much into one another.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-free-nonheap-object>)
endfunction()
