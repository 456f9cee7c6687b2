// aval act submit: sends a signed act and waits for its outcome.

#include <boost/json/serialize.hpp>
#include <cstdio>
#include <filesystem>
#include <string>

#include "base/disk.h"
#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/json.h"
#include "crypto/envelope.h"

namespace aval::cli {
namespace {

constexpr std::chrono::milliseconds kTimeout{30'000};

// DSSE JSON, or the envelope's protobuf as it travels.
Result<Bytes> ReadEnvelope(const std::filesystem::path& file) {
  PosixDisk disk;
  AVAL_TRY(Bytes content, disk.ReadFile(file));
  if (content.empty() || content.front() != '{') return content;
  auto envelope = crypto::EnvelopeFromJson(AsText(content));
  if (!envelope) {
    return Error{.code = envelope.error().code,
                 .message = file.string() + ": " + envelope.error().message};
  }
  return crypto::EncodeEnvelope(*envelope);
}

Result<ActReply> Submit(const ActSubmitOptions& options) {
  AVAL_TRY(const Bytes envelope, ReadEnvelope(options.file));
  AVAL_TRY(Connection connection, Connection::Open(options.connection));
  AVAL_TRY(const std::vector<ActReply> replies,
           connection.chosen().SubmitAndWait({envelope}, kTimeout));
  return replies.front();
}

}  // namespace

int RunActSubmit(const ActSubmitOptions& options) {
  const auto reply = Submit(options);
  if (!reply) return Report(reply.error());
  std::string code = reply->code();
  if (reply->status == ActReply::Status::kOverloaded) code = "overloaded";
  if (reply->status == ActReply::Status::kUnknown) code = "outcome_unknown";
  if (options.connection.json) {
    boost::json::object body{{"code", code},
                             {"message", reply->message},
                             {"recorded", reply->recorded},
                             {"repeated", reply->repeated}};
    if (reply->recorded) body.emplace("leaf", reply->leaf);
    std::printf("%s\n", boost::json::serialize(body).c_str());
  } else if (reply->recorded) {
    std::printf("%s, leaf %llu%s: %s\n", code.c_str(), static_cast<unsigned long long>(reply->leaf),
                reply->repeated ? " (decided before)" : "", reply->message.c_str());
  } else {
    std::printf("%s, not recorded: %s\n", code.c_str(), reply->message.c_str());
  }
  if (reply->status == ActReply::Status::kMalformed) return 2;
  return reply->status == ActReply::Status::kDecided && reply->verdict == 0 ? 0 : 1;
}

}  // namespace aval::cli
