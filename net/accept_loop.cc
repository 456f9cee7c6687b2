#include "net/accept_loop.h"

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <utility>

namespace aval::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kPause{100};

}  // namespace

AcceptLoop::AcceptLoop(Lifetime::Token token, asio::io_context& context, tcp::acceptor acceptor)
    : token_(std::move(token)),
      context_(context),
      acceptor_(std::move(acceptor)),
      pause_(acceptor_.get_executor()) {}

void AcceptLoop::Start(Callbacks callbacks) {
  asio::post(acceptor_.get_executor(),
             [self = shared_from_this(), callbacks = std::move(callbacks)]() mutable {
               self->callbacks_ = std::move(callbacks);
               self->Accept();
             });
}

void AcceptLoop::Stop() {
  asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
    error_code ignored;  // Closed is closed.
    self->acceptor_.close(ignored);
    self->pause_.cancel();
    self->callbacks_ = {};
  });
}

void AcceptLoop::Accept() {
  acceptor_.async_accept(asio::any_io_executor(asio::make_strand(context_)),
                         [self = shared_from_this()](const error_code& error, tcp::socket socket) {
                           self->OnAccepted(error, std::move(socket));
                         });
}

void AcceptLoop::OnAccepted(const error_code& error, tcp::socket socket) {
  if (!acceptor_.is_open()) return;
  if (!error) {
    callbacks_.accepted(std::move(socket));
    return Accept();
  }
  callbacks_.failed(error);
  pause_.expires_after(kPause);
  pause_.async_wait([self = shared_from_this()](const error_code&) {
    if (self->acceptor_.is_open()) self->Accept();
  });
}

}  // namespace aval::net
