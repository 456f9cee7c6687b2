#include <algorithm>
#include <boost/json.hpp>
#include <string>

#include "crypto/envelope.h"

namespace aval::crypto {

namespace {

namespace json = boost::json;

Error Wrong(const std::string& what) {
  return {.code = Code::kInvalidArgument, .message = "DSSE JSON: " + what};
}

Result<std::string> Text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return Wrong(std::string(name) + " is no string");
  return std::string(value->get_string());
}

// DSSE asks readers to take the standard and the URL-safe alphabet.
Result<Bytes> EitherBase64(std::string text) {
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  return FromBase64(text);
}

}  // namespace

std::string EnvelopeToJson(const Envelope& envelope) {
  json::array signatures;
  for (const EnvelopeSignature& signature : envelope.signatures) {
    signatures.push_back({{"sig", ToBase64(signature.signature)}, {"keyid", signature.key.Hex()}});
  }
  return json::serialize(json::value{{"payload", ToBase64(envelope.payload)},
                                     {"payloadType", envelope.payload_type},
                                     {"signatures", std::move(signatures)}});
}

Result<Envelope> EnvelopeFromJson(std::string_view text, std::size_t bytes_max) {
  json::error_code failure;
  const json::value root = json::parse(text, failure);
  if (failure) return Wrong(failure.message());
  const json::object* object = root.if_object();
  if (object == nullptr || object->size() != 3) {
    return Wrong("not an object of payload, payloadType and signatures");
  }
  Envelope envelope;
  AVAL_TRY(const std::string payload, Text(*object, "payload"));
  AVAL_TRY(envelope.payload, EitherBase64(payload));
  AVAL_TRY(envelope.payload_type, Text(*object, "payloadType"));
  const json::value* signatures = object->if_contains("signatures");
  if (signatures == nullptr || !signatures->is_array()) return Wrong("signatures is no array");
  for (const json::value& entry : signatures->get_array()) {
    const json::object* member = entry.if_object();
    if (member == nullptr || member->size() != 2) return Wrong("a signature is not {sig, keyid}");
    AVAL_TRY(const std::string sig, Text(*member, "sig"));
    AVAL_TRY(const std::string keyid, Text(*member, "keyid"));
    EnvelopeSignature signature;
    AVAL_TRY(signature.signature, EitherBase64(sig));
    AVAL_TRY(signature.key, KeyIdFromHex(keyid));
    envelope.signatures.push_back(std::move(signature));
  }
  // The binary form's own rules (counts, sizes, distinct keys) hold here, too.
  return ParseEnvelope(EncodeEnvelope(envelope), bytes_max);
}

}  // namespace aval::crypto
