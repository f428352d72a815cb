#include "proofs/memory/clients/client.hpp"

namespace weir::proofs::memory {

const std::vector<Client>& clients() {
  static const std::vector<Client> all = [] {
    std::vector<Client> them = queue_clients();
    for (auto& group : {pool_clients(), table_clients()}) them.insert(them.end(), group.begin(), group.end());
    return them;
  }();
  return all;
}

}  // namespace weir::proofs::memory
