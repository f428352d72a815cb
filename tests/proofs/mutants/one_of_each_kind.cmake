# cmake -DPROGRAM=... -P one_of_each_kind.cmake: each of these wrong rules is noticed by a theorem on listen(2); and one
# that is none, a constant that no such theorem passes, is not said to be.
execute_process(COMMAND ${PROGRAM} --jobs 1
  --mutant listen/listen.clamp_backlog.3              # relational
  --mutant listen/listen.clamp_backlog.4              # cast: the clamp as signed
  --mutant listen/listen.inet_csk_listen_start.18     # statement
  --mutant listen/listen.inet_csk_listen_start.20     # constant
  --mutant listen/listen.inet_listen.2                # condition
  --mutant listen/listen.inet_listen.4                # conjunct
  --mutant listen/queues.syn_table_entries.5          # arithmetic
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
string(REGEX MATCHALL "  killed\n" killed "${output}")
list(LENGTH killed count)
if(NOT result EQUAL 0 OR NOT count EQUAL 7)
  message(FATAL_ERROR "${count} of 7 are killed, exit code ${result}:\n${output}")
endif()

execute_process(COMMAND ${PROGRAM} --jobs 1 --mutant listen/queues.sk_acceptq_is_full.1
                RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 1 OR NOT output MATCHES "no theorem passes it")
  message(FATAL_ERROR "a survivor is not reported, exit code ${result}:\n${output}")
endif()
