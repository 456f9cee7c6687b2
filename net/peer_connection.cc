#include "net/peer_connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <utility>
#include <variant>

#include "base/assert.h"
#include "net/peer_codec.h"

namespace aval::net {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

// A timer for each frame would cost more than the frame.
constexpr std::chrono::milliseconds kLeastRest{10};
// Of one who is being left and sends on; enough for what an honest one had under way.
constexpr std::size_t kLeavingBytes = std::size_t{4} << 20U;

}  // namespace

PeerConnection::PeerConnection(Lifetime::Token token, std::shared_ptr<const Rules> rules,
                               std::unique_ptr<TlsStream> stream, std::string place)
    : token_(std::move(token)),
      rules_(std::move(rules)),
      stream_(std::move(stream)),
      handshake_(*stream_, *rules_->turns),
      place_(std::move(place)),
      deadline_(stream_->get_executor()),
      tick_(stream_->get_executor()),
      pace_(rules_->pace),
      rest_(stream_->get_executor()) {}

void PeerConnection::Start(crypto::TlsContext::Side side, std::shared_ptr<Owner> owner) {
  asio::dispatch(stream_->get_executor(),
                 [self = shared_from_this(), side, owner = std::move(owner)] {
                   self->owner_ = owner;
                   self->Handshake(side);
                 });
}

void PeerConnection::Handshake(crypto::TlsContext::Side side) {
  TuneSocket(stream_->next_layer());
  deadline_.Set(rules_->handshake_timeout, [self = shared_from_this()] {
    self->Fail(self->Here(Code::kTimeout, "no greeting in time"));
  });
  const auto ended = [self = shared_from_this()](const error_code& error) {
    self->OnHandshake(error);
  };
  if (side == crypto::TlsContext::Side::kClient) {
    stream_->async_handshake(TlsStream::client, ended);
  } else {
    handshake_.Start(rules_->handshake_turn, ended);
  }
}

void PeerConnection::OnHandshake(const error_code& error) {
  if (state_ != State::kHandshake) return;
  if (error) {
    state_ = State::kLeaving;
    deadline_.Set(rules_->linger_timeout, [self = shared_from_this()] { self->Close(); });
    Linger(stream_->next_layer(), [self = shared_from_this()] { self->Close(); });
    owner_->Closed(NetError(place_, error));
    return;
  }
  const std::optional<crypto::KeyId> key = PeerKey(*stream_);
  AVAL_ASSERT(key && rules_->nodes.contains(*key));  // The handshake accepts no other.
  peer_ = rules_->nodes.at(*key);
  state_ = State::kGreeting;
  Bytes greeting;
  AppendFrame(rules_->own, greeting);
  Write(std::move(greeting));
  Read();
}

void PeerConnection::Read() {
  const std::span<std::uint8_t> space = reader_.Space();
  stream_->async_read_some(asio::buffer(space.data(), space.size()),
                           [self = shared_from_this()](const error_code& error, std::size_t count) {
                             self->OnRead(error, count);
                           });
}

void PeerConnection::OnRead(const error_code& error, std::size_t count) {
  if (state_ == State::kClosed) return;
  if (error) {
    if (state_ == State::kLeaving) {
      Close();
    } else {
      Fail(NetError(place_, error));
    }
    return;
  }
  if (state_ == State::kLeaving) {
    left_unread_ += count;
    if (left_unread_ > kLeavingBytes) return Close();
  } else {
    heard_ = steady_clock::now();
    owner_->Heard(count);
    reader_.Filled(count);
    TakeFrames();
  }
  if (state_ != State::kClosed && !paused_) Read();
}

void PeerConnection::TakeFrames() {
  while (state_ == State::kGreeting || state_ == State::kOpen) {
    if (!MayTake()) {
      paused_ = true;
      return;
    }
    const Result<std::optional<ByteView>> frame = reader_.Next();
    if (!frame) return Refuse(frame.error());
    if (!*frame) return;
    pace_.Count(1, (*frame)->size(), rules_->clock->Now());
    Result<PeerMessage> message = DecodeFrame(**frame);
    if (!message) return Refuse(message.error());
    Take(*std::move(message), (*frame)->size());
  }
}

bool PeerConnection::MayTake() {
  if (state_ != State::kOpen) return true;  // The greeting is not the owner's.
  const Duration rest = pace_.Rest(rules_->clock->Now());
  if (rest == Duration(0)) return owner_->HasRoom();
  rest_.expires_after(std::max<Duration>(rest, kLeastRest));
  rest_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error) self->Resume();
  });
  return false;
}

void PeerConnection::Resume() {
  asio::post(stream_->get_executor(), [self = shared_from_this()] {
    if (!std::exchange(self->paused_, false)) return;
    self->heard_ = steady_clock::now();  // It was not listened to.
    self->TakeFrames();
    if (self->state_ != State::kClosed && !self->paused_) self->Read();
  });
}

void PeerConnection::Take(PeerMessage message, std::size_t bytes) {
  if (const auto* goodbye = std::get_if<Goodbye>(&message)) {
    Fail(Here(Code::kUnavailable, "says goodbye: " + goodbye->reason));
    return;
  }
  if (state_ == State::kGreeting) {
    if (const Result<void> greeting = CheckGreeting(message); !greeting) {
      return Refuse(greeting.error());
    }
    state_ = State::kOpen;
    deadline_.Clear();
    written_ = steady_clock::now();
    Tick();
    owner_->Greeted({.node = peer_, .incarnation = std::get<Hello>(message).incarnation});
    return;
  }
  if (std::holds_alternative<Alive>(message)) return;
  if (std::holds_alternative<Hello>(message)) {
    return Refuse({.code = Code::kCorruption, .message = "a second greeting"});
  }
  owner_->Received(std::move(message), bytes);
}

Result<void> PeerConnection::CheckGreeting(const PeerMessage& message) const {
  const auto* hello = std::get_if<Hello>(&message);
  const auto refuse = [](Code code, std::string text) {
    return Error{.code = code, .message = std::move(text)};
  };
  if (hello == nullptr) return refuse(Code::kCorruption, "the first message is no greeting");
  if (hello->version != rules_->own.version) {
    return refuse(Code::kDenied, "protocol version " + std::to_string(hello->version) +
                                     " meets version " + std::to_string(rules_->own.version));
  }
  if (hello->origin != rules_->own.origin) {
    return refuse(Code::kDenied, "a node of ledger '" + hello->origin + "' meets one of ledger '" +
                                     rules_->own.origin + "'");
  }
  if (hello->node != peer_) {
    return refuse(Code::kDenied, "calls itself node " + std::to_string(hello->node.value) +
                                     " with the key of node " + std::to_string(peer_.value));
  }
  return {};
}

void PeerConnection::Write(Bytes frames) {
  if (state_ != State::kGreeting && state_ != State::kOpen) return;
  if (waiting_.empty()) {
    waiting_ = std::move(frames);
  } else {
    waiting_.insert(waiting_.end(), frames.begin(), frames.end());
  }
  if (!writing_) WriteMore();
}

void PeerConnection::WriteMore() {
  writing_ = true;
  outgoing_ = std::exchange(waiting_, {});
  asio::async_write(*stream_, asio::buffer(outgoing_),
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      self->OnWritten(error);
                    });
}

void PeerConnection::OnWritten(const error_code& error) {
  writing_ = false;
  if (state_ == State::kClosed) return;
  if (error) {
    if (state_ == State::kLeaving) {
      Close();
    } else {
      Fail(NetError(place_, error));
    }
    return;
  }
  written_ = steady_clock::now();
  if (!waiting_.empty()) {
    WriteMore();
  } else if (state_ == State::kLeaving) {
    error_code ignored;  // The read that is under way reports whatever is wrong with the socket.
    stream_->next_layer().shutdown(asio::socket_base::shutdown_send, ignored);
  } else if (state_ == State::kOpen) {
    owner_->Drained();
  }
}

void PeerConnection::Tick() {
  if (state_ != State::kOpen) return;
  const steady_clock::time_point now = steady_clock::now();
  if (!paused_ && now - heard_ >= rules_->idle_timeout) {
    return Fail(Here(Code::kTimeout, "no sign of life"));
  }
  if (!writing_ && now - written_ >= rules_->alive_interval) {
    Bytes alive;
    AppendFrame(Alive{}, alive);
    Write(std::move(alive));
  }
  tick_.expires_after(rules_->alive_interval);
  tick_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error) self->Tick();
  });
}

void PeerConnection::Leave(std::string reason) {
  asio::dispatch(stream_->get_executor(), [self = shared_from_this(), reason = std::move(reason)] {
    if (self->state_ == State::kHandshake) {
      self->Fail(self->Here(Code::kCancelled, reason));
    } else {
      self->Refuse({.code = Code::kCancelled, .message = reason});
    }
  });
}

void PeerConnection::Abort() {
  asio::dispatch(stream_->get_executor(), [self = shared_from_this()] {
    self->Fail(self->Here(Code::kOverloaded, "makes room for a newer caller"));
  });
}

void PeerConnection::Refuse(const Error& error) {
  if (state_ == State::kLeaving || state_ == State::kClosed) return;
  state_ = State::kLeaving;
  waiting_.clear();
  AppendFrame(Goodbye{.reason = error.message}, waiting_);
  if (!writing_) WriteMore();
  deadline_.Set(rules_->linger_timeout, [self = shared_from_this()] { self->Close(); });
  if (std::exchange(paused_, false)) Read();  // Until the peer has closed, too.
  owner_->Closed(Here(error.code, error.message));
}

void PeerConnection::Fail(const Error& error) {
  if (state_ == State::kClosed) return;
  if (std::exchange(state_, State::kLeaving) != State::kLeaving) owner_->Closed(error);
  Close();
}

void PeerConnection::Close() {
  if (std::exchange(state_, State::kClosed) == State::kClosed) return;
  paused_ = false;
  deadline_.Clear();
  handshake_.Stop();
  tick_.cancel();
  rest_.cancel();
  error_code ignored;  // Closed is closed.
  stream_->next_layer().close(ignored);
  std::exchange(owner_, nullptr)->Released();  // And lets go of who holds this connection.
}

Error PeerConnection::Here(Code code, const std::string& what) const {
  return {.code = code, .message = place_ + ": " + what};
}

}  // namespace aval::net
