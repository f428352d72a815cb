# PAGE is what `weir ARGUMENTS` prints.
separate_arguments(words UNIX_COMMAND "${ARGUMENTS}")
execute_process(COMMAND ${WEIR} ${words} OUTPUT_VARIABLE printed RESULT_VARIABLE code)
file(READ ${PAGE} committed)
if(NOT code EQUAL 0 OR NOT printed STREQUAL committed)
  message(FATAL_ERROR "${PAGE} is not current: weir ${ARGUMENTS} > ${PAGE}")
endif()
