#include "tests/net/support.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

namespace aval::net {

using consensus::NodeId;

crypto::SecretKey TestKey(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed[0] = number;
  return crypto::SecretKey::FromSeed(seed);
}

crypto::KeyId TestKeyId(std::uint8_t number) {
  return crypto::KeyIdOf(TestKey(number).public_key());
}

std::shared_ptr<const Bytes> SharedBytes(std::string_view text) {
  return std::make_shared<const Bytes>(CopyBytes(AsBytes(text)));
}

template <class T>
void Recorder::Keep(Queues<T>& queues, NodeId from, T message, Receipt receipt) {
  const std::scoped_lock lock(mutex_);
  queues[from].emplace_back(std::move(message), std::move(receipt));
  ++counts_[from];
  bell_.Ring();
}

void Recorder::OnMessage(consensus::Sender from, consensus::Message message, Receipt receipt) {
  Keep(messages_, from.node, std::move(message), std::move(receipt));
}

void Recorder::OnForward(NodeId from, Forward forward, Receipt receipt) {
  {
    const std::scoped_lock lock(mutex_);
    if (receipt == nullptr) ++forwards_without_receipt_;
  }
  Keep(forwards_, from, std::move(forward), std::move(receipt));
}

void Recorder::OnForwardRefused(NodeId from, ForwardRefused refused, Receipt receipt) {
  Keep(refused_, from, std::move(refused), std::move(receipt));
}

void Recorder::OnExtension(NodeId from, Extension extension, Receipt receipt) {
  Keep(extensions_, from, std::move(extension), std::move(receipt));
}

void Recorder::OnLink(NodeId peer, bool up) {
  const std::scoped_lock lock(mutex_);
  ++(up ? ups_ : downs_)[peer];
  bell_.Ring();
}

void Recorder::OnTrouble(std::optional<NodeId>, const Error& error) {
  const std::scoped_lock lock(mutex_);
  troubles_.push_back(error);
  bell_.Ring();
}

bool Recorder::AwaitUps(NodeId peer, int times) {
  std::unique_lock lock(mutex_);
  return bell_.Await(lock, [&] { return ups_[peer] >= times; });
}

bool Recorder::AwaitDowns(NodeId peer, int times) {
  std::unique_lock lock(mutex_);
  return bell_.Await(lock, [&] { return downs_[peer] >= times; });
}

bool Recorder::AwaitMessages(NodeId peer, int count) {
  std::unique_lock lock(mutex_);
  return bell_.Await(lock, [&] { return counts_[peer] >= count; });
}

std::optional<Error> Recorder::AwaitTrouble(std::string_view part) {
  std::unique_lock lock(mutex_);
  std::optional<Error> found;
  const bool came = bell_.Await(lock, [&] {
    for (const Error& error : troubles_) {
      if (error.message.find(part) != std::string::npos) found = error;
    }
    return found.has_value();
  });
  return came ? found : std::nullopt;
}

template <class T>
std::optional<T> Recorder::Next(Queues<T>& queues, NodeId from) {
  std::unique_lock lock(mutex_);
  if (!bell_.Await(lock, [&] { return !queues[from].empty(); })) return std::nullopt;
  T next = std::move(queues[from].front().first);
  queues[from].pop_front();
  return next;
}

std::optional<consensus::Message> Recorder::NextMessage(NodeId from) {
  return Next(messages_, from);
}

std::optional<std::uint64_t> Recorder::NextHeartbeat(NodeId from) {
  const std::optional<consensus::Message> message = NextMessage(from);
  if (!message || !std::holds_alternative<consensus::Heartbeat>(*message)) return std::nullopt;
  return std::get<consensus::Heartbeat>(*message).commit.value;
}

std::optional<Forward> Recorder::NextForward(NodeId from) { return Next(forwards_, from); }

std::optional<ForwardRefused> Recorder::NextRefused(NodeId from) { return Next(refused_, from); }

std::optional<Extension> Recorder::NextExtension(NodeId from) { return Next(extensions_, from); }

int Recorder::forwards_without_receipt() {
  const std::scoped_lock lock(mutex_);
  return forwards_without_receipt_;
}

std::size_t Recorder::troubles() {
  const std::scoped_lock lock(mutex_);
  return troubles_.size();
}

PeerTransport::Options TestOptions(std::uint32_t self, std::uint32_t nodes) {
  PeerTransport::Options options;
  options.self = NodeId{self};
  options.origin = "test.example/ledger";
  for (std::uint32_t node = 1; node <= nodes; ++node) {
    if (node == self) continue;
    options.peers.push_back({.id = NodeId{node},
                             .host = "127.0.0.1",
                             .port = 0,
                             .keys = {TestKeyId(static_cast<std::uint8_t>(node))}});
  }
  options.backoff_min = std::chrono::milliseconds(1);
  options.backoff_max = std::chrono::milliseconds(20);
  return options;
}

}  // namespace aval::net
