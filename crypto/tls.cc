#include "crypto/tls.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <string>
#include <utility>

#include "base/assert.h"

namespace aval::crypto {

namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<&X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Freed<&SSL_CTX_free>>;

Error TlsError(const std::string& what) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  return {.code = Code::kInvalidArgument, .message = "TLS: " + what + ": " + text.data()};
}

// Slot of an SSL_CTX for its set of accepted keys.
int PinsSlot() {
  static const int slot = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr, [](void*, void* pins, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<std::set<KeyId>*>(pins);
      });
  return slot;
}

std::optional<KeyId> KeyOfCertificate(const X509* certificate) {
  unsigned char* der = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (length <= 0) return std::nullopt;
  const KeyId id{Sha256({der, static_cast<std::size_t>(length)})};
  OPENSSL_free(der);
  return id;
}

// Takes the place of chain building: the pinned key is the whole trust.
int AcceptPinnedKey(X509_STORE_CTX* verification, void*) {
  const auto* connection = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* pins = static_cast<const std::set<KeyId>*>(
      SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), PinsSlot()));
  const X509* certificate = X509_STORE_CTX_get0_cert(verification);
  const std::optional<KeyId> key = certificate ? KeyOfCertificate(certificate) : std::nullopt;
  if (key && pins->contains(*key)) return 1;
  X509_STORE_CTX_set_error(verification, X509_V_ERR_CERT_REJECTED);
  return 0;
}

Result<Certificate> SelfSigned(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  // RFC 5280 4.1.2.5: 99991231235959Z says that there is no good expiry date.
  const bool made =
      X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
      ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1) == 1 &&
      ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate.get()), "20200101000000Z") == 1 &&
      ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate.get()), "99991231235959Z") == 1 &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                 reinterpret_cast<const unsigned char*>("aval"), -1, -1, 0) == 1 &&
      X509_set_issuer_name(certificate.get(), name) == 1 &&
      X509_set_pubkey(certificate.get(), key) == 1 &&
      X509_sign(certificate.get(), key, nullptr) > 0;
  if (!made) return TlsError("cannot make a certificate");
  return certificate;
}

}  // namespace

Result<TlsContext> TlsContext::Make(Side side, const SecretKey& own, std::set<KeyId> peers) {
  const PrivateKey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, own.seed().data(),
                                                    own.seed().size()));
  if (!key) return TlsError("bad key");
  AVAL_TRY(const Certificate certificate, SelfSigned(key.get()));
  Context context(SSL_CTX_new(side == Side::kServer ? TLS_server_method() : TLS_client_method()));
  if (!context) return TlsError("no context");
  if (SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1 ||
      SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
    return TlsError("cannot set up");
  }
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  auto pins = std::make_unique<std::set<KeyId>>(std::move(peers));
  if (SSL_CTX_set_ex_data(context.get(), PinsSlot(), pins.get()) != 1) return TlsError("no slot");
  static_cast<void>(pins.release());  // The context's now.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context.get(), &AcceptPinnedKey, nullptr);
  return TlsContext(context.release());
}

TlsContext::TlsContext(TlsContext&& other) noexcept
    : context_(std::exchange(other.context_, nullptr)) {}

TlsContext& TlsContext::operator=(TlsContext&& other) noexcept {
  std::swap(context_, other.context_);
  return *this;
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

std::optional<KeyId> PeerKey(const ssl_st* connection) {
  const Certificate certificate(SSL_get1_peer_certificate(connection));
  return certificate ? KeyOfCertificate(certificate.get()) : std::nullopt;
}

}  // namespace aval::crypto
