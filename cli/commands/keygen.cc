// aval keygen: a new key, encrypted at rest.

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

#include "base/disk.h"
#include "base/random.h"
#include "cli/commands.h"
#include "cli/connection.h"
#include "config/passphrase.h"
#include "crypto/key_file.h"

namespace aval::cli {
namespace {

Result<crypto::PublicKey> Generate(const KeygenOptions& options) {
  PosixDisk disk;
  if (disk.Exists(options.out)) {
    return Error{.code = Code::kInvalidArgument,
                 .message = options.out.string() + ": exists; a key is never written over"};
  }
  AVAL_TRY(const crypto::SecretText passphrase, config::ReadPassphrase(options.passphrase_file));
  SystemRandom random;
  const crypto::SecretKey key = crypto::SecretKey::Generate(random);
  AVAL_TRY(const std::string text,
           crypto::SealKey(key, options.purpose, options.name, passphrase.view(),
                           crypto::KeyFileCost{}, random));
  AVAL_CHECK(disk.ReplaceFile(options.out, AsBytes(text)));
  return key.public_key();
}

}  // namespace

int RunKeygen(const KeygenOptions& options) {
  const auto key = Generate(options);
  if (!key) return Report(key.error());
  std::printf("public %s\nkeyid  %s\n", ToBase64(key->bytes).c_str(),
              crypto::KeyIdOf(*key).Hex().c_str());
  return 0;
}

}  // namespace aval::cli
