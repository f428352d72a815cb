# Wrong rules: a copy of one header of model/ with one replacement, and a program that holds it against the theorem that
# is to refuse it. The copy comes first in the include path, so that everything else is as it is.

# \param header  below model/; must hold `from` exactly once
# \param theorems  the function that lists the theorem, in the first of the sources that follow
# \param check  what `weir check` says of the counterexample's trace: 1, or 0 where no operation shows the difference; "proved" if the rule is a right one
function(weir_wrong_rule name header from to theorems theorem release check)
  set(variant ${CMAKE_CURRENT_BINARY_DIR}/wrong_rules/${name})
  set(original ${PROJECT_SOURCE_DIR}/model/${header})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${original})
  file(READ ${original} text)
  string(REPLACE "${from}" "" without "${text}")
  string(LENGTH "${text}" whole)
  string(LENGTH "${without}" rest)
  string(LENGTH "${from}" one)
  math(EXPR removed "${whole} - ${rest}")
  if(NOT removed EQUAL one)
    message(FATAL_ERROR "wrong rule ${name}: model/${header} has not exactly one `${from}` to break")
  endif()
  string(REPLACE "${from}" "${to}" text "${text}")
  file(CONFIGURE OUTPUT ${variant}/model/${header} CONTENT "${text}" @ONLY)

  list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/proofs/theorems/ OUTPUT_VARIABLE sources)
  add_executable(wrong_rule_${name} wrong_rule.cpp ${sources})
  target_include_directories(wrong_rule_${name} BEFORE PRIVATE ${variant})
  target_compile_definitions(wrong_rule_${name} PRIVATE WEIR_THEOREMS=${theorems})
  # What these give of the model's rules is never linked: the program's own comes first.
  target_link_libraries(wrong_rule_${name} PRIVATE weir_proofs weir_oracle weir_warnings z3::libz3)
  target_compile_options(wrong_rule_${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_test(NAME proofs.wrong_rule.${name}
           COMMAND ${CMAKE_COMMAND} -DWRONG=$<TARGET_FILE:wrong_rule_${name}> -DWEIR=$<TARGET_FILE:weir-cli>
                   -DTHEOREM=${theorem} -DRELEASE=${release} -DCHECK=${check} -DTRACE=${variant}/trace.jsonl
                   -P ${CMAKE_CURRENT_SOURCE_DIR}/wrong_rule.cmake)
  set_tests_properties(proofs.wrong_rule.${name} PROPERTIES LABELS proof)
endfunction()
