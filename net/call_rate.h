#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <map>

#include "base/clock.h"
#include "base/pace.h"

namespace aval::net {

/// How often one host may call: each call costs a handshake, and who calls and calls would leave no
/// time for the others.
/// Threads: one at a time.
class CallRate {
 public:
  static constexpr std::size_t kHosts = 1'024;

  explicit CallRate(const Pace::Limits& limits) : limits_(limits) {}

  /// Counts a call of `host` (HostOf); false when it comes too soon and is to be closed.
  bool Admit(const boost::asio::ip::address& host, Instant now) {
    auto known = paces_.find(host);
    if (known == paces_.end()) {
      if (paces_.size() >= kHosts) MakeRoom(now);
      known = paces_.emplace(host, Pace(limits_)).first;
    }
    if (known->second.Rest(now) > Duration(0)) return false;
    known->second.Count(1, 0, now);
    return true;
  }

  std::size_t hosts() const { return paces_.size(); }

 private:
  // Forgets hosts of which nothing counts any more, or everybody: too many hosts calling at once
  // are not bounded by how often each of them calls.
  void MakeRoom(Instant now) {
    std::erase_if(paces_, [now](const auto& known) { return known.second.IsFresh(now); });
    if (paces_.size() >= kHosts) paces_.clear();
  }

  const Pace::Limits limits_;
  std::map<boost::asio::ip::address, Pace> paces_;
};

}  // namespace aval::net
