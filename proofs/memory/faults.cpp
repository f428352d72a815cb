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

std::set<SourceSite> sites_of(const Client& client) {
  Recorder recorder;
  Plan plan;
  plan.limits = client.limits;
  plan.max_executions = 5000;
  plan.weakening = &recorder;
  explore(client.factory, plan);
  return recorder.sites;
}

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

std::vector<Killed> weaken_all(const std::vector<Client>& clients, unsigned workers,
                               const std::function<void(const Killed&)>& each) {
  std::set<SourceSite> all;
  std::vector<std::set<SourceSite>> of_client;
  for (const Client& client : clients) {
    of_client.push_back(sites_of(client));
    all.insert(of_client.back().begin(), of_client.back().end());
  }
  std::vector<Killed> table;
  for (const SourceSite& site : all) {
    for (const Order to : next_weaker(site.part, site.order)) {
      Killed row{site, to, {}, {}};
      for (std::size_t i = 0; i < clients.size() && row.client.empty(); ++i) {
        if (!of_client[i].contains(site)) continue;
        Fault fault(site, Planted::How::weaker, to);
        Plan plan;
        plan.limits = clients[i].limits;
        plan.workers = workers;
        plan.weakening = &fault;
        const Report report = explore(clients[i].factory, plan);
        if (report.verdict != Verdict::counterexample) continue;
        row.client = clients[i].name;
        row.why = report.why;
      }
      table.push_back(row);
      each(row);
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
