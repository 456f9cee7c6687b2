#include "tests/sim/network.h"

#include <algorithm>
#include <optional>

namespace aval::sim {

using consensus::NodeId;

namespace {

// How often, in a million messages, at rate 1.
constexpr std::uint64_t kLossOfMillion = 2'000;
constexpr std::uint64_t kStreamLossOfMillion = 50;
constexpr std::uint64_t kDuplicateOfMillion = 5'000;
constexpr std::uint64_t kFlipOfMillion = 20;
constexpr std::uint64_t kDelayOfMillion = 2'000;

constexpr std::uint64_t kDelayFactor = 100;
constexpr Duration kLateMax = std::chrono::seconds(3);
constexpr Duration kConnectMax = std::chrono::milliseconds(100);
// The transport takes a link for dead after so long a silence (docs/formats/peer.md).
constexpr Duration kSilence = std::chrono::seconds(3);
constexpr std::size_t kRemembered = 64;

Duration UpTo(Random& random, Duration most) {
  return Duration(
      static_cast<Duration::rep>(random.Below(static_cast<std::uint64_t>(most.count()) + 1)));
}

}  // namespace

Network::Network(VirtualTime& time, const Plan& plan, std::uint64_t seed, Trace& trace)
    : time_(time), plan_(plan), random_(seed), trace_(trace) {}

void Network::Attach(consensus::Sender attached, Port& port) {
  const NodeId node = attached.node;
  AVAL_ASSERT(ports_.emplace(node, &port).second);
  incarnations_[node] = attached.incarnation;
  for (const auto& [peer, other] : ports_) {
    if (peer == node) continue;
    ConnectSoon(node, peer);
    ConnectSoon(peer, node);
  }
}

void Network::Detach(NodeId node) {
  ports_.erase(node);
  for (const auto& [peer, other] : ports_) {
    End(node, peer, Duration{0});
    End(peer, node, UpTo(random_, kConnectMax));
  }
}

void Network::Send(NodeId from, NodeId to, Parcel parcel) {
  Link& link = At(from, to);
  if (!link.up) return;
  const Sent sent{.from = {.node = from, .incarnation = incarnations_.at(from)},
                  .to = to,
                  .parcel = std::make_shared<const Parcel>(std::move(parcel))};
  const bool streams = !plan_.Has(Fault::kReorder);
  const bool lost = Chance(Fault::kLoss, streams ? kStreamLossOfMillion : kLossOfMillion);
  const bool flipped = Chance(Fault::kFlip, kFlipOfMillion);
  if (lost && !streams) return;
  if (lost || flipped) {
    Break(from, to);
    return;
  }
  Instant arrival = time_.Now() + Delay();
  if (streams) {
    arrival = std::max({arrival, link.last_arrival, link.clogged_until});
    link.last_arrival = arrival;
  } else {
    arrival = std::max(arrival, link.clogged_until);
  }
  Carry(sent, arrival);
  if (Chance(Fault::kDuplicate, kDuplicateOfMillion)) {
    // Close behind, or when nobody thinks of it any more.
    Carry(sent, arrival + UpTo(random_, random_.Below(2) == 0 ? plan_.latency : kLateMax));
  }
  Remember(sent);
}

void Network::Inject(consensus::Sender from, NodeId to, const Parcel& parcel) {
  Carry({.from = from, .to = to, .parcel = std::make_shared<const Parcel>(parcel)}, time_.Now());
}

void Network::Cut(NodeId from, NodeId to) {
  Link& link = At(from, to);
  if (link.cut) return;
  trace_.Note("cut to", from, to.value);
  link.cut = true;
  End(from, to, UpTo(random_, kSilence));
}

void Network::Mend(NodeId from, NodeId to) {
  Link& link = At(from, to);
  if (!link.cut) return;
  trace_.Note("mended to", from, to.value);
  link.cut = false;
  ConnectSoon(from, to);
}

void Network::Break(NodeId from, NodeId to) {
  if (!At(from, to).up) return;
  trace_.Note("breaks to", from, to.value);
  End(from, to, UpTo(random_, kConnectMax));
  ConnectSoon(from, to);
}

void Network::Clog(NodeId from, NodeId to, Duration duration) {
  trace_.Note("clogged to", from, to.value);
  At(from, to).clogged_until = time_.Now() + duration;
}

void Network::Replay() {
  if (remembered_.empty()) return;
  const Sent sent = remembered_.at(random_.Below(remembered_.size()));
  trace_.Note("replays to", sent.from.node, sent.to.value);
  Inject(sent.from, sent.to, *sent.parcel);
}

bool Network::Chance(Fault fault, std::uint64_t of_million) {
  return !calm_ && plan_.Has(fault) && random_.Below(1'000'000) < of_million * plan_.rate;
}

Duration Network::Delay() {
  Duration delay = UpTo(random_, 2 * plan_.latency);
  if (Chance(Fault::kDelay, kDelayOfMillion)) delay *= kDelayFactor;
  return delay;
}

void Network::ConnectSoon(NodeId from, NodeId to) {
  const std::uint64_t epoch = At(from, to).epoch;
  time_.After(UpTo(random_, kConnectMax), [this, from, to, epoch] {
    Link& link = At(from, to);
    if (link.epoch != epoch || link.up || link.cut) return;
    if (!ports_.contains(from) || !ports_.contains(to)) return;
    TellEnd(from, to);
    link.up = true;
    ports_.at(from)->OnLink(to, true);
  });
}

void Network::End(NodeId from, NodeId to, Duration until_told) {
  Link& link = At(from, to);
  const bool was_up = std::exchange(link.up, false);
  const std::uint64_t epoch = ++link.epoch;
  link.last_arrival = {};
  if (!was_up) return;
  link.end_untold = true;
  time_.After(until_told, [this, from, to, epoch] {
    if (At(from, to).epoch == epoch) TellEnd(from, to);
  });
}

void Network::TellEnd(NodeId from, NodeId to) {
  if (!std::exchange(At(from, to).end_untold, false)) return;
  if (const auto port = ports_.find(from); port != ports_.end()) port->second->OnLink(to, false);
}

void Network::Carry(const Sent& sent, Instant arrival) {
  const std::uint64_t epoch = At(sent.from.node, sent.to).epoch;
  time_.After(arrival - time_.Now(), [this, sent, epoch] {
    if (At(sent.from.node, sent.to).epoch != epoch) return;
    const auto port = ports_.find(sent.to);
    if (port == ports_.end()) return;
    port->second->Arrive(sent.from, *sent.parcel);
  });
}

// Any of what was sent so far, the latest most likely.
void Network::Remember(const Sent& sent) {
  if (!plan_.Has(Fault::kReplay) || random_.Below(8) != 0) return;
  if (remembered_.size() < kRemembered) {
    remembered_.push_back(sent);
  } else {
    remembered_.at(random_.Below(kRemembered)) = sent;
  }
}

}  // namespace aval::sim
