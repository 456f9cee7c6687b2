#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "consensus/message.h"
#include "consensus/types.h"
#include "crypto/ed25519.h"
#include "net/peer_transport.h"

namespace aval::net {

/// The same key for the same number.
crypto::SecretKey TestKey(std::uint8_t number);
crypto::KeyId TestKeyId(std::uint8_t number);

std::shared_ptr<const Bytes> SharedBytes(std::string_view text);

/// Waits for what other threads bring about. The bound is there for a broken program alone.
class Bell {
 public:
  void Ring() { rung_.notify_all(); }
  template <class Condition>
  [[nodiscard]] bool Await(std::unique_lock<std::mutex>& lock, Condition condition) {
    return rung_.wait_for(lock, std::chrono::seconds(60), condition);
  }

 private:
  std::condition_variable rung_;
};

/// Keeps what a transport reports, and the receipts until a test takes what came with them.
class Recorder final : public PeerEvents {
 public:
  void OnMessage(consensus::Sender from, consensus::Message message, Receipt receipt) override;
  void OnForward(consensus::NodeId from, Forward forward, Receipt receipt) override;
  void OnForwardRefused(consensus::NodeId from, ForwardRefused refused, Receipt receipt) override;
  void OnExtension(consensus::NodeId from, Extension extension, Receipt receipt) override;
  void OnLink(consensus::NodeId peer, bool up) override;
  void OnTrouble(std::optional<consensus::NodeId> peer, const Error& error) override;

  /// True once the link to `peer` has come up so often.
  bool AwaitUps(consensus::NodeId peer, int times = 1);
  bool AwaitDowns(consensus::NodeId peer, int times = 1);
  /// True once so many messages of all kinds have come from `peer`.
  bool AwaitMessages(consensus::NodeId peer, int count);
  /// Waits for a trouble whose text holds `part`; empty when none comes.
  std::optional<Error> AwaitTrouble(std::string_view part);
  std::optional<consensus::Message> NextMessage(consensus::NodeId from);
  /// Takes the next heartbeat's commit index from `from`.
  std::optional<std::uint64_t> NextHeartbeat(consensus::NodeId from);
  std::optional<Forward> NextForward(consensus::NodeId from);
  std::optional<ForwardRefused> NextRefused(consensus::NodeId from);
  std::optional<Extension> NextExtension(consensus::NodeId from);
  std::size_t troubles();
  int forwards_without_receipt();

 private:
  template <class T>
  using Queues = std::map<consensus::NodeId, std::deque<std::pair<T, Receipt>>>;
  template <class T>
  void Keep(Queues<T>& queues, consensus::NodeId from, T message, Receipt receipt);
  template <class T>
  std::optional<T> Next(Queues<T>& queues, consensus::NodeId from);

  std::mutex mutex_;
  Bell bell_;
  Queues<consensus::Message> messages_;
  Queues<Forward> forwards_;
  Queues<ForwardRefused> refused_;
  Queues<Extension> extensions_;
  std::map<consensus::NodeId, int> counts_;
  int forwards_without_receipt_ = 0;
  std::map<consensus::NodeId, int> ups_;
  std::map<consensus::NodeId, int> downs_;
  std::vector<Error> troubles_;
};

/// Options of node `self` among nodes 1 to `nodes`, whose keys are TestKey(number); no addresses.
PeerTransport::Options TestOptions(std::uint32_t self, std::uint32_t nodes);

}  // namespace aval::net
