#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/client.h"

namespace aval::cli::bench {

/// A node as a load sees it: answers as its test says.
class LoadSink final : public ActSink {
 public:
  using Answer = std::function<void(const Bytes& act, Done done)>;
  explicit LoadSink(Answer answer) : answer_(std::move(answer)) {}
  void SubmitBatch(const std::vector<Bytes>& envelopes, std::chrono::milliseconds,
                   Done done) override {
    answer_(envelopes.front(), std::move(done));
  }

 private:
  const Answer answer_;
};

/// One act's reply.
inline std::vector<ActReply> Reply(ActReply::Status status, std::uint16_t verdict = 0,
                                   std::string message = {}) {
  ActReply reply;
  reply.status = status;
  reply.verdict = verdict;
  reply.message = std::move(message);
  return {reply};
}
inline std::vector<ActReply> Decided(std::uint16_t verdict) {
  return Reply(ActReply::Status::kDecided, verdict);
}
inline std::vector<ActReply> Accepted() { return Decided(0); }

}  // namespace aval::cli::bench
