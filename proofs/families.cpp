#include "proofs/families.hpp"

#include <algorithm>
#include <chrono>

namespace weir::proofs {
namespace {

class Search {
 public:
  Search(const Theorem& theorem, Claims claims, const Budget& budget, bool keep_smt2, std::vector<Family> before)
      : theorem_(theorem), prover_(theorem, claims, budget, keep_smt2), before_(std::move(before)) {}

  void add(const Profile& kernel) {
    if (Family* const known = joined(found_, kernel)) {
      known->members.emplace_back(kernel.name);
    } else if (Family* const cached = joined(before_, kernel)) {
      cached->members.assign(1, std::string(kernel.name));
      cached->cached = true;
      found_.push_back(std::move(*cached));
      before_.erase(before_.begin() + (cached - before_.data()));
    } else {
      found_.push_back(made(kernel));
    }
  }
  std::vector<Family> take() { return std::move(found_); }

 private:
  /// The family that the kernel belongs to; the last first, since releases in a row are mostly alike.
  Family* joined(std::vector<Family>& families, const Profile& kernel) {
    const auto found = std::find_if(families.rbegin(), families.rend(), [&](Family& each) {
      return each.expected == theorem_.expected(kernel) &&
             prover_.is_as_before(kernel, each.attempt, each.attempt.clauses);
    });
    return found == families.rend() ? nullptr : &*found;
  }

  Family made(const Profile& kernel) {
    const auto start = std::chrono::steady_clock::now();
    Family family{{std::string(kernel.name)}, theorem_.expected(kernel), prover_.attempt(kernel)};
    family.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return family;
  }

  const Theorem& theorem_;
  Prover prover_;
  std::vector<Family> before_;
  std::vector<Family> found_;
};

}  // namespace

std::vector<Family> find_families(const Theorem& theorem, const std::vector<const Profile*>& kernels, Claims claims,
                                  const Budget& budget, bool keep_smt2, const std::vector<Family>& before) {
  Search search(theorem, claims, budget, keep_smt2, before);
  for (const Profile* kernel : kernels) search.add(*kernel);
  return search.take();
}

void put(RecordWriter& to, const Family& family) {
  const Attempt& attempt = family.attempt;
  to.put_all(family.members, [&](const std::string& each) { to.put(std::string_view(each)); });
  to.put(family.expected);
  to.put(family.cached);
  to.put(family.seconds);
  to.put(family.stamp);
  to.put(attempt.verdict);
  to.put(std::string_view(attempt.detail));
  to.put_all(attempt.counterexample, [&](const Input& each) {
    to.put(std::string_view(each.name));
    to.put(each.bits);
    to.put(each.is_signed);
  });
  to.put(attempt.paths);
  to.put(attempt.queries);
  to.put(attempt.rlimit);
  to.put(attempt.clauses.size());
  attempt.clauses.for_each([&](Clause each) { to.put(info(each).name); });
  to.put(attempt.transcript.digest.high);
  to.put(attempt.transcript.digest.low);
  to.put_all(attempt.transcript.events, [&](const Transcript::Event& each) {
    to.put(each.asked);
    to.put(each.told);
    to.put(each.what);
  });
  to.put(std::string_view(attempt.smt2));
}

Family get_family(RecordReader& from) {
  Family family;
  Attempt& attempt = family.attempt;
  family.members = from.get_all<std::string>([&] { return from.get_text(); });
  family.expected = from.get<Expected>();
  family.cached = from.get<bool>();
  family.seconds = from.get<double>();
  family.stamp = from.get<std::uint64_t>();
  attempt.verdict = from.get<Verdict>();
  attempt.detail = from.get_text();
  attempt.counterexample = from.get_all<Input>([&] {
    std::string name = from.get_text();
    const auto bits = from.get<std::uint64_t>();
    return Input{std::move(name), bits, from.get<bool>()};
  });
  attempt.paths = from.get<std::size_t>();
  attempt.queries = from.get<std::size_t>();
  attempt.rlimit = from.get<std::uint64_t>();
  for (auto count = from.get<std::size_t>(); count > 0; --count)
    if (const auto clause = clause_from(from.get_text())) attempt.clauses.insert(*clause);
  attempt.transcript.digest.high = from.get<std::uint64_t>();
  attempt.transcript.digest.low = from.get<std::uint64_t>();
  attempt.transcript.events = from.get_all<Transcript::Event>([&] {
    const auto asked = from.get<Asked>();
    const auto told = from.get<Told>();
    return Transcript::Event{asked, told, from.get<std::uint32_t>()};
  });
  attempt.smt2 = from.get_text();
  return family;
}

}  // namespace weir::proofs
