#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "crypto/secret_text.h"

namespace aval::config {

/// The passphrase of a node's or a client's key files: the first line of `file`, else the variable
/// AVAL_PASSPHRASE. kDenied when others than the owner may read the file; kInvalidArgument when
/// there is neither, or it is empty or longer than 1,024 bytes.
Result<crypto::SecretText> ReadPassphrase(const std::optional<std::filesystem::path>& file);

}  // namespace aval::config
