#include "node/key_cache.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "ledger/record/codec.h"
#include "ledger/record/parties.h"

namespace aval::node {
namespace {

crypto::PublicKey KeyOf(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed[0] = number;
  return crypto::SecretKey::FromSeed(seed).public_key();
}

TEST(KeyCacheTest, FindsWhatAnActBroughtAndWhatTheRegistryHas) {
  ledger::MemoryStore state;
  const crypto::PublicKey registered = KeyOf(1);
  ledger::KeyRecord record;
  record.public_key = Bytes(registered.bytes.begin(), registered.bytes.end());
  const crypto::KeyId id = crypto::KeyIdOf(registered);
  ASSERT_TRUE(state.Apply({{ledger::EncodeKey<ledger::KeyRecord>({.key_id = id.digest}),
                            ledger::EncodeValue(record)}}));
  KeyCache cache(state, 10);
  EXPECT_EQ(cache.Find(id), registered);
  const crypto::PublicKey brought = KeyOf(2);
  EXPECT_FALSE(cache.Find(crypto::KeyIdOf(brought)));
  cache.Learn(brought);
  EXPECT_EQ(cache.Find(crypto::KeyIdOf(brought)), brought);
}

TEST(KeyCacheTest, ForgetsKeysNotUsedForTwoGenerationsAndKeepsThoseInUse) {
  ledger::MemoryStore state;
  KeyCache cache(state, 4);
  const crypto::PublicKey in_use = KeyOf(200);
  const crypto::PublicKey unused = KeyOf(201);
  cache.Learn(in_use);
  cache.Learn(unused);
  for (std::uint8_t i = 0; i < 20; ++i) {
    cache.Learn(KeyOf(i));
    EXPECT_TRUE(cache.Find(crypto::KeyIdOf(in_use)));
  }
  EXPECT_FALSE(cache.Find(crypto::KeyIdOf(unused)));
}

}  // namespace
}  // namespace aval::node
