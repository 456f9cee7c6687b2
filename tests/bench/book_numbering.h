#pragma once

#include <cstdint>
#include <vector>

namespace aval::bench {

/// How leaves, or obligations, are numbered through in a book of several districts. On each day
/// come first those that the day has once, then district by district what district 0 had, too.
class BookNumbering {
 public:
  /// What district 0 alone has of them on a day.
  struct DayOfOne {
    std::uint64_t first = 0;   // The day's first number.
    std::uint64_t shared = 0;  // So many from there are not the district's own.
    std::uint64_t own = 0;
  };

  /// Days ascend, each beginning where the one before ends.
  BookNumbering(std::vector<DayOfOne> days, std::uint32_t districts);

  /// What has `number` in district 0 alone has this number in `district`'s part of the book;
  /// `number` is of one of the days.
  std::uint64_t Of(std::uint64_t number, std::uint32_t district) const;
  /// The first number that nothing has.
  std::uint64_t end() const { return end_; }

 private:
  std::vector<DayOfOne> days_;
  std::vector<std::uint64_t> firsts_;  // In the book, by day.
  std::uint64_t end_ = 0;
};

}  // namespace aval::bench
