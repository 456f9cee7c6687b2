#include "cli/bench/mix.h"

#include <algorithm>

#include "crypto/envelope.h"
#include "ledger/proto/acts.pb.h"

namespace aval::cli::bench {
namespace {

// The name of the body that is set.
Result<std::string> TypeOf(const Bytes& payload) {
  act::v1::Act act;
  if (!act.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return Error{.code = Code::kInvalidArgument, .message = "the payload is no act"};
  }
  const auto* body = act::v1::Act::descriptor()->FindOneofByName("body");
  const auto* field = act.GetReflection()->GetOneofFieldDescriptor(act, body);
  if (field == nullptr) {
    return Error{.code = Code::kInvalidArgument, .message = "the act has no body"};
  }
  return field->name();
}

}  // namespace

double Mix::SignaturesPerAct() const {
  return static_cast<double>(signatures) / static_cast<double>(std::max<std::uint64_t>(acts, 1));
}

Result<Mix> MixOf(const std::vector<std::vector<Bytes>>& chains) {
  Mix mix;
  for (const std::vector<Bytes>& chain : chains) {
    for (const Bytes& act : chain) {
      AVAL_TRY(const crypto::Envelope envelope, crypto::ParseEnvelope(act));
      AVAL_TRY(const std::string type, TypeOf(envelope.payload));
      ++mix.acts_by_type[type];
      ++mix.acts;
      mix.signatures += envelope.signatures.size();
      mix.bytes += act.size();
    }
  }
  return mix;
}

}  // namespace aval::cli::bench
