# A wrong rule is refused by its theorem within 10 s, with a trace that `weir run` accepts and that `weir check` holds
# against the rules as they are. Takes WRONG, the program; WEIR, the command; THEOREM, RELEASE; TRACE, a file to write;
# and CHECK, the exit code of `weir check`, or "proved"
# where the rule is a right one.
execute_process(COMMAND ${WRONG} ${THEOREM} ${RELEASE} ${TRACE} RESULT_VARIABLE code OUTPUT_VARIABLE said TIMEOUT 10)
if(CHECK STREQUAL "proved")
  if(NOT code EQUAL 1 OR NOT said MATCHES "^proved")
    message(FATAL_ERROR "${THEOREM} refuses a rule that is right: ${code}, ${said}")
  endif()
  return()
endif()
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${THEOREM} does not refuse the wrong rule: ${code}, ${said}")
endif()
execute_process(COMMAND ${WEIR} run ${TRACE} RESULT_VARIABLE code OUTPUT_QUIET)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "weir run does not take the trace: ${code}")
endif()
execute_process(COMMAND ${WEIR} check ${TRACE} RESULT_VARIABLE code OUTPUT_VARIABLE said)
if(NOT code EQUAL CHECK)
  message(FATAL_ERROR "weir check ended with ${code} instead of ${CHECK}: ${said}")
endif()
