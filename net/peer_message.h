#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "consensus/message.h"
#include "consensus/types.h"
#include "crypto/digest.h"

namespace aval::net {

/// Peers that speak another version do not talk to each other.
inline constexpr std::uint32_t kPeerProtocolVersion = 1;

/// First on a link, from both sides.
struct Hello {
  std::uint32_t version = kPeerProtocolVersion;
  std::string origin;
  consensus::NodeId node;
  std::uint32_t incarnation = 1;  // See consensus::Member.
  friend bool operator==(const Hello&, const Hello&) = default;
};

/// "I am still here": sent when there is nothing else to say.
struct Alive {
  friend bool operator==(const Alive&, const Alive&) = default;
};

/// Last on a link that its sender closes on purpose.
struct Goodbye {
  std::string reason;  // For people; at most kMaxReasonBytes.
  friend bool operator==(const Goodbye&, const Goodbye&) = default;
};

/// Signed acts for the leader, byte for byte as their submitters sent them.
struct Forward {
  std::vector<std::shared_ptr<const Bytes>> envelopes;  // None is null or empty; at most
                                                        // kMaxForwardedActs in a frame.
};

/// Forwarded envelopes that were not queued, by their SHA-256, so that the forwarder tries
/// elsewhere or tells its clients.
struct ForwardRefused {
  enum class Reason : std::uint8_t {
    kNotLeader = 1,
    kOverloaded = 2,
    kInvalid = 3,  // Malformed, or a signature fails.
  };
  std::vector<crypto::Digest> envelopes;  // At most kMaxForwardedActs.
  Reason reason = Reason::kNotLeader;
  friend bool operator==(const ForwardRefused&, const ForwardRefused&) = default;
};

/// A message that net/ carries without knowing it; node/ owns the numbers. Peers of one protocol
/// version may know different ones: a receiver ignores those that it does not know.
struct Extension {
  std::uint32_t number = 0;
  Bytes body;  // At most kMaxExtensionBytes.
  friend bool operator==(const Extension&, const Extension&) = default;
};

using PeerMessage =
    std::variant<Hello, Alive, Goodbye, consensus::Message, Forward, ForwardRefused, Extension>;

/// Kept with a message by whoever has not consumed it yet: while the receipts of one peer's
/// messages reach a bound, nothing more is read from that peer. May be dropped on any thread, also
/// after the transport has stopped.
using Receipt = std::shared_ptr<void>;

/// Of one frame's forwarded acts or refusals: as many as a block holds.
inline constexpr std::size_t kMaxForwardedActs = 2'048;
inline constexpr std::size_t kMaxReasonBytes = 512;
inline constexpr std::size_t kMaxOriginBytes = 255;
inline constexpr std::size_t kMaxExtensionBytes = std::size_t{4} << 20U;

}  // namespace aval::net
