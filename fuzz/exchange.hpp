// What several campaigns on one target show each other while they run: inputs that took a new way through the spec.
//
//   Exchange exchange(2);
//   first.kept = [&](const Input& each) { exchange.show(0, each); };
//   first.from_others = [&] { return exchange.shown_to(0); };
//
// Any thread may call anything.
#pragma once
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

#include "fuzz/decoder.hpp"

namespace weir::fuzz {

class Exchange {
 public:
  /// \param workers  how many take part
  explicit Exchange(std::size_t workers) : seen_(workers, 0) {}

  void show(std::size_t worker, const Input& input) {
    const std::scoped_lock lock(mutex_);
    shown_.emplace_back(worker, input);
  }

  /// What others have shown since this worker asked the last time.
  std::vector<Input> shown_to(std::size_t worker) {
    const std::scoped_lock lock(mutex_);
    std::vector<Input> news;
    for (std::size_t& at = seen_[worker]; at < shown_.size(); ++at)
      if (shown_[at].first != worker) news.push_back(shown_[at].second);
    return news;
  }

 private:
  std::mutex mutex_;
  std::vector<std::pair<std::size_t, Input>> shown_;  ///< by whom
  std::vector<std::size_t> seen_;                     ///< how much of it each has looked at
};

}  // namespace weir::fuzz
