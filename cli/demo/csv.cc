#include "cli/demo/csv.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/disk.h"
#include "base/text.h"

namespace aval::cli::demo {
namespace {

constexpr std::size_t kMaxTextBytes = std::size_t{64} << 20U;
constexpr std::size_t kMaxColumns = 32;

Result<std::string> Unpack(ByteView packed, const std::string& name) {
  const Error damaged{.code = Code::kCorruption, .message = name + ": is not a whole zstd file"};
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     &ZSTD_freeDCtx);
  std::string text;
  std::string chunk(ZSTD_DStreamOutSize(), '\0');
  ZSTD_inBuffer in{.src = packed.data(), .size = packed.size(), .pos = 0};
  std::size_t expects = 1;
  // The decoder may still hold output when it has taken all input.
  while (in.pos < in.size || expects != 0) {
    ZSTD_outBuffer out{.dst = chunk.data(), .size = chunk.size(), .pos = 0};
    const bool all_taken = in.pos == in.size;
    expects = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(expects) != 0 || text.size() + out.pos > kMaxTextBytes) return damaged;
    if (all_taken && expects != 0 && out.pos == 0) return damaged;
    text.append(chunk, 0, out.pos);
  }
  return text;
}

// No cell of these files is quoted; one that is would be another format.
bool Split(std::string_view line, std::span<std::string_view> cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::size_t comma = line.find(',');
    const bool last = i + 1 == cells.size();
    if (last != (comma == std::string_view::npos)) return false;
    cells[i] = line.substr(0, comma);
    if (!last) line.remove_prefix(comma + 1);
  }
  return true;
}

Error RowError(const std::string& place, const std::string& what) {
  return {.code = Code::kInvalidArgument, .message = place + ": " + what};
}

}  // namespace

Result<std::string> ReadText(const std::filesystem::path& path) {
  PosixDisk disk;
  AVAL_TRY(const Bytes content, disk.ReadFile(path));
  if (path.extension() == ".zst") return Unpack(content, path.string());
  if (content.size() > kMaxTextBytes) {
    return Error{.code = Code::kInvalidArgument, .message = path.string() + ": is above 64 MiB"};
  }
  return std::string(AsText(content));
}

std::int64_t Cells::Integer(std::size_t column, std::int64_t least, std::int64_t most) {
  const auto value = ParseDecimal<std::int64_t>(cells_[column]);
  if (!value || *value < least || *value > most) {
    Fail(column,
         "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return least;
  }
  return *value;
}

void Cells::Fail(std::size_t column, std::string_view what) {
  if (failure_) return;
  failure_ = RowError(place_, std::string(columns_[column]) + ": " + std::string(what));
}

Result<void> ReadRows(std::string_view text, const std::string& name,
                      std::span<const std::string_view> columns, std::size_t limit,
                      const std::function<void(Cells& row)>& read) {
  AVAL_ASSERT(columns.size() <= kMaxColumns);
  std::array<std::string_view, kMaxColumns> buffer;
  const std::span<std::string_view> cells(buffer.data(), columns.size());
  for (std::size_t number = 1; !text.empty() && number - 1 <= limit; ++number) {
    const std::size_t end = text.find('\n');
    const std::string place = name + ":" + std::to_string(number);
    if (end == std::string_view::npos) return RowError(place, "the last line has no end");
    const bool whole = Split(text.substr(0, end), cells);
    text.remove_prefix(end + 1);
    if (!whole) {
      return RowError(place, "must have " + std::to_string(columns.size()) + " columns");
    }
    if (number == 1) {
      if (std::ranges::equal(cells, columns)) continue;
      return RowError(place, "unknown header");
    }
    Cells row(columns, cells, place);
    read(row);
    if (row.failure()) return *row.failure();
  }
  return {};
}

}  // namespace aval::cli::demo
