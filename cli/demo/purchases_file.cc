#include "cli/demo/purchases_file.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/text.h"
#include "ledger/arithmetic/money.h"

namespace aval::cli::demo {
namespace {

constexpr std::array<std::string_view, 9> kColumns{
    "order_id",           "seller_id",   "customer_unique_id",  "order_status",
    "purchase_timestamp", "approved_at", "shipping_limit_date", "value_cents",
    "installments"};
constexpr std::size_t kMaxTextBytes = std::size_t{64} << 20U;
constexpr std::uint32_t kInstalmentsMin = 2;
constexpr std::uint32_t kInstalmentsMax = 24;
constexpr std::int64_t kValueMin = 100;  // Some centavos less and no annuity ever pays them back.
constexpr std::int32_t kYearMin = 2000;
constexpr std::int32_t kYearMax = 2099;

using Columns = std::array<std::string_view, kColumns.size()>;

class RowReader {
 public:
  RowReader(const Columns& cells, std::string place) : cells_(cells), place_(std::move(place)) {}

  Result<PurchaseRow> Read() {
    PurchaseRow row;
    row.order = Hex(0, /*optional=*/false);
    row.seller = Hex(1, /*optional=*/false);
    row.customer = Hex(2, /*optional=*/true);
    row.status = cells_[3];
    row.purchased = DayOf(4, /*optional=*/true);
    row.approved = DayOf(5, /*optional=*/true);
    row.shipping_limit = DayOf(6, /*optional=*/false).value_or(ledger::Day{});
    row.value.minor = Integer(7, kValueMin, ledger::arithmetic::kMaxAmount.minor);
    row.instalments = static_cast<std::uint32_t>(Integer(8, kInstalmentsMin, kInstalmentsMax));
    if (error_) return *error_;
    return row;
  }

 private:
  void Fail(std::size_t column, std::string_view what) {
    if (error_) return;
    error_ =
        Error{.code = Code::kInvalidArgument,
              .message = place_ + ": " + std::string(kColumns[column]) + ": " + std::string(what)};
  }

  std::string Hex(std::size_t column, bool optional) {
    const std::string_view cell = cells_[column];
    if (cell.empty() && optional) return {};
    const bool digits = std::ranges::all_of(
        cell, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (cell.size() != 32 || !digits) Fail(column, "must be 32 lowercase hex digits");
    return std::string(cell);
  }

  // "YYYY-MM-DD HH:MM:SS" of this century; the time of day is not used. The replay opens every day
  // from the first to the last, and some two years after each must be dates, too.
  std::optional<ledger::Day> DayOf(std::size_t column, bool optional) {
    const std::string_view cell = cells_[column];
    if (cell.empty() && optional) return std::nullopt;
    const auto day = ledger::Day::Parse(cell.substr(0, 10));
    if (!day || cell.size() != 19 || cell[10] != ' ') {
      Fail(column, "must be YYYY-MM-DD HH:MM:SS");
      return std::nullopt;
    }
    if (const std::int32_t year = day->Date().year; year < kYearMin || year > kYearMax) {
      Fail(column,
           "must be of the years " + std::to_string(kYearMin) + " to " + std::to_string(kYearMax));
      return std::nullopt;
    }
    return *day;
  }

  std::int64_t Integer(std::size_t column, std::int64_t least, std::int64_t most) {
    const std::string_view cell = cells_[column];
    const auto value = ParseDecimal<std::int64_t>(cell);
    if (!value || *value < least || *value > most) {
      Fail(column,
           "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
      return least;
    }
    return *value;
  }

  const Columns& cells_;
  const std::string place_;
  std::optional<Error> error_;
};

// No cell of these files is quoted; one that is would be another format.
std::optional<Columns> Split(std::string_view line) {
  Columns cells;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::size_t comma = line.find(',');
    const bool last = i + 1 == cells.size();
    if (last != (comma == std::string_view::npos)) return std::nullopt;
    cells[i] = line.substr(0, comma);
    if (!last) line.remove_prefix(comma + 1);
  }
  return cells;
}

Result<std::string> Unpack(ByteView packed, const std::string& name) {
  const Error damaged{.code = Code::kCorruption, .message = name + ": is not a whole zstd file"};
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     &ZSTD_freeDCtx);
  std::string text;
  std::string chunk(ZSTD_DStreamOutSize(), '\0');
  ZSTD_inBuffer in{.src = packed.data(), .size = packed.size(), .pos = 0};
  std::size_t expects = 1;
  while (in.pos < in.size) {
    ZSTD_outBuffer out{.dst = chunk.data(), .size = chunk.size(), .pos = 0};
    expects = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(expects) != 0 || text.size() + out.pos > kMaxTextBytes) return damaged;
    text.append(chunk, 0, out.pos);
  }
  // The decoder may still hold output when it has taken all input.
  while (expects != 0) {
    ZSTD_outBuffer out{.dst = chunk.data(), .size = chunk.size(), .pos = 0};
    expects = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(expects) != 0 || out.pos == 0) return damaged;
    text.append(chunk, 0, out.pos);
  }
  return text;
}

}  // namespace

Result<std::vector<PurchaseRow>> ParsePurchases(std::string_view text, const std::string& name,
                                                std::size_t limit) {
  std::vector<PurchaseRow> rows;
  for (std::size_t number = 1; !text.empty() && rows.size() < limit; ++number) {
    const std::size_t end = text.find('\n');
    const std::string place = name + ":" + std::to_string(number);
    if (end == std::string_view::npos) {
      return Error{.code = Code::kInvalidArgument, .message = place + ": the last line has no end"};
    }
    const auto cells = Split(text.substr(0, end));
    text.remove_prefix(end + 1);
    if (!cells) {
      return Error{.code = Code::kInvalidArgument, .message = place + ": must have 9 columns"};
    }
    if (number == 1) {
      if (*cells == kColumns) continue;
      return Error{.code = Code::kInvalidArgument, .message = place + ": unknown header"};
    }
    AVAL_TRY(PurchaseRow row, RowReader(*cells, place).Read());
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<std::vector<PurchaseRow>> ReadPurchases(const std::filesystem::path& path,
                                               std::size_t limit) {
  PosixDisk disk;
  AVAL_TRY(const Bytes content, disk.ReadFile(path));
  if (path.extension() != ".zst") return ParsePurchases(AsText(content), path.string(), limit);
  AVAL_TRY(const std::string text, Unpack(content, path.string()));
  return ParsePurchases(text, path.string(), limit);
}

}  // namespace aval::cli::demo
