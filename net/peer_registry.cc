#include "net/peer_registry.h"

#include <chrono>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/assert.h"

namespace aval::net {

namespace {

std::shared_ptr<const PeerConnection::Rules> MakeRules(const PeerTransport::Options& options) {
  PeerConnection::Rules rules{
      .own = {.version = kPeerProtocolVersion,
              .origin = options.origin,
              .node = options.self,
              .incarnation = options.incarnation},
      .nodes = {},
      .handshake_timeout = options.handshake_timeout,
      .alive_interval = options.alive_interval,
      .idle_timeout = options.idle_timeout,
      .linger_timeout = options.linger_timeout,
      .turns = std::make_shared<HandshakeTurns>(options.handshakes_at_once,
                                                options.handshakes_apart, options.clock),
      .handshake_turn = options.handshake_turn,
      .clock = options.clock,
      .pace = options.pace};
  for (const PeerTransport::Peer& peer : options.peers) {
    for (const crypto::KeyId& key : peer.keys) rules.nodes.emplace(key, peer.id);
  }
  return std::make_shared<const PeerConnection::Rules>(std::move(rules));
}

}  // namespace

PeerRegistry::PeerRegistry(const PeerTransport::Options& options, PeerEvents& events)
    : options_(options), events_(events), rules_(MakeRules(options)) {
  for (const PeerTransport::Peer& peer : options.peers) {
    records_.emplace(peer.id, std::make_unique<Record>(options));
  }
}

PeerCounters PeerRegistry::counters(consensus::NodeId peer) const {
  const Record& record = *records_.at(peer);
  const PeerQueue::Counters queue = record.queue.counters();
  return {.up = record.up,
          .frames_sent = record.frames_sent,
          .bytes_sent = record.bytes_sent,
          .frames_received = record.frames_received,
          .bytes_received = record.bytes_received,
          .connects = record.connects,
          .failed_connects = record.failed_connects,
          .dropped = queue.refused + queue.lost,
          .queued_messages = queue.messages,
          .queued_bytes = queue.bytes};
}

void PeerRegistry::Deliver(consensus::Sender sender, PeerMessage message, std::size_t bytes) {
  const consensus::NodeId from = sender.node;
  if (silent_) return;
  ++record(from).frames_received;
  std::visit(
      [&](auto& body) {
        using Body = std::remove_reference_t<decltype(body)>;
        PeerIntake& intake = *record(from).intake;
        PeerIntake& forwards = *record(from).forwards;
        if constexpr (std::is_same_v<Body, consensus::Message>) {
          events_.OnMessage(sender, std::move(body), intake.Take(bytes));
        } else if constexpr (std::is_same_v<Body, Forward>) {
          events_.OnForward(from, std::move(body),
                            forwards.Full() ? nullptr : forwards.Take(bytes));
        } else if constexpr (std::is_same_v<Body, ForwardRefused>) {
          events_.OnForwardRefused(from, std::move(body), intake.Take(bytes));
        } else if constexpr (std::is_same_v<Body, Extension>) {
          events_.OnExtension(from, std::move(body), intake.Take(bytes));
        } else {
          AVAL_ASSERT(false);  // The connection keeps these to itself.
        }
      },
      message);
}

void PeerRegistry::ReportLink(consensus::NodeId peer, bool up) {
  record(peer).up = up;
  if (up) {
    ++record(peer).connects;
    const std::scoped_lock lock(mutex_);
    troubles_.ForgetLast(peer);
  }
  if (!silent_) events_.OnLink(peer, up);
}

void PeerRegistry::ReportTrouble(std::optional<consensus::NodeId> peer, const Error& error) {
  std::optional<std::string> words;
  {
    const std::scoped_lock lock(mutex_);
    words = troubles_.Report(peer, error.message, std::chrono::steady_clock::now());
  }
  if (words && !silent_) events_.OnTrouble(peer, {.code = error.code, .message = *words});
}

}  // namespace aval::net
