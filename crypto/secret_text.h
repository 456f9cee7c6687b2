#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace aval::crypto {

/// A passphrase in memory: wiped when destroyed; moved, never copied.
class SecretText {
 public:
  explicit SecretText(std::string_view text);
  SecretText(SecretText&& other) noexcept;
  SecretText& operator=(SecretText&&) = delete;
  ~SecretText();

  /// Lives as long as the text.
  std::string_view view() const { return {text_.get(), size_}; }

 private:
  std::unique_ptr<char[]> text_;
  std::size_t size_;
};

/// Overwrites memory in a way that no optimiser removes.
void Wipe(void* memory, std::size_t size);

}  // namespace aval::crypto
