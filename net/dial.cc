#include "net/dial.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <utility>

namespace aval::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

Dial::Dial(const asio::any_io_executor& strand, Done done)
    : resolver_(strand), socket_(strand), done_(std::move(done)) {}

std::shared_ptr<Dial> Dial::Start(const asio::any_io_executor& strand, const std::string& host,
                                  std::uint16_t port, Done done) {
  const std::shared_ptr<Dial> dial(new Dial(strand, std::move(done)));
  error_code not_numeric;
  const asio::ip::address address = asio::ip::make_address(host, not_numeric);
  if (not_numeric) {
    dial->Resolve(host, port);
  } else {
    dial->Connect(tcp::resolver::results_type::create(tcp::endpoint(address, port), host, ""));
  }
  return dial;
}

void Dial::Cancel() {
  done_ = {};
  resolver_.cancel();
  error_code ignored;  // Nothing to be told of a socket that is given up.
  socket_.close(ignored);
}

void Dial::Resolve(const std::string& host, std::uint16_t port) {
  resolver_.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service,
                          [self = shared_from_this()](const error_code& error,
                                                      const tcp::resolver::results_type& places) {
                            if (!self->done_) return;
                            if (error) return self->End(error);
                            self->Connect(places);
                          });
}

void Dial::Connect(const tcp::resolver::results_type& places) {
  asio::async_connect(socket_, places,
                      [self = shared_from_this()](const error_code& error, const tcp::endpoint&) {
                        if (self->done_) self->End(error);
                      });
}

void Dial::End(const error_code& error) { std::exchange(done_, {})(error, std::move(socket_)); }

}  // namespace aval::net
