// A peer's stream: frames, however they are torn, and the messages in them.

#include <google/protobuf/stubs/logging.h>
#include <algorithm>

#include "net/frame.h"
#include "net/peer_codec.h"
#include "tests/fuzz/target.h"

namespace aval::net {
namespace {

// Gives the stream to the reader in pieces of at most `piece` bytes, and calls `take` with each
// frame; false when the stream is refused.
template <class Take>
bool ReadStream(ByteView stream, std::size_t piece, std::size_t max_frame, const Take& take) {
  FrameReader reader(max_frame);
  while (!stream.empty()) {
    const std::span<std::uint8_t> space = reader.Space();
    const std::size_t size = std::min({piece, space.size(), stream.size()});
    AVAL_ASSERT(size > 0);
    std::copy_n(stream.begin(), size, space.begin());
    reader.Filled(size);
    stream = stream.subspan(size);
    for (;;) {
      const auto frame = reader.Next();
      if (!frame) return false;
      if (!*frame) break;
      take(**frame);
    }
  }
  return true;
}

// What is accepted can be sent on, and means the same there.
void SendOn(const PeerMessage& message) {
  Bytes frame;
  AppendFrame(message, frame);
  AVAL_ASSERT(frame.size() <= kFrameHeaderBytes + FrameBound(message));
  std::size_t arrived = 0;
  const bool read = ReadStream(frame, frame.size(), kMaxFrameBytes, [&](ByteView content) {
    ++arrived;
    const auto again = DecodeFrame(content);
    AVAL_ASSERT(again.has_value());
    Bytes second;
    AppendFrame(*again, second);
    AVAL_ASSERT(second == frame);
  });
  AVAL_ASSERT(read && arrived == 1);
}

void Run(ByteView input) {
  if (input.empty()) return;
  const std::size_t piece = std::size_t{input[0]} + 1;  // How the stream is torn.
  ReadStream(input.subspan(1), piece, 1U << 16U, [](ByteView content) {
    if (const auto message = DecodeFrame(content)) SendOn(*message);
  });
}

}  // namespace
}  // namespace aval::net

// As avald does: a line for each message with bad UTF-8 would fill the disk.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  aval::net::Run({data, size});
  return 0;
}
