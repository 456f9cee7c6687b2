#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/budget.h"
#include "base/clock.h"
#include "base/worker_pool.h"
#include "crypto/ed25519.h"
#include "ledger/genesis.h"
#include "net/http.h"
#include "node/act_verifier.h"
#include "node/applied_ledger.h"
#include "node/replica.h"
#include "node/waiters.h"

namespace aval::node::api {

/// The node's HTTP face: acts in, records, log and status out (docs/api.md). Reads answer from this
/// node's own flushed state and name the tree size they reflect ("index"). They wait for what this
/// node has answered before them, but for status and the log's files, and for more by `min_index=`.
/// Errors:
/// {"code", "message"} and more; codes never change meaning.
///
/// Who may use it is decided by the connection's key (the node's file names the clients).
/// Threads: Handle is safe from all; answers come on any thread.
class Api {
 public:
  struct Parts {
    const Clock* clock = nullptr;  // All of these outlive the API.
    const ledger::Genesis* genesis = nullptr;
    std::uint32_t node = 0;
    AppliedLedger* ledger = nullptr;
    Replica* replica = nullptr;
    Waiters* waiters = nullptr;
    ActVerifier* verifier = nullptr;
    WorkerPool* verifiers = nullptr;        // Takes acts apart; full: 429.
    WorkerPool* readers = nullptr;          // Reads of the state and the log; full: 429.
    WorkerPool* reporters = nullptr;        // Reads that walk the whole state; full: 429.
    std::set<crypto::KeyId> operators{};    // Clients that may look after the node.
    std::size_t waiting_acts_max = 65'536;  // A client has a quarter at most, or a batch.
    std::function<void()> flush_soon;       // Makes visible what is applied.
    std::function<std::string()> metrics;   // The text for /metrics.
    std::function<bool()> failed;           // The node is going down on an error.
    std::function<bool()> installing;       // It fetches a snapshot; null: it never does.
    /// The disk is full: what is applied becomes visible only after the node has opened again, and
    /// reads do not wait for it. Null: it never is.
    std::function<bool()> disk_full = nullptr;
  };
  using Respond = std::function<void(net::HttpResponse)>;

  /// What the longest request needs: a batch, and enough more that one a little too long gets the
  /// API's own answer.
  static constexpr std::size_t kBodyBytesMax = (std::size_t{1} << 20U) + 65'536;

  explicit Api(Parts parts);

  void Handle(net::HttpRequest request, Respond respond);
  /// The ledger has applied more, or flushed it: who waits for what readers now see is answered.
  /// Where somebody waits for what is applied and not flushed, that is flushed soon.
  void OnApplied();
  /// Looks for waits whose deadline has passed; to be called now and then.
  void ExpireWaits();
  /// Answers 503 to who waits, now and later.
  void Stop();
  /// Acts taken in and not yet answered.
  Budget<crypto::KeyId>::Counters acts() const { return acts_.counters(); }
  /// Of these, those that wait for a key of their signers.
  Budget<crypto::KeyId>::Counters acts_awaiting_keys() const { return awaiting_keys_.counters(); }

 private:
  void Route(const net::HttpRequest& request, const Respond& respond);

  // acts.cc
  void PostAct(const net::HttpRequest& request, const Respond& respond);
  void PostBatch(const net::HttpRequest& request, const Respond& respond);
  net::HttpResponse GetAct(const net::HttpRequest& request, const View& view);
  /// One request's acts, on their way to the replica, and their answers.
  struct Submission;
  void Submit(std::vector<std::shared_ptr<const Bytes>> envelopes,
              const std::shared_ptr<Submission>& submission);
  void Admit(const std::shared_ptr<Submission>& submission);
  bool HasPatience(Submission& submission);
  void AwaitKey(const std::shared_ptr<Submission>& submission);

  // reads.cc
  net::HttpResponse GetRecord(const net::HttpRequest& request, const View& view);
  net::HttpResponse GetLeaf(const net::HttpRequest& request, const View& view);
  net::HttpResponse GetTrialBalance(const View& view);
  net::HttpResponse GetBalances(const View& view);
  net::HttpResponse GetStateHash(const View& view);
  net::HttpResponse GetNode(const View& view);
  net::HttpResponse GetHealth(bool ready);
  struct Unready {
    std::string_view code;
    std::string message;
  };
  /// Nothing when a client may well come to this node.
  std::optional<Unready> WhyUnready(const Replica::Status& status);

  // members.cc
  void PostTransfer(const net::HttpRequest& request, const Respond& respond);
  void PostMembers(const net::HttpRequest& request, const Respond& respond);
  bool RefuseStranger(const net::HttpRequest& request, const Respond& respond) const;
  Result<consensus::MemberChange> ChangeFrom(const net::HttpRequest& request) const;
  std::function<void(Result<void>)> AnswerBegun(const Respond& respond) const;

  // log_files.cc
  net::HttpResponse GetLogFile(const net::HttpRequest& request, const View& view);

  using Read = std::function<net::HttpResponse(const View&)>;
  /// What a read without `min_index` sees at least.
  enum class Sees { kApplied, kFlushed };
  /// Runs `read` on a view that has reached the request's `min_index`, now or when it comes: on
  /// `pool`, or at once where it reads memory only and there is none.
  void WithView(const net::HttpRequest& request, const Respond& respond, Sees least,
                WorkerPool* pool, Read read);

  enum class WaitEnd { kReached, kTooLate, kStopping };
  struct Wait {
    Instant deadline;
    std::shared_ptr<void> place{};  // Where it is a client's, bounded.
    std::function<void(WaitEnd)> done;
  };
  /// Calls `done` when readers see `tree_size` leaves, at once or on some thread.
  void AwaitSize(std::uint64_t tree_size, Wait wait);
  void EndAll(std::vector<Wait> waits, WaitEnd end);

  const Parts parts_;
  std::mutex mutex_;
  Budget<crypto::KeyId> reads_;               // That wait, by the client's pinned key.
  std::multimap<std::uint64_t, Wait> waits_;  // By tree size.
  bool stopped_ = false;
  // By the client's pinned key.
  Budget<crypto::KeyId> acts_;
  Budget<crypto::KeyId> awaiting_keys_;
};

}  // namespace aval::node::api
