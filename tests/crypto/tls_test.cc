#include "crypto/tls.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>

namespace aval::crypto {
namespace {

SecretKey KeyNumber(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed[0] = number;
  return SecretKey::FromSeed(seed);
}

/// Two ends of a handshake, joined in memory.
class Handshake {
 public:
  Handshake(const TlsContext& server, SSL_CTX* client)
      : server_(SSL_new(server.native())), client_(SSL_new(client)) {
    BIO* left = nullptr;
    BIO* right = nullptr;
    BIO_new_bio_pair(&left, 0, &right, 0);
    SSL_set_bio(server_, left, left);
    SSL_set_bio(client_, right, right);
    SSL_set_accept_state(server_);
    SSL_set_connect_state(client_);
  }
  Handshake(const Handshake&) = delete;
  Handshake& operator=(const Handshake&) = delete;
  ~Handshake() {
    SSL_free(server_);
    SSL_free(client_);
  }
  /// True when both sides finish, and both still read after it: TLS 1.3 reports a refused client
  /// certificate only then.
  bool Succeeds() {
    for (int i = 0; i < 10; ++i) {
      SSL_do_handshake(client_);
      SSL_do_handshake(server_);
    }
    return SSL_is_init_finished(client_) == 1 && SSL_is_init_finished(server_) == 1;
  }
  SSL* server() { return server_; }
  SSL* client() { return client_; }

 private:
  SSL* server_;
  SSL* client_;
};

class TlsTest : public testing::Test {
 protected:
  TlsContext Server(std::set<KeyId> pins) {
    return *TlsContext::Make(TlsContext::Side::kServer, server_key_, std::move(pins));
  }
  TlsContext Client(std::set<KeyId> pins) {
    return *TlsContext::Make(TlsContext::Side::kClient, client_key_, std::move(pins));
  }
  const SecretKey server_key_ = KeyNumber(1);
  const SecretKey client_key_ = KeyNumber(2);
  const KeyId server_id_ = KeyIdOf(server_key_.public_key());
  const KeyId client_id_ = KeyIdOf(client_key_.public_key());
};

TEST_F(TlsTest, KnownKeysMeetAndSeeEachOther) {
  const TlsContext server = Server({client_id_});
  const TlsContext client = Client({server_id_});
  Handshake handshake(server, client.native());
  ASSERT_TRUE(handshake.Succeeds());
  EXPECT_EQ(PeerKey(handshake.server()), client_id_);
  EXPECT_EQ(PeerKey(handshake.client()), server_id_);
}

TEST_F(TlsTest, AnUnknownClientIsRefused) {
  const TlsContext server = Server({server_id_});
  const TlsContext client = Client({server_id_});
  EXPECT_FALSE(Handshake(server, client.native()).Succeeds());
}

TEST_F(TlsTest, AnUnknownServerIsRefused) {
  const TlsContext server = Server({client_id_});
  const TlsContext client = Client({client_id_});
  EXPECT_FALSE(Handshake(server, client.native()).Succeeds());
}

TEST_F(TlsTest, AClientWithoutCertificateIsRefused) {
  const TlsContext server = Server({client_id_});
  SSL_CTX* bare = SSL_CTX_new(TLS_client_method());
  EXPECT_FALSE(Handshake(server, bare).Succeeds());
  SSL_CTX_free(bare);
}

TEST_F(TlsTest, OlderProtocolsAreRefused) {
  const TlsContext server = Server({client_id_});
  const TlsContext client = Client({server_id_});
  SSL_CTX_set_min_proto_version(client.native(), TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(client.native(), TLS1_2_VERSION);
  EXPECT_FALSE(Handshake(server, client.native()).Succeeds());
}

}  // namespace
}  // namespace aval::crypto
