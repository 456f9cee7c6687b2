// Encrypted key files. Only the cheapest are opened: the others' cost is their purpose.

#include "crypto/key_file.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aval;
  const std::string_view text = AsText(ByteView(data, size));
  const auto header = crypto::ReadKeyFileHeader(text);
  if (text.find("\nargon2id 1 8192 ") == std::string_view::npos) return 0;
  const auto key = crypto::OpenKey(text, "correct horse");
  if (key) AVAL_ASSERT(header && key->public_key() == header->public_key);
  return 0;
}
