#include <algorithm>
#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crypto/envelope.h"

namespace aval::crypto {

namespace {

namespace json = boost::json;

Error Wrong(const std::string& what) {
  return {.code = Code::kInvalidArgument, .message = "DSSE JSON: " + what};
}

/// Ends at a key that its object has already: the value that json::parse builds keeps the last one
/// without a word, and another reader may keep the first.
struct KeysOnce {
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  bool on_object_begin(json::error_code&) {
    open.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    open.pop_back();
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view rest, std::size_t, json::error_code& failure) {
    key.append(rest.data(), rest.size());
    twice = !open.back().insert(std::exchange(key, {})).second;
    if (twice) failure = json::error::exception;
    return !twice;
  }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  std::vector<std::set<std::string>> open;  // The keys of each object that is open.
  std::string key;                          // As far as it has come, without escapes.
  bool twice = false;
};

// What is no JSON at all, json::parse says better.
Result<void> CheckKeys(std::string_view text) {
  json::basic_parser<KeysOnce> parser(json::parse_options{});
  json::error_code failure;
  const std::size_t end = parser.write_some(/*more=*/false, text.data(), text.size(), failure);
  if (!parser.handler().twice) return {};
  return Wrong("the key that ends at offset " + std::to_string(end) + " is there twice");
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
  AVAL_CHECK(CheckKeys(text));
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
