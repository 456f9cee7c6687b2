#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "consensus/types.h"
#include "crypto/tls.h"
#include "net/accept_loop.h"
#include "net/call_rate.h"
#include "net/lifetime.h"
#include "net/peer_connection.h"
#include "net/peer_registry.h"
#include "net/strangers.h"

namespace aval::net {

/// Accepts the links over which peers send; one for each peer, the newest.
/// Threads: accepting on the acceptor's strand, every link on its own; Stop from all.
class PeerListener final : public std::enable_shared_from_this<PeerListener> {
 public:
  /// `arrived` is called when a peer's link is up.
  PeerListener(Lifetime::Token token, std::shared_ptr<PeerRegistry> registry,
               boost::asio::io_context& context, boost::asio::ip::tcp::acceptor acceptor,
               crypto::TlsContext tls, std::function<void(consensus::NodeId)> arrived);

  void Start();
  void Stop();

 private:
  class Link;

  void Admit(boost::asio::ip::tcp::socket socket);
  void Recognised(const std::shared_ptr<Link>& link, consensus::NodeId peer);
  void Released(const std::shared_ptr<Link>& link);

  const Lifetime::Token token_;
  const std::shared_ptr<PeerRegistry> registry_;
  const std::shared_ptr<AcceptLoop> accept_loop_;
  const crypto::TlsContext tls_;
  const std::function<void(consensus::NodeId)> arrived_;

  CallRate calls_;  // On the acceptor's strand.

  std::mutex mutex_;
  bool stopping_ = false;
  // Callers that are not recognised yet, or were refused, or have been replaced, until their
  // sockets are closed.
  Strangers<Link> strangers_;
  std::map<consensus::NodeId, std::shared_ptr<Link>> links_;
};

}  // namespace aval::net
