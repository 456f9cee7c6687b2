#pragma once

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

namespace aval::net {

/// The host behind an address, as far as it can be told: one who has an IPv6 address commonly has
/// the 2^64 of its network.
inline boost::asio::ip::address HostOf(const boost::asio::ip::address& address) {
  if (!address.is_v6()) return address;
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return make_address_v4(boost::asio::ip::v4_mapped, v6);
  auto bytes = v6.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return boost::asio::ip::address_v6(bytes);
}

/// The connections of callers who have not proved yet who they are, or who did and are leaving: a
/// bounded number, and of it so many of one host. Were the newest refused, callers that say nothing
/// would lock out everybody; so the oldest makes room, that of the same host first, because who
/// calls and calls must not push others out.
/// Threads: one at a time.
template <class Connection>
class Strangers {
 public:
  Strangers(std::size_t max, std::size_t max_of_host) : max_(max), max_of_host_(max_of_host) {}

  /// The one that makes room for `connection`, and is not among them any more; null when none must.
  std::shared_ptr<Connection> Add(const boost::asio::ip::address& address,
                                  std::shared_ptr<Connection> connection) {
    const auto host = HostOf(address);
    auto oldest = all_.end();
    if (Of(host) >= max_of_host_) {
      oldest = std::ranges::find(all_, host, &Stranger::host);
    } else if (all_.size() >= max_) {
      oldest = all_.begin();
    }
    std::shared_ptr<Connection> displaced;
    if (oldest != all_.end()) {
      displaced = std::move(oldest->connection);
      all_.erase(oldest);
    }
    all_.push_back({.host = host, .connection = std::move(connection)});
    return displaced;
  }

  /// Adds one that is leaving, to be the first to make room.
  void AddLeaving(const boost::asio::ip::address& address, std::shared_ptr<Connection> connection) {
    all_.push_front({.host = HostOf(address), .connection = std::move(connection)});
  }

  /// False when it was not among them.
  bool Remove(const std::shared_ptr<Connection>& connection) {
    return std::erase_if(all_, [&](const Stranger& s) { return s.connection == connection; }) > 0;
  }

  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }

  /// Calls `act` for each.
  template <class Act>
  void ForEach(Act act) const {
    for (const Stranger& stranger : all_) act(stranger.connection);
  }

 private:
  struct Stranger {
    boost::asio::ip::address host;
    std::shared_ptr<Connection> connection;
  };

  std::size_t Of(const boost::asio::ip::address& host) const {
    return static_cast<std::size_t>(std::ranges::count(all_, host, &Stranger::host));
  }

  const std::size_t max_;
  const std::size_t max_of_host_;
  std::deque<Stranger> all_;  // The oldest first.
};

}  // namespace aval::net
