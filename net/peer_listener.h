#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "consensus/types.h"
#include "crypto/tls.h"
#include "net/lifetime.h"
#include "net/peer_connection.h"
#include "net/peer_state.h"

namespace aval::net {

/// Accepts the links over which peers send; one for each peer, the newest.
/// Threads: accepting on the acceptor's strand, every link on its own; Stop from all.
class PeerListener final : public std::enable_shared_from_this<PeerListener> {
 public:
  /// `arrived` is called when a peer's link is up.
  PeerListener(Lifetime::Token token, std::shared_ptr<PeerState> state,
               boost::asio::io_context& context, boost::asio::ip::tcp::acceptor acceptor,
               crypto::TlsContext tls, std::function<void(consensus::NodeId)> arrived);

  void Start();
  void Stop();

 private:
  class Link;

  void Accept();
  void OnAccepted(const boost::system::error_code& error, boost::asio::ip::tcp::socket socket);
  void Admit(boost::asio::ip::tcp::socket socket);
  void Recognised(const std::shared_ptr<Link>& link, consensus::NodeId peer);
  void Ended(const std::shared_ptr<Link>& link);

  const Lifetime::Token token_;
  const std::shared_ptr<PeerState> state_;
  boost::asio::io_context& context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  const crypto::TlsContext tls_;
  const std::function<void(consensus::NodeId)> arrived_;
  boost::asio::steady_timer pause_;

  std::mutex mutex_;
  bool stopping_ = false;
  std::set<std::shared_ptr<Link>> strangers_;
  std::map<consensus::NodeId, std::shared_ptr<Link>> links_;
};

}  // namespace aval::net
