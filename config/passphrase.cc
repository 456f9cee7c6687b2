#include "config/passphrase.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace aval::config {
namespace {

constexpr std::size_t kMaxPassphrase = 1024;

Result<crypto::SecretText> Checked(std::string_view text, const std::string& source) {
  if (text.empty() || text.size() > kMaxPassphrase) {
    return Error{.code = Code::kInvalidArgument,
                 .message = source + ": a passphrase has 1 to 1024 bytes"};
  }
  return crypto::SecretText(text);
}

Error SystemError(const std::filesystem::path& file, int error) {
  return {.code = error == ENOENT ? Code::kNotFound : Code::kIo,
          .message = file.string() + ": " + std::strerror(error)};
}

// What is checked is what is read: one descriptor, not one name.
Result<crypto::SecretText> ReadFirstLine(int descriptor, const std::filesystem::path& file) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return SystemError(file, errno);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{.code = Code::kDenied,
                 .message = file.string() + ": others may read it; chmod 600"};
  }
  std::array<char, kMaxPassphrase + 2> content{};
  const ssize_t size = ::read(descriptor, content.data(), content.size());
  if (size < 0) return SystemError(file, errno);
  std::string_view line(content.data(), static_cast<std::size_t>(size));
  if (const std::size_t end = line.find('\n'); end != std::string_view::npos) {
    line = line.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
  }
  auto passphrase = Checked(line, file.string());
  crypto::Wipe(content.data(), content.size());
  return passphrase;
}

}  // namespace

Result<crypto::SecretText> ReadPassphrase(const std::optional<std::filesystem::path>& file) {
  if (!file) {
    const char* variable = std::getenv("AVAL_PASSPHRASE");
    if (variable == nullptr) {
      return Error{.code = Code::kInvalidArgument,
                   .message = "no passphrase: name a passphrase file or set AVAL_PASSPHRASE"};
    }
    return Checked(variable, "AVAL_PASSPHRASE");
  }
  const int descriptor = ::open(file->c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return SystemError(*file, errno);
  auto passphrase = ReadFirstLine(descriptor, *file);
  ::close(descriptor);
  return passphrase;
}

}  // namespace aval::config
