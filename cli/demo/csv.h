#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aval::cli::demo {

/// CSV as the demo's data files have it: a header, LF, commas, nothing quoted. Errors are
/// kInvalidArgument and name file, line and column.

/// The text of a file, plain or packed with zstd (by its name's ending ".zst"), of at most 64 MiB
/// unpacked.
Result<std::string> ReadText(const std::filesystem::path& path);

/// One row's cells, in the order of the columns.
class Cells {
 public:
  /// Both are of one length and outlive it. `place` is what errors call the row.
  Cells(std::span<const std::string_view> columns, std::span<const std::string_view> cells,
        std::string place)
      : columns_(columns), cells_(cells), place_(std::move(place)) {}

  std::string_view operator[](std::size_t column) const { return cells_[column]; }
  /// A whole number of these bounds; else the row has failed, and this is `least`.
  std::int64_t Integer(std::size_t column, std::int64_t least, std::int64_t most);
  void Fail(std::size_t column, std::string_view what);
  /// The first failure.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  std::span<const std::string_view> columns_;
  std::span<const std::string_view> cells_;
  std::string place_;
  std::optional<Error> failure_;
};

/// Reads at most `limit` rows, in file order; the header must name exactly these columns, of which
/// there are 32 at most. `name` is what errors call the text. Ends with the first row that fails.
Result<void> ReadRows(std::string_view text, const std::string& name,
                      std::span<const std::string_view> columns, std::size_t limit,
                      const std::function<void(Cells& row)>& read);

}  // namespace aval::cli::demo
