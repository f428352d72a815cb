#include "proofs/memory/faults.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

namespace weir::proofs::memory {
namespace {

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// GCC says for which arguments a function template was instantiated.
std::string_view plain_name(std::string_view function) {
  return function.starts_with("operator") ? function : function.substr(0, function.find('<'));
}

class Recorder final : public Weakening {
 public:
  Order order(Site site, Part part, Order order) override {
    if (std::string_view(site.file).find("lockfree/") == std::string_view::npos) return order;
    const Heap::Use outside(nullptr);
    sites.insert({std::string(base_name(site.file)), std::string(plain_name(site.function)), site.line, part, order});
    return order;
  }
  std::set<SourceSite> sites;
};

class Fault final : public Weakening {
 public:
  Fault(const SourceSite& site, Planted::How how, Order to) : site_(site), how_(how), to_(to) {}

  Order order(Site site, Part part, Order order) override {
    return how_ == Planted::How::weaker && part == site_.part && is(site) ? to_ : order;
  }
  bool torn(Site site) override { return how_ == Planted::How::torn && is(site); }
  Word compared(Site site) override {
    constexpr Word low = 0xffffffff;
    return how_ == Planted::How::low_half && is(site) ? low : ~Word{0};
  }

 private:
  bool is(Site site) const { return site.line == site_.line && base_name(site.file) == site_.file; }

  const SourceSite site_;
  const Planted::How how_;
  const Order to_;
};

}  // namespace

std::string_view name_of(Weakening::Part part) {
  static constexpr std::string_view names[] = {"load", "store", "update", "exchange", "failed exchange", "fence"};
  return names[static_cast<std::size_t>(part)];
}

namespace {

/// A client with what is known of it: the accesses that it makes, and how many executions it has, as far as they were
/// counted.
struct Surveyed {
  Client client;
  std::set<SourceSite> sites;
  std::uint64_t executions = 0;
};

Surveyed survey(const Client& client) {
  Recorder recorder;
  Plan plan;
  plan.limits = client.limits;
  plan.max_executions = 5000;
  plan.weakening = &recorder;
  const Report report = explore(client.factory, plan);
  return {client, std::move(recorder.sites), report.explored()};
}

}  // namespace

std::set<SourceSite> sites_of(const Client& client) { return survey(client).sites; }

std::vector<Order> next_weaker(Weakening::Part part, Order order) {
  const bool loads = part == Weakening::Part::load || part == Weakening::Part::failure;
  const bool stores = part == Weakening::Part::store;
  switch (order) {
    case Order::seq_cst:
      return {loads ? Order::acquire : stores ? Order::release : Order::acq_rel};
    case Order::acq_rel:
      return {Order::acquire, Order::release};
    case Order::acquire:
    case Order::consume:
    case Order::release:
      return {Order::relaxed};
    case Order::relaxed:
      break;
  }
  return {};
}

namespace {

bool is_killed_by(const Surveyed& surveyed, Killed& row, unsigned workers) {
  if (!surveyed.sites.contains(row.site)) return false;
  Fault fault(row.site, Planted::How::weaker, row.to);
  Plan plan;
  plan.limits = surveyed.client.limits;
  plan.workers = workers;
  plan.weakening = &fault;
  const Report report = explore(surveyed.client.factory, plan);
  if (report.verdict != Verdict::counterexample) return false;
  row.client = surveyed.client.name;
  row.why = report.why;
  return true;
}

}  // namespace

std::vector<Killed> weaken_all(const std::vector<Client>& clients, unsigned workers,
                               const std::function<void(const Killed&)>& each) {
  std::set<SourceSite> all;
  std::vector<Surveyed> surveyed;
  for (const Client& client : clients) {
    surveyed.push_back(survey(client));
    all.insert(surveyed.back().sites.begin(), surveyed.back().sites.end());
  }
  // Small ones first: most faults are found by some client of a few executions.
  std::stable_sort(surveyed.begin(), surveyed.end(),
                   [](const Surveyed& a, const Surveyed& b) { return a.executions < b.executions; });
  std::vector<Killed> table;
  for (const SourceSite& site : all) {
    for (const Order to : next_weaker(site.part, site.order)) {
      table.push_back({site, to, {}, {}});
      const auto finds = [&](const Surveyed& client) { return is_killed_by(client, table.back(), workers); };
      // What found the weakening before this one, in the same file, is asked first.
      const auto last = std::find_if(surveyed.begin(), surveyed.end(), [&](const Surveyed& client) {
        return table.size() > 1 && table.end()[-2].site.file == site.file &&
               client.client.name == table.end()[-2].client;
      });
      if (last == surveyed.end() || !finds(*last)) std::any_of(surveyed.begin(), surveyed.end(), finds);
      each(table.back());
    }
  }
  return table;
}

Report explore_planted(const Planted& bug, Plan plan) {
  const std::vector<Client> candidates = bug.how == Planted::How::code ? flawed_clients() : clients();
  const auto client =
      std::find_if(candidates.begin(), candidates.end(), [&](const Client& each) { return each.name == bug.client; });
  Report missing;
  missing.verdict = Verdict::incomplete;
  missing.why = "there is no such client, or it makes no such access";
  if (client == candidates.end()) return missing;
  plan.limits = client->limits;
  if (bug.how == Planted::How::code) return explore(client->factory, plan);
  std::vector<SourceSite> there;
  for (const SourceSite& site : sites_of(*client))
    if (site.file == bug.file && site.function == bug.function && site.part == bug.part) there.push_back(site);
  if (bug.number >= there.size()) return missing;
  Fault fault(there[bug.number], bug.how, bug.to);
  plan.weakening = &fault;
  return explore(client->factory, plan);
}

}  // namespace weir::proofs::memory
