#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/assert.h"

namespace aval {

/// Why an operation failed. One closed list for the whole node, so that callers switch on it.
/// A refusal by the rules of the book is not an error: that is `ledger::Verdict`.
enum class Code {
  kInvalidArgument,  // Malformed or out of range: the same input fails again.
  kNotFound,
  kDenied,       // Known, but not allowed.
  kCorruption,   // Stored or received bytes contradict their checksum or format.
  kIo,           // The operating system refused; `message` has its words.
  kFull,         // No space left on the device.
  kOverloaded,   // A bound was reached; try again later.
  kUnavailable,  // Not leader, not connected, shutting down.
  kTimeout,
  kCancelled,
};

struct Error {
  Code code;
  std::string message;  // For people; never parsed.
};

/// A value or an Error. Same member names as std::expected, so that it can give way to it.
template <class T>
class [[nodiscard]] Result {
  using Stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

 public:
  Result()
    requires std::is_void_v<T>
  = default;
  Result(Stored value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  const Error& error() const {
    AVAL_ASSERT(!has_value());
    return *std::get_if<1>(&state_);
  }
  Stored& operator*() & {
    AVAL_ASSERT(has_value());
    return *std::get_if<0>(&state_);
  }
  const Stored& operator*() const& {
    AVAL_ASSERT(has_value());
    return *std::get_if<0>(&state_);
  }
  Stored&& operator*() && {
    AVAL_ASSERT(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  Stored* operator->() { return &**this; }
  const Stored* operator->() const { return &**this; }

 private:
  std::variant<Stored, Error> state_;
};

}  // namespace aval

#define AVAL_CONCAT_(a, b) a##b
#define AVAL_CONCAT(a, b) AVAL_CONCAT_(a, b)
#define AVAL_TRY_IMPL_(tmp, decl, expr) \
  auto tmp = (expr);                    \
  if (!tmp) return tmp.error();         \
  decl = *std::move(tmp)
/// `AVAL_TRY(auto entry, log.Read(index));` binds the value or returns the error to the caller.
#define AVAL_TRY(decl, expr) AVAL_TRY_IMPL_(AVAL_CONCAT(aval_try_, __LINE__), decl, expr)

#define AVAL_CHECK_IMPL_(tmp, expr) \
  if (auto tmp = (expr); !tmp) return tmp.error()
/// `AVAL_CHECK(disk.SyncDirectory(path));` returns the error of a Result<void> to the caller.
#define AVAL_CHECK(expr) AVAL_CHECK_IMPL_(AVAL_CONCAT(aval_check_, __LINE__), expr)
