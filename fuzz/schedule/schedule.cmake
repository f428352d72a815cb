# Harnesses that run the sources of lockfree/ under a scheduler which is told by bytes who goes on when.
if(NOT Boost_CONTEXT_FOUND)
  message(STATUS "Boost.Context not found: the schedule harnesses are left out")
  return()
endif()

add_library(weir_schedule STATIC schedule/case.cpp schedule/judge.cpp schedule/scheduler.cpp schedule/table.cpp)
target_link_libraries(weir_schedule PUBLIC weir_fuzz PRIVATE Boost::context fmt::fmt weir_warnings)
add_library(weir_schedule_main OBJECT schedule/harness.cpp)
target_link_libraries(weir_schedule_main PRIVATE weir_schedule weir_warnings)

# The host is no template: it is compiled once more, on the scheduler's atomics, and under another name, so that the
# linker does not take one for the other.
function(weir_scheduled target)
  target_compile_definitions(${target} PRIVATE
    "WEIR_LOCKFREE_ATOMICS=\"fuzz/schedule/host_atomics.hpp\"" "lockfree=lockfree_scheduled")
  target_link_libraries(${target} PRIVATE weir_schedule)
endfunction()

function(weir_schedule_harness name runs)
  weir_harness(schedule_${name} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/schedule_${name} ${runs} schedule/${name}.cpp
               $<TARGET_OBJECTS:weir_schedule_main>)
  weir_scheduled(schedule_${name})
endfunction()

# weir_schedule_twin(harness bug header from to): the harness over a copy of lockfree/ in which `from` stands as `to`. It
# must report a schedule; it takes two seconds of a processor at most.
function(weir_schedule_twin harness bug header from to)
  set(variant ${CMAKE_CURRENT_BINARY_DIR}/schedule/${bug})
  weir_broken_copy(${variant} lockfree ${header} "${from}" "${to}")
  set(name schedule_canary_${bug})
  add_executable(${name} schedule/${harness}.cpp $<TARGET_OBJECTS:weir_schedule_main>)
  target_include_directories(${name} BEFORE PRIVATE ${variant})
  target_link_libraries(${name} PRIVATE weir_schedule weir_fuzzing_engine weir_warnings)
  weir_scheduled(${name})
  add_test(NAME fuzz.${name} COMMAND ${name} -runs=1000000 -seed=1  # and no seeds
           WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz-smoke TIMEOUT 60
                       PASS_REGULAR_EXPRESSION "reproduce: ")
endfunction()

weir_schedule_harness(backlog 40000)
# The owner tests for emptiness, then clears SCHED.
weir_schedule_twin(backlog tests_then_clears backlog_inbox.hpp
  "claim_.compare_exchange_strong(claim, claim & ~sched, std::memory_order_release, std::memory_order_relaxed)"
  "(claim_.store(claim & ~sched, std::memory_order_release), true)")
# The owner takes what a slot holds from the last lap.
weir_schedule_twin(backlog forgets_the_lap backlog_rings.hpp "(position & slots) != 0" "(position & 0) != 0")

weir_schedule_harness(softnet 20000)
# The owner tests for emptiness, then clears SCHED: here, on the whole host, a CPU that is interrupted meanwhile sleeps on.
weir_schedule_twin(softnet sleeps_on backlog_inbox.hpp
  "claim_.compare_exchange_strong(claim, claim & ~sched, std::memory_order_release, std::memory_order_relaxed)"
  "(claim_.store(claim & ~sched, std::memory_order_release), true)")

weir_schedule_harness(sysctl 20000)
# One factor of dev_rx_weight is written with the other as it was.
weir_schedule_twin(sysctl lost_write sysctl_store.hpp
  "weights_.compare_exchange_weak(word, edit(word), std::memory_order_relaxed)"
  "(weights_.store(edit(word), std::memory_order_relaxed), true)")

weir_schedule_harness(listen 20000)
# A child is taken from the accept queue with a load and a store.
weir_schedule_twin(listen accepted_twice accept_queue.hpp
  "if (head_.compare_exchange_strong(head, next, std::memory_order_release, std::memory_order_relaxed)) {"
  "if (head_.store(next, std::memory_order_release), true) {")
