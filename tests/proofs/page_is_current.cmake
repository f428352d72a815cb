# docs/VERIFIED.md is what `weir prove --list --markdown` prints.
execute_process(COMMAND ${WEIR} prove --list --markdown OUTPUT_VARIABLE printed RESULT_VARIABLE code)
file(READ ${PAGE} committed)
if(NOT code EQUAL 0 OR NOT printed STREQUAL committed)
  message(FATAL_ERROR "${PAGE} is not current: weir prove --list --markdown > docs/VERIFIED.md")
endif()
