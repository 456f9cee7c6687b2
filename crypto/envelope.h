#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"

namespace aval::crypto {

/// DSSE 1.0.2: what a signer signs and how it travels (formats.md 1.1 and 1.2).

inline constexpr std::string_view kActType = "application/vnd.aval.act.v1+protobuf";
inline constexpr std::string_view kGenesisType = "application/vnd.aval.genesis.v1+protobuf";

inline constexpr std::size_t kEnvelopeBytesMax = 32'000;
inline constexpr std::size_t kEnvelopeSignaturesMax = 16;

/// PAE(type, body): the bytes under every signature of an envelope.
Bytes Pae(std::string_view type, ByteView body);

struct EnvelopeSignature {
  Bytes signature;
  KeyId key;
};

struct Envelope {
  Bytes payload;
  std::string payload_type;
  std::vector<EnvelopeSignature> signatures;
};

/// The protobuf `io.intoto.Envelope` = {1 payload, 2 payloadType, 3 repeated {1 sig, 2 keyid}}.
Bytes EncodeEnvelope(const Envelope& envelope);

/// Accepts exactly what EncodeEnvelope writes: fields in number order, all present, no unknown
/// ones, a type in UTF-8, minimal varints, keyids of 64 lowercase hex digits and distinct, 1 to 16
/// signatures, and at most `bytes_max` bytes. Errors (kInvalidArgument) name the offset. Signatures
/// are not verified here.
Result<Envelope> ParseEnvelope(ByteView bytes, std::size_t bytes_max = kEnvelopeBytesMax);

/// What the act is, whoever signed it: SHA-256 of its PAE.
Digest IdentityOf(const Envelope& envelope);

/// Appends `key`'s signature over the PAE.
void SignEnvelope(Envelope& envelope, const SecretKey& key);

/// The same as DSSE's JSON: {"payload": base64, "payloadType": text, "signatures": [{"sig": base64,
/// "keyid": text}]}. Reading takes both base64 alphabets, as DSSE asks, and refuses other members;
/// `bytes_max` bounds the binary form.
std::string EnvelopeToJson(const Envelope& envelope);
Result<Envelope> EnvelopeFromJson(std::string_view text, std::size_t bytes_max = kEnvelopeBytesMax);

}  // namespace aval::crypto
