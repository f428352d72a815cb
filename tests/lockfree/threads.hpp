// What the tests share that drive one host from several threads.
#pragma once
#include <array>
#include <barrier>
#include <functional>
#include <thread>
#include <vector>

#include "lockfree/host.hpp"

namespace weir::lockfree {

inline std::int64_t ret_of(const Outcome& answer) { return std::get<outcome::Returned>(answer).ret; }
inline Errno error_of(const Outcome& answer) { return std::get<outcome::Returned>(answer).error; }
inline Fd new_socket(Host& host, Family family = Family::inet, SockType type = SockType::stream) {
  return {static_cast<std::int32_t>(ret_of(host.step(op::Socket{{}, family, type})))};
}
inline outcome::Info info_of(Host& host, Fd fd) { return std::get<outcome::Info>(host.step(op::TcpInfo{fd})); }

constexpr int threads_at_once = 4;

/// Runs `body(id)` in each of several threads. None begins before all are there: a thread takes longer to start than
/// most of what is raced here.
template <class Body>
void in_threads(const Body& body, int threads = threads_at_once) {
  std::barrier ready(threads);
  std::vector<std::thread> running;
  for (int id = 0; id < threads; ++id)
    running.emplace_back([&, id] {
      ready.arrive_and_wait();
      body(id);
    });
  for (auto& thread : running) thread.join();
}

/// Each in a thread of its own.
template <class... Body>
void together(const Body&... body) {
  const std::array<std::function<void()>, sizeof...(body)> bodies{body...};
  in_threads([&](int id) { bodies[static_cast<std::size_t>(id)](); }, static_cast<int>(bodies.size()));
}

}  // namespace weir::lockfree
