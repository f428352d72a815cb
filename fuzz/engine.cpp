#include "fuzz/engine.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "fuzz/kind.hpp"
#include "fuzz/report.hpp"
#include "fuzz/shrink.hpp"
#include "model/host.hpp"

namespace weir::fuzz {
namespace {

constexpr std::size_t max_corpus = 4096;
constexpr std::uint32_t max_tries = 3;
constexpr auto progress_interval = std::chrono::milliseconds(250);

}  // namespace

CampaignStats& CampaignStats::operator+=(CampaignStats&& another) {
  inputs += another.inputs;
  effort.operations += another.effort.operations;
  effort.probes += another.effort.probes;
  divergences += another.divergences;
  unconfirmed += another.unconfirmed;
  seconds = std::max(seconds, another.seconds);
  covered |= another.covered;
  corpus = std::max(corpus, another.corpus);
  std::move(another.findings.begin(), another.findings.end(), std::back_inserter(findings));
  return *this;
}

Campaign::Campaign(CampaignOptions options, Target target)
    : options_(std::move(options)),
      target_(std::move(target)),
      rng_(options_.seed),
      generator_(options_.generator),
      mutator_(options_.generator) {
  take_up_what_is_known();
}

void Campaign::take_up_what_is_known() {
  for (const Finding& each : options_.known) {
    kinds_[kind_of(each.difference)].found = true;
    shapes_.insert(shape_of(each.input, each.difference));
    if (target_.reported) target_.reported(each.difference);
  }
  look_at(std::move(options_.corpus));
  to_begin_with_ = corpus_.size();
}

/// Keeps those of them that take the spec along a new way.
void Campaign::look_at(std::vector<Input> inputs) {
  const auto kept = std::exchange(options_.kept, nullptr);
  for (Input& each : inputs) {
    input_ = std::move(each);
    record();
  }
  options_.kept = kept;
}

const CampaignStats& Campaign::run(Clock::time_point deadline, const OnProgress& on_progress) {
  explore(deadline);
  auto last = Clock::now();
  auto next_progress = last + progress_interval;
  while (last < deadline && !ended()) {
    choose_input();
    if (const auto difference = target_.run(input_, stats_.effort)) handle(*difference);
    if (stats_.inputs++ % options_.record_every == 0) record();
    const auto now = Clock::now();
    stats_.seconds += std::chrono::duration<double>(now - last).count();
    last = now;
    if (now < next_progress) continue;
    if (on_progress) on_progress(stats_);
    if (options_.from_others) look_at(options_.from_others());
    next_progress = now + progress_interval;
  }
  return stats_;
}

bool Campaign::ended() const {
  if (stats_.inputs >= options_.max_inputs || stats_.findings.size() >= options_.max_findings) return true;
  if (options_.until_quiet && stats_.seconds - last_news_ >= *options_.until_quiet) return true;
  return options_.enough && options_.enough(stats_);
}

/// A slow target is spared the way to where the spec's rare clauses are.
void Campaign::explore(Clock::time_point deadline) {
  if (explored_ == options_.explore) return;
  for (; explored_ < options_.explore && (explored_ % 1024 != 0 || Clock::now() < deadline); ++explored_) {
    draw_input();
    record();
  }
  to_begin_with_ = corpus_.size();
}

void Campaign::choose_input() {
  if (begun_with_ >= to_begin_with_) return draw_input();
  input_ = corpus_[begun_with_++];
}

/// A quarter of the inputs are fresh, an eighth start from a kept one, and an eighth from one that was the first to
/// reach some clause; the others go on from the last input, which saves copying one. All but the fresh ones are
/// mutated.
void Campaign::draw_input() {
  const auto kind = rng_.below(8);
  if (corpus_.empty() || kind < 2) {
    input_.profile = rng_.pick(options_.profiles);
    if (options_.host)
      input_.options = *options_.host;
    else
      input_.options.thread_backlog_napi = options_.generator.weights[place<op::NetifRx>()] != 0 && rng_.chance(1, 4);
    generator_.fill(rng_, input_.ops);
    return;
  }
  if (kind == 2) input_ = rng_.pick(corpus_);
  if (kind == 3) input_ = corpus_[rng_.below(firsts_)];
  if (rng_.chance(1, 32)) mutator_.splice(rng_, input_.ops, rng_.pick(corpus_).ops);
  mutator_.mutate(rng_, input_.ops);
}

/// Keeps the input if it takes the spec along a new way.
void Campaign::record() {
  model::Host<Recorded> host(*input_.profile, input_.options);
  ClauseSet passed;
  const ClauseScope scope(passed);
  std::uint64_t previous = 0;
  bool is_new = false;
  const std::size_t reached = stats_.covered.size();
  for (const Op& each : input_.ops) {
    passed.clear();
    const bool crashed = std::holds_alternative<outcome::Oops>(host.step(each));
    stats_.covered |= passed;
    const std::uint64_t path = passed.hash();
    keep(path, is_new);
    keep(path * 31 + previous, is_new);
    previous = path;
    if (crashed) break;
  }
  const bool first = stats_.covered.size() > reached;
  if (!is_new && !first) return;
  add_to_corpus(first);
  stats_.corpus = corpus_.size();
  last_news_ = stats_.seconds;
  if (options_.kept) options_.kept(input_);
}

/// Those that were the first to reach some clause stand in front, and stay.
void Campaign::add_to_corpus(bool first) {
  std::size_t at = corpus_.size();
  if (at < max_corpus)
    corpus_.push_back(input_);
  else
    corpus_[at = firsts_ + rng_.below(at - firsts_)] = input_;
  if (first) std::swap(corpus_[at], corpus_[firsts_++]);
}

void Campaign::keep(std::uint64_t feature, bool& is_new) {
  const std::size_t at = (feature ^ feature >> 32) % features_.size();
  is_new = is_new || !features_[at];
  features_[at] = true;
}

/// A kind that could not be confirmed gets another chance, and a third: each costs many runs of the target.
void Campaign::handle(const Difference& difference) {
  Kind& kind = kinds_[kind_of(difference)];
  if (kind.found || kind.tried == max_tries) {
    ++(kind.found ? stats_.divergences : stats_.unconfirmed);
    return;
  }
  ++kind.tried;
  Finding finding = made_small(difference);
  kind.found = confirmed(finding);
  ++(kind.found ? stats_.divergences : stats_.unconfirmed);
  if (!kind.found) return;
  if (target_.reported) target_.reported(finding.difference);
  if (options_.one_of_each_shape && !shapes_.insert(shape_of(finding.input, finding.difference)).second) return;
  last_news_ = stats_.seconds;
  stats_.findings.push_back(std::move(finding));
  if (options_.found) options_.found(stats_.findings.back());
}

bool Campaign::confirmed(const Finding& finding) {
  const std::string kind = kind_of(finding.difference);
  Effort repeating;  // not part of the campaign's figures
  for (std::uint32_t i = 0; i < options_.confirmations; ++i) {
    const auto again = target_.run(finding.input, repeating);
    if (!again || kind_of(*again) != kind) return false;
  }
  return true;
}

/// A finding is made small as what it is: a smaller case that differs in another way is left for another input.
Finding Campaign::made_small(const Difference& difference) {
  const std::string kind = kind_of(difference);
  Finding finding{input_, difference};
  Effort shrinking;  // not part of the campaign's figures
  Input candidate = input_;
  const auto still_fails = [&](const std::vector<Op>& ops) {
    candidate.ops = ops;
    auto found = target_.run(candidate, shrinking);
    if (!found || kind_of(*found) != kind || found->in_probe != finding.difference.in_probe) return false;
    finding = {candidate, std::move(*found)};
    return true;
  };
  // What a probe has shown, operations show as well: most of those before it are not needed.
  std::vector<Op> ops = input_.ops;
  if (difference.in_probe) {
    finding.difference.in_probe = false;
    std::vector<Op> with_probes = operations_of(input_, difference);
    if (with_probes.size() <= max_ops && still_fails(with_probes))
      ops = std::move(with_probes);
    else
      finding.difference.in_probe = true;
  }
  shrink(ops, still_fails, options_.shrink_attempts);
  return finding;
}

}  // namespace weir::fuzz
