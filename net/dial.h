#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace aval::net {

/// One attempt to reach a host: a literal address at once, a name by way of the system's resolver.
/// The caller sets the deadline, and cancels.
/// Threads: one strand.
class Dial final : public std::enable_shared_from_this<Dial> {
 public:
  using Done = std::function<void(const boost::system::error_code& error,
                                  boost::asio::ip::tcp::socket socket)>;

  /// `done` is called once, unless cancelled before; the socket lives on the strand.
  static std::shared_ptr<Dial> Start(const boost::asio::any_io_executor& strand,
                                     const std::string& host, std::uint16_t port, Done done);
  /// Also lets go of what `done` keeps: the system's resolver cannot be interrupted, and whoever
  /// stops does not wait for it. The end of the io_context does.
  void Cancel();

 private:
  Dial(const boost::asio::any_io_executor& strand, Done done);
  void Resolve(const std::string& host, std::uint16_t port);
  void Connect(const boost::asio::ip::tcp::resolver::results_type& places);
  void End(const boost::system::error_code& error);

  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  Done done_;  // Empty: called or cancelled.
};

}  // namespace aval::net
