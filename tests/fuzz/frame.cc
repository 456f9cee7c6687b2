// A peer's stream: frames, however they are torn, and the messages in them.

#include <algorithm>

#include "net/frame.h"
#include "net/peer_codec.h"
#include "tests/fuzz/target.h"

namespace aval::net {
namespace {

// What is accepted can be sent on, and means the same there.
void SendOn(const PeerMessage& message) {
  Bytes frame;
  AppendFrame(message, frame);
  AVAL_ASSERT(frame.size() <= kFrameHeaderBytes + FrameBound(message));
  FrameReader reader;
  const std::span<std::uint8_t> space = reader.Space();
  AVAL_ASSERT(!space.empty());
  const auto again = DecodeFrame(ByteView(frame).subspan(kFrameHeaderBytes));
  AVAL_ASSERT(again.has_value());
  Bytes second;
  AppendFrame(*again, second);
  AVAL_ASSERT(second == frame);
}

void Run(ByteView input) {
  if (input.empty()) return;
  const std::size_t piece = std::size_t{input[0]} + 1;  // How the stream is torn.
  ByteView left = input.subspan(1);
  FrameReader reader(1U << 16U);
  while (!left.empty()) {
    const std::span<std::uint8_t> space = reader.Space();
    const std::size_t size = std::min({piece, space.size(), left.size()});
    AVAL_ASSERT(size > 0);
    std::copy_n(left.begin(), size, space.begin());
    reader.Filled(size);
    left = left.subspan(size);
    for (;;) {
      const auto frame = reader.Next();
      if (!frame) return;
      if (!*frame) break;
      if (const auto message = DecodeFrame(**frame)) SendOn(*message);
    }
  }
}

}  // namespace
}  // namespace aval::net

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  aval::net::Run({data, size});
  return 0;
}
