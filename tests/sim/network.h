#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "base/random.h"
#include "consensus/message.h"
#include "consensus/types.h"
#include "net/peer_message.h"
#include "tests/base/virtual_time.h"
#include "tests/sim/plan.h"
#include "tests/sim/trace.h"

namespace aval::sim {

/// What one node sends another.
using Parcel = std::variant<consensus::Message, net::Forward, net::ForwardRefused, net::Extension>;

/// The links between the nodes, one in each direction, and what weather does to them.
///
/// As a rule a link is a stream, as TLS over TCP is: it keeps the order, and when something is
/// lost the link ends, with all that is under way, and its sender is told sooner or later. In a
/// seed with kReorder links are none: every message goes its own way, and nobody is told of a loss.
/// What goes into a link that is not up is dropped.
/// Threads: one.
class Network {
 public:
  /// A node's side. Called from the network's own events, never from Send.
  class Port {
   public:
    virtual ~Port() = default;
    virtual void Arrive(consensus::Sender sender, const Parcel& parcel) = 0;
    /// The link to `peer` came up, or ended with what was under way.
    virtual void OnLink(consensus::NodeId peer, bool up) = 0;
  };

  Network(VirtualTime& time, const Plan& plan, std::uint64_t seed, Trace& trace);

  /// The node's process is there, until it is not; links follow by themselves. The port outlives
  /// its attachment.
  void Attach(consensus::Sender node, Port& port);
  void Detach(consensus::NodeId node);

  void Send(consensus::NodeId from, consensus::NodeId to, Parcel parcel);
  /// Arrives as if `from` had sent it, at once.
  void Inject(consensus::Sender from, consensus::NodeId to, const Parcel& parcel);

  // Weather. Links that are cut stay so until they are mended.

  void Cut(consensus::NodeId from, consensus::NodeId to);
  void Mend(consensus::NodeId from, consensus::NodeId to);
  /// Ends what is under way; the link comes up again soon.
  void Break(consensus::NodeId from, consensus::NodeId to);
  void Clog(consensus::NodeId from, consensus::NodeId to, Duration duration);
  /// Sends something of long ago once more.
  void Replay();
  /// No more loss, duplicates and the like; what is cut stays cut.
  void CalmDown() { calm_ = true; }

 private:
  struct Link {
    bool cut = false;
    bool up = false;
    bool end_untold = false;  // It has ended, and its sender does not know yet.
    std::uint64_t epoch = 0;  // Moves on when it ends: what was sent before is lost.
    Instant last_arrival{};
    Instant clogged_until{};
  };
  struct Sent {
    consensus::Sender from;
    consensus::NodeId to;
    std::shared_ptr<const Parcel> parcel;
  };

  Link& At(consensus::NodeId from, consensus::NodeId to) { return links_[{from, to}]; }
  bool Chance(Fault fault, std::uint64_t of_million);
  Duration Delay();
  void ConnectSoon(consensus::NodeId from, consensus::NodeId to);
  void End(consensus::NodeId from, consensus::NodeId to, Duration until_told);
  void TellEnd(consensus::NodeId from, consensus::NodeId to);
  void Carry(const Sent& sent, Instant arrival);
  void Remember(const Sent& sent);

  VirtualTime& time_;
  const Plan& plan_;
  SeededRandom random_;
  Trace& trace_;
  std::map<consensus::NodeId, Port*> ports_;
  std::map<consensus::NodeId, std::uint32_t> incarnations_;  // Last attached.
  std::map<std::pair<consensus::NodeId, consensus::NodeId>, Link> links_;
  std::vector<Sent> remembered_;  // A sample of what was sent, for Replay.
  bool calm_ = false;
};

}  // namespace aval::sim
