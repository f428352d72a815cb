// The campaign engine: generates, mutates, compares, minimises, within a time or a number of inputs.
//
//   Campaign campaign({.seed = 1, .profiles = {&releases::linux_6_18}}, lockfree_target());
//   const CampaignStats stats = campaign.run(deadline, [](const CampaignStats& so_far) { … });
//
// It is guided by clauses: a sample of the inputs also runs on the recording model, and one that takes a new path
// through the spec (a set of clauses passed in one operation), or an old one right after a path it never followed, is
// kept and mutated. The inputs depend on the seed alone, so a seed and `max_inputs` reproduce a run. One thread.
#pragma once
#include <bitset>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fuzz/decoder.hpp"
#include "fuzz/differential.hpp"
#include "fuzz/generator.hpp"
#include "fuzz/mutator.hpp"
#include "fuzz/rng.hpp"
#include "model/clause.hpp"

namespace weir::fuzz {

/// What is held against the model. `run` executes an input from a fresh start, adds to the effort, and returns the
/// first difference. It may throw; the campaign then ends with that exception.
struct Target {
  std::string name;
  std::function<std::optional<Difference>(const Input&, Effort&)> run;
  std::function<void(const Difference&)> reported = {};  ///< told of each finding, once it is small
  std::function<void()> forget = {};                     ///< all that it was told; there if `reported` is
};

/// A minimised divergence.
struct Finding {
  Input input;
  Difference difference;
};

struct CampaignStats {
  std::uint64_t inputs = 0;
  Effort effort;
  std::uint64_t divergences = 0;  ///< diverging inputs, of which `findings` keeps one of each kind
  double seconds = 0;
  ClauseSet covered;              ///< clauses of the spec reached by the sample
  std::size_t corpus = 0;         ///< inputs kept
  std::uint64_t unconfirmed = 0;  ///< diverging inputs of a kind that, made small, was not seen again
  std::vector<Finding> findings;

  /// Of a campaign on the same target at the same time.
  CampaignStats& operator+=(CampaignStats&& another);

  double inputs_per_second() const { return seconds > 0 ? static_cast<double>(inputs) / seconds : 0; }
  double operations_per_second() const { return seconds > 0 ? static_cast<double>(effort.operations) / seconds : 0; }
};

struct CampaignOptions {
  std::uint64_t seed = 1;
  GeneratorOptions generator = {};
  std::vector<const Profile*> profiles{releases::all.begin(), releases::all.end()};  ///< at least one
  std::optional<HostOptions> host = {};  ///< of every input; absent: the default ones, or with thread_backlog_napi
  std::uint64_t max_inputs = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t explore = 0;             ///< inputs that the model alone runs first; the target begins with those kept
  std::uint32_t record_every = 4;        ///< one input in so many also runs on the recording model
  std::uint32_t max_findings = 8;        ///< distinct ones; the campaign ends when it has as many
  std::uint32_t shrink_attempts = 2000;  ///< runs of the target spent on making one finding small
  std::uint32_t confirmations = 0;       ///< runs in which a small finding must be seen again to be one
  bool one_of_each_shape = false;        ///< small findings of one shape (fuzz/kind.hpp) are one

  // What another campaign has left behind, and what is to be left behind for the next (fuzz/folder.hpp).
  std::vector<Input> corpus = {};   ///< run before anything is drawn; what takes a way of the spec again is kept
  std::vector<Finding> known = {};  ///< not to be found again; they do not count towards max_findings
  std::function<void(const Finding&)> found = {};        ///< told of each finding, at once
  std::function<void(const Input&)> kept = {};           ///< told of each input that this campaign has found and keeps
  std::function<std::vector<Input>()> from_others = {};  ///< asked now and then; what takes a new way is kept as well

  // When it ends, beside the deadline.
  std::optional<double> until_quiet = {};                 ///< seconds in which no input was kept and nothing found
  std::function<bool(const CampaignStats&)> enough = {};  ///< asked after each input
};

class Campaign {
 public:
  using Clock = std::chrono::steady_clock;
  using OnProgress = std::function<void(const CampaignStats&)>;

  Campaign(CampaignOptions options, Target target);

  /// Goes on until the deadline, max_inputs or max_findings. May be called again to go on from there. `on_progress` is
  /// called about four times a second.
  const CampaignStats& run(Clock::time_point deadline, const OnProgress& on_progress = {});

  /// Has all the inputs or findings that it may have, or nothing more to find.
  bool ended() const;

  const CampaignStats& stats() const { return stats_; }
  /// The inputs that are kept.
  const std::vector<Input>& corpus() const { return corpus_; }

 private:
  struct Kind {
    bool found = false;
    std::uint32_t tried = 0;  ///< how often one was made small
  };

  void explore(Clock::time_point deadline);
  void choose_input();
  void draw_input();
  void record();
  void add_to_corpus(bool first);
  void keep(std::uint64_t feature, bool& is_new);
  void handle(const Difference& difference);
  Finding made_small(const Difference& difference);
  bool confirmed(const Finding& finding);
  void take_up_what_is_known();
  void look_at(std::vector<Input> inputs);

  CampaignOptions options_;
  Target target_;
  Rng rng_;
  Generator generator_;
  Mutator mutator_;
  Input input_;
  std::vector<Input> corpus_;
  std::size_t firsts_ = 0;                          ///< how many of the corpus were the first to reach some clause
  std::uint64_t explored_ = 0;                      ///< inputs that the model alone has run
  std::size_t to_begin_with_ = 0, begun_with_ = 0;  ///< how much of the corpus the target is asked first, and was
  std::bitset<1U << 16> features_;                  ///< hashed paths and pairs of paths taken so far
  std::map<std::string, Kind> kinds_;               ///< of differences
  std::set<std::string> shapes_;                    ///< of the findings kept
  CampaignStats stats_;
  double last_news_ = 0;  ///< when an input was kept or something found, in stats_.seconds
};

}  // namespace weir::fuzz
