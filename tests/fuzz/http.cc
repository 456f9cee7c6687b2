// What a client sends to the API: header, framing, target, and a body of each kind.

#include <boost/asio/buffer.hpp>
#include <boost/beast/http.hpp>

#include "crypto/envelope.h"
#include "net/http_framing.h"
#include "net/http_target.h"
#include "net/proto/api.pb.h"
#include "tests/fuzz/target.h"

namespace aval::net {
namespace {

namespace http = boost::beast::http;

void ReadBody(const std::vector<std::uint8_t>& body) {
  ::aval::api::v1::ActBatch batch;
  static_cast<void>(batch.ParseFromArray(body.data(), static_cast<int>(body.size())));
  static_cast<void>(crypto::EnvelopeFromJson(AsText(body)));
}

void Run(ByteView input) {
  http::request_parser<http::vector_body<std::uint8_t>> parser;
  parser.eager(true);
  parser.header_limit(16'384);
  parser.body_limit(std::uint64_t{1} << 20U);
  ByteView left = input;
  while (!parser.is_done() && !left.empty()) {
    boost::beast::error_code error;
    const std::size_t used = parser.put(boost::asio::buffer(left.data(), left.size()), error);
    if (error == http::error::need_more && used > 0) error = {};
    if (error || used == 0) break;
    left = left.subspan(used);
  }
  if (!parser.is_header_done()) return;
  const auto& message = parser.get();
  const auto fault = FramingFault(message, message.version());
  if (fault) AVAL_ASSERT(!fault->empty());
  const auto target = ParseHttpTarget(std::string_view(message.target()));
  if (target) AVAL_ASSERT(target->path.starts_with('/'));
  if (parser.is_done() && !fault) ReadBody(message.body());
}

}  // namespace
}  // namespace aval::net

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  aval::net::Run({data, size});
  return 0;
}
