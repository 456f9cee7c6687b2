#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>

#include "net/io_threads.h"
#include "net/peer_transport.h"
#include "tests/base/manual_clock.h"
#include "tests/net/raw_peer.h"
#include "tests/net/support.h"

namespace aval::net {

/// Node 1 of `nodes` is a real transport; a test plays its peers by hand.
class RawPeerTest : public testing::Test {
 protected:
  explicit RawPeerTest(std::uint32_t nodes) : options_(TestOptions(1, nodes)) {
    options_.clock = clock_;
  }

  static constexpr consensus::NodeId kTwo{2};

  void Start() { transport_ = *PeerTransport::Start(threads_, options_, TestKey(1), events_); }
  // A caller with node 2's key that has greeted.
  RawPeer Caller() { return CallAs(2, transport_->port()); }
  static consensus::Heartbeat Number(std::uint64_t number) {
    return {.term = consensus::Term{1}, .commit = consensus::Index{number}};
  }

  const std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();  // Of rates.
  IoThreads threads_{2};
  Recorder events_;
  PeerTransport::Options options_;
  std::unique_ptr<PeerTransport> transport_;
};

}  // namespace aval::net
