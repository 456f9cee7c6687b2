#pragma once

#include <string>

#include "base/budget.h"
#include "consensus/wal/wal.h"
#include "crypto/ed25519.h"
#include "net/http_server.h"
#include "net/peer_transport.h"
#include "node/act_verifier.h"
#include "node/applied_ledger.h"
#include "node/replica.h"
#include "node/waiters.h"

namespace aval::node {

/// The node in numbers, in Prometheus's text format 0.0.4. Names: aval_<what>_<unit>; counters end
/// in _total (docs/metrics.md lists them).
struct MetricsSource {
  const Replica* replica = nullptr;
  const AppliedLedger* ledger = nullptr;
  const ActVerifier* verifier = nullptr;
  const consensus::Wal* wal = nullptr;
  const Waiters* waiters = nullptr;
  const net::PeerTransport* peers = nullptr;
  const net::HttpServer* http = nullptr;
  Budget<crypto::KeyId>::Counters acts;
  Budget<crypto::KeyId>::Counters acts_awaiting_keys;
};
std::string MetricsText(const MetricsSource& source);

}  // namespace aval::node
