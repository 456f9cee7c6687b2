#include "node/restoration.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/bytes.h"

namespace aval::node {

namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "restored";
constexpr std::string_view kAsking = "asking ";
constexpr std::string_view kKept = "kept ";
constexpr std::size_t kOccasionMax = 64;

struct Said {
  bool settled = false;
  std::string occasion;
};

std::optional<Said> Parse(std::string_view line) {
  if (!line.ends_with('\n')) return std::nullopt;
  line.remove_suffix(1);
  const bool settled = line.starts_with(kKept);
  if (!settled && !line.starts_with(kAsking)) return std::nullopt;
  line.remove_prefix(settled ? kKept.size() : kAsking.size());
  if (!IsOccasion(line)) return std::nullopt;
  return Said{.settled = settled, .occasion = std::string(line)};
}

Result<std::optional<Said>> Load(Disk& disk, const fs::path& data_directory) {
  const fs::path path = data_directory / kName;
  if (!disk.Exists(path)) return std::optional<Said>{};
  AVAL_TRY(const Bytes bytes, disk.ReadFile(path));
  if (auto said = Parse(AsText(bytes))) return said;
  return Error{.code = Code::kCorruption,
               .message = path.string() +
                          ": is damaged: remove it, and if the directory was restored from a "
                          "backup, start with --restored"};
}

Result<void> Save(Disk& disk, const fs::path& data_directory, const Said& said) {
  const std::string line = std::string(said.settled ? kKept : kAsking) + said.occasion + "\n";
  return disk.ReplaceFile(data_directory / kName, AsBytes(line));
}

}  // namespace

bool IsOccasion(std::string_view text) {
  const auto may_be_in_it = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_:").find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= kOccasionMax && std::ranges::all_of(text, may_be_in_it);
}

Result<bool> SayRestored(Disk& disk, const fs::path& data_directory, std::string_view occasion) {
  if (!IsOccasion(occasion)) {
    return Error{.code = Code::kInvalidArgument,
                 .message = "an occasion has 1 to 64 letters, digits, '.', '-', '_' or ':'"};
  }
  AVAL_TRY(const DirectoryLock lock, DirectoryLock::Take(data_directory));
  AVAL_TRY(const auto before, Load(disk, data_directory));
  if (before && before->settled && before->occasion == occasion) return false;
  AVAL_CHECK(Save(disk, data_directory, {.settled = false, .occasion = std::string(occasion)}));
  return true;
}

Result<bool> IsRestored(Disk& disk, const fs::path& data_directory) {
  AVAL_TRY(const auto said, Load(disk, data_directory));
  return said && !said->settled;
}

Result<void> SettleRestored(Disk& disk, const fs::path& data_directory) {
  AVAL_TRY(auto said, Load(disk, data_directory));
  if (!said || said->settled) return {};
  said->settled = true;
  return Save(disk, data_directory, *said);
}

}  // namespace aval::node
