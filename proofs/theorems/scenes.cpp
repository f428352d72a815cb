#include "proofs/theorems/scenes.hpp"

#include <map>
#include <optional>
#include <utility>

namespace weir::proofs {
namespace {

class Comparing {
 public:
  Comparing(const Profile& kernel, const Scene& scene, Subject subject, Comparison& all)
      : kernel_(kernel), scene_(scene), subject_(subject), all_(all) {}

  void run() {
    std::vector<std::size_t> digits(scene_.length, 0);
    for (;;) {
      sequence(digits);
      if (!all_.difference.empty()) return;
      std::size_t at = scene_.length;
      while (at > 0 && ++digits[at - 1] == scene_.steps.size()) digits[--at] = 0;
      if (at == 0) return;
    }
  }

 private:
  void sequence(const std::vector<std::size_t>& digits) {
    model::Host<Recorded> spec(kernel_, scene_.options);
    const Profile& kernel = subject_ == Subject::another ? far_from(kernel_) : kernel_;
    std::optional<lockfree::Host> subject(std::in_place, kernel, scene_.options);
    std::size_t left = scene_.before.size() + digits.size() + scene_.look.size();
    said_.clear();
    const auto alike = [&](const Op& each) {
      const Outcome expected = spec.step(each);
      said_ += (said_.empty() ? "" : ", ") + std::string(name_of(each));
      if (!all_.answers_vary)
        all_.answers_vary = answers_.try_emplace(each.index(), expected).first->second != expected;
      if (left-- == scene_.look.size() + 1 && subject_ == Subject::another) subject.emplace(kernel, scene_.options);
      if (expected == subject->step(each)) return true;
      all_.difference = said_;
      return false;
    };
    for (const Op& each : scene_.before)
      if (!alike(each)) return;
    for (const std::size_t each : digits)
      if (!alike(scene_.steps[each])) return;
    for (const Op& each : scene_.look)
      if (!alike(each)) return;
  }

  const Profile& kernel_;
  const Scene& scene_;
  const Subject subject_;
  Comparison& all_;
  std::string said_;
  std::map<std::size_t, Outcome> answers_;  ///< the first of each kind of operation
};

}  // namespace

Comparison compare_with_lockfree(const Profile& kernel, const std::vector<Scene>& scenes, Subject subject) {
  Comparison all;
  const ClauseScope scope(all.clauses);
  for (const Scene& scene : scenes) {
    Comparing(kernel, scene, subject, all).run();
    if (!all.difference.empty()) break;
  }
  return all;
}

const Profile& far_from(const Profile& kernel) {
  return contains({"4.0", ""}, kernel) ? *releases::all.front() : *releases::all.back();
}

std::vector<const Profile*> eras() {
  return within(
      {{"2.6.32", "2.6.32"}, {"3.10", "3.10"}, {"4.4", "4.4"}, {"4.19", "4.19"}, {"6.1", "6.1"}, {"7.1", "7.1"}});
}

}  // namespace weir::proofs
