#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"
#include "net/peer_message.h"

namespace aval::net {

/// The longest frame that `message` can become; cheap. Senders keep it within kMaxFrameBytes.
std::size_t FrameBound(const PeerMessage& message);

/// Appends `message` as one frame, header included. FrameBound(message) <= kMaxFrameBytes.
void AppendFrame(const PeerMessage& message, Bytes& out);

/// The message in a frame's content. Strict about form: unknown fields, lengths, ranges of numbers;
/// whether consensus messages make sense is for the core to say. kCorruption names the field.
Result<PeerMessage> DecodeFrame(ByteView content);

}  // namespace aval::net
