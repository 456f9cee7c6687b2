#include "tests/net/support.h"

#include <algorithm>
#include <array>
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

void Recorder::OnMessage(NodeId from, consensus::Message message) {
  const std::scoped_lock lock(mutex_);
  messages_[from].push_back(std::move(message));
  bell_.Ring();
}

void Recorder::OnForward(NodeId from, Forward forward) {
  const std::scoped_lock lock(mutex_);
  forwards_[from].push_back(std::move(forward));
  bell_.Ring();
}

void Recorder::OnForwardRefused(NodeId from, ForwardRefused refused) {
  const std::scoped_lock lock(mutex_);
  refused_[from].push_back(std::move(refused));
  bell_.Ring();
}

void Recorder::OnExtension(NodeId from, Extension extension) {
  const std::scoped_lock lock(mutex_);
  extensions_[from].push_back(std::move(extension));
  bell_.Ring();
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
std::optional<T> Recorder::Next(std::map<NodeId, std::deque<T>>& queues, NodeId from) {
  std::unique_lock lock(mutex_);
  if (!bell_.Await(lock, [&] { return !queues[from].empty(); })) return std::nullopt;
  T next = std::move(queues[from].front());
  queues[from].pop_front();
  return next;
}

std::optional<std::uint64_t> Recorder::NextHeartbeat(NodeId from) {
  const std::optional<consensus::Message> message = Next(messages_, from);
  if (!message || !std::holds_alternative<consensus::Heartbeat>(*message)) return std::nullopt;
  return std::get<consensus::Heartbeat>(*message).commit.value;
}

std::optional<Forward> Recorder::NextForward(NodeId from) { return Next(forwards_, from); }

std::optional<ForwardRefused> Recorder::NextRefused(NodeId from) { return Next(refused_, from); }

std::optional<Extension> Recorder::NextExtension(NodeId from) { return Next(extensions_, from); }

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
