#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "tests/cluster/chaos/schedule.h"

namespace aval::chaos {

/// A network of this process's own: a network namespace for each node, joined by veth pairs to a
/// bridge in a namespace where this process and its clients are. The machine's own network is not
/// touched, and all of it is gone when the last process in it is.
///
/// Who is behind which hardware address is written into each namespace by hand, so that a link is
/// cut by one entry: what the sender sends goes to an address that nobody has, and vanishes without
/// a word to either side, as on a broken wire. The other direction, and clients, do not notice.
///
/// Threads: the one that has laid them.
class Wires {
 public:
  /// Whether this machine allows it; tried by a process that ends at once. Says why not on standard
  /// error.
  static bool Allowed(std::size_t nodes);

  /// Moves this process into the clients' namespace: before it has any other thread, and once.
  /// Needs `ip` of iproute2. As root in a network namespace only; otherwise in a user namespace,
  /// too, in which this process is root.
  static Result<std::unique_ptr<Wires>> Lay(std::size_t nodes);
  ~Wires();
  Wires(const Wires&) = delete;
  Wires& operator=(const Wires&) = delete;

  /// The node's address, where every other node and client reaches it.
  static std::string AddressOf(std::size_t node);

  /// Does `work` with this thread in the node's namespace, where what it starts then lives.
  Result<void> Inside(std::size_t node, const std::function<Result<void>()>& work) const;

  /// May be cut already, or whole.
  Result<void> Cut(const std::vector<Link>& links) const;
  Result<void> Mend(const std::vector<Link>& links) const;

 private:
  Wires() = default;
  Result<void> LayAll(std::size_t nodes);
  Result<void> Set(const std::vector<Link>& links, bool whole) const;

  int clients_ = -1;        // Descriptors of namespaces.
  std::vector<int> nodes_;  // By node.
};

}  // namespace aval::chaos
