#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/disk.h"
#include "config/node_config.h"

namespace aval::config {
namespace {

constexpr std::size_t kMaxPassphrase = 1024;

Result<std::string> Checked(std::string text, const std::string& source) {
  if (text.empty() || text.size() > kMaxPassphrase) {
    return Error{.code = Code::kInvalidArgument,
                 .message = source + ": a passphrase has 1 to 1024 bytes"};
  }
  return text;
}

}  // namespace

Result<std::string> ReadPassphrase(const std::optional<std::filesystem::path>& file) {
  if (!file) {
    const char* variable = std::getenv("AVAL_PASSPHRASE");
    if (variable == nullptr) {
      return Error{.code = Code::kInvalidArgument,
                   .message = "no passphrase: name a passphrase file or set AVAL_PASSPHRASE"};
    }
    return Checked(variable, "AVAL_PASSPHRASE");
  }
  struct stat status{};
  if (::stat(file->c_str(), &status) != 0) {
    return Error{.code = errno == ENOENT ? Code::kNotFound : Code::kIo,
                 .message = file->string() + ": " + std::strerror(errno)};
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{.code = Code::kDenied,
                 .message = file->string() + ": others may read it; chmod 600"};
  }
  PosixDisk disk;
  AVAL_TRY(const std::unique_ptr<File> opened, disk.Open(*file, Disk::Mode::kRead));
  AVAL_TRY(const Bytes content, opened->Read(0, kMaxPassphrase + 2));
  const std::string_view text = AsText(content);
  return Checked(std::string(text.substr(0, text.find('\n'))), file->string());
}

}  // namespace aval::config
