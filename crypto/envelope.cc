#include "crypto/envelope.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/text.h"

namespace aval::crypto {

namespace {

constexpr std::uint8_t kLengthDelimited = 2;

void PutVarint(Bytes& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80U));
    value >>= 7U;
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

void PutField(Bytes& out, std::uint8_t number, ByteView bytes) {
  out.push_back(static_cast<std::uint8_t>(number << 3U | kLengthDelimited));
  PutVarint(out, bytes.size());
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// Reads length-delimited fields one by one, remembering where it stands for the error.
class FieldReader {
 public:
  FieldReader(ByteView bytes, std::size_t offset) : rest_(bytes), offset_(offset) {}

  bool AtEnd() const { return rest_.empty(); }
  /// True when the next field has this number.
  bool Next(std::uint8_t number) const {
    return !rest_.empty() && rest_[0] == (number << 3U | kLengthDelimited);
  }

  Result<ByteView> Take(std::uint8_t number, const char* name) {
    if (!Next(number)) return Wrong(std::string("expected field ") + name);
    Advance(1);
    AVAL_TRY(const std::uint64_t length, Varint());
    if (length > rest_.size()) return Wrong(std::string(name) + " ends beyond the envelope");
    if (length == 0) return Wrong(std::string(name) + " is empty");
    const ByteView value = rest_.first(length);
    Advance(length);
    return value;
  }

  std::size_t offset() const { return offset_; }
  Error Wrong(const std::string& what) const {
    return {.code = Code::kInvalidArgument,
            .message = "envelope: " + what + " at offset " + std::to_string(offset_)};
  }

 private:
  Result<std::uint64_t> Varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 35 && !rest_.empty(); shift += 7) {
      const std::uint8_t byte = rest_[0];
      if (byte == 0 && shift > 0) return Wrong("length is not minimal");
      Advance(1);
      value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if (byte < 0x80) return value;
    }
    return Wrong("length is cut short or too long");
  }
  void Advance(std::size_t count) {
    rest_ = rest_.subspan(count);
    offset_ += count;
  }

  ByteView rest_;
  std::size_t offset_;
};

Result<EnvelopeSignature> ParseSignature(ByteView bytes, std::size_t offset) {
  FieldReader in(bytes, offset);
  EnvelopeSignature signature;
  AVAL_TRY(const ByteView sig, in.Take(1, "sig"));
  signature.signature = CopyBytes(sig);
  AVAL_TRY(const ByteView keyid, in.Take(2, "keyid"));
  auto key = KeyIdFromHex(AsText(keyid));
  if (!key) return in.Wrong("keyid is not 64 lowercase hex digits, ends");
  signature.key = *key;
  if (!in.AtEnd()) return in.Wrong("unknown or misplaced field");
  return signature;
}

std::string PaeHead(std::string_view type, std::size_t size) {
  return "DSSEv1 " + std::to_string(type.size()) + " " + std::string(type) + " " +
         std::to_string(size) + " ";
}

}  // namespace

Bytes Pae(std::string_view type, ByteView body) {
  const std::string head = PaeHead(type, body.size());
  Bytes pae;
  pae.reserve(head.size() + body.size());
  pae.insert(pae.end(), head.begin(), head.end());
  pae.insert(pae.end(), body.begin(), body.end());
  return pae;
}

Bytes EncodeEnvelope(const Envelope& envelope) {
  Bytes out;
  PutField(out, 1, envelope.payload);
  PutField(out, 2, AsBytes(envelope.payload_type));
  for (const EnvelopeSignature& signature : envelope.signatures) {
    Bytes inner;
    PutField(inner, 1, signature.signature);
    PutField(inner, 2, AsBytes(signature.key.Hex()));
    PutField(out, 3, inner);
  }
  return out;
}

Result<Envelope> ParseEnvelope(ByteView bytes, std::size_t bytes_max) {
  if (bytes.size() > bytes_max) {
    return Error{.code = Code::kInvalidArgument,
                 .message = "envelope: more than " + std::to_string(bytes_max) + " bytes"};
  }
  FieldReader in(bytes, 0);
  Envelope envelope;
  AVAL_TRY(const ByteView payload, in.Take(1, "payload"));
  envelope.payload = CopyBytes(payload);
  AVAL_TRY(const ByteView type, in.Take(2, "payloadType"));
  if (!IsUtf8(AsText(type))) return in.Wrong("payloadType is not UTF-8, ends");
  envelope.payload_type = std::string(AsText(type));
  do {
    AVAL_TRY(const ByteView inner, in.Take(3, "signatures"));
    AVAL_TRY(EnvelopeSignature signature, ParseSignature(inner, in.offset() - inner.size()));
    if (std::ranges::find(envelope.signatures, signature.key, &EnvelopeSignature::key) !=
        envelope.signatures.end()) {
      return in.Wrong("a keyid comes twice, ends");
    }
    if (envelope.signatures.size() == kEnvelopeSignaturesMax) {
      return in.Wrong("more than 16 signatures");
    }
    envelope.signatures.push_back(std::move(signature));
  } while (in.Next(3));
  if (!in.AtEnd()) return in.Wrong("unknown or misplaced field");
  return envelope;
}

Digest IdentityOf(const Envelope& envelope) {
  return Sha256(AsBytes(PaeHead(envelope.payload_type, envelope.payload.size())), envelope.payload);
}

void SignEnvelope(Envelope& envelope, const SecretKey& key) {
  const Signature signature = Sign(key, Pae(envelope.payload_type, envelope.payload));
  envelope.signatures.push_back(
      {.signature = CopyBytes(signature.bytes), .key = KeyIdOf(key.public_key())});
}

}  // namespace aval::crypto
