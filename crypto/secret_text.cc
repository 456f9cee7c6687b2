#include "crypto/secret_text.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace aval::crypto {

SecretText::SecretText(std::string_view text)
    : text_(std::make_unique<char[]>(text.size())), size_(text.size()) {
  std::ranges::copy(text, text_.get());
}

SecretText::SecretText(SecretText&& other) noexcept
    : text_(std::move(other.text_)), size_(std::exchange(other.size_, 0)) {}

SecretText::~SecretText() { Wipe(text_.get(), size_); }

void Wipe(void* memory, std::size_t size) { sodium_memzero(memory, size); }

}  // namespace aval::crypto
