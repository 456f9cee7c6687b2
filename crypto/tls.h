#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>

#include "base/result.h"
#include "crypto/ed25519.h"

// OpenSSL's own types, so that its headers stay out of ours.
struct ssl_ctx_st;
struct ssl_st;

namespace aval::crypto {

/// TLS 1.3 between parties that know each other's keys: both sides show a self-signed certificate,
/// and what counts is the key in it, not its dates, names or issuer. No session is ever resumed, so
/// that every connection proves its key. Threads: a context may serve many connections of many
/// threads.
class TlsContext {
 public:
  enum class Side : std::uint8_t { kClient, kServer };

  /// `own` is this side's key. The peer must show a key among `peers`; nobody else gets through the
  /// handshake. Empty `peers`: nobody does.
  static Result<TlsContext> Make(Side side, const SecretKey& own, std::set<KeyId> peers);

  TlsContext(TlsContext&& other) noexcept;
  TlsContext& operator=(TlsContext&& other) noexcept;
  ~TlsContext();

  /// Stays owned by this context; whoever keeps it longer takes a reference (SSL_CTX_up_ref).
  ssl_ctx_st* native() const { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_ = nullptr;
};

/// The key that the peer of a finished handshake has shown.
std::optional<KeyId> PeerKey(const ssl_st* connection);

}  // namespace aval::crypto
