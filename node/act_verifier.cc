#include "node/act_verifier.h"

#include <pthread.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace aval::node {
namespace {

// What the operating system calls this thread, without the number that pools add.
std::string AskThreadName() {
  std::array<char, 16> name{};
  if (pthread_getname_np(pthread_self(), name.data(), name.size()) != 0) return "unknown";
  return std::string(WithoutNumber(name.data()));
}

// Threads have their names before they work.
const std::string& ThreadName() {
  thread_local const std::string name = AskThreadName();
  return name;
}

}  // namespace

std::size_t CheckedSignatures(const ledger::PreparedAct& act) {
  return static_cast<std::size_t>(
      std::ranges::count_if(act.checks, [](const auto& check) { return check.has_value(); }));
}

ledger::Preparation ActVerifier::Prepare(std::shared_ptr<const Bytes> envelope) {
  const crypto::Digest digest = crypto::Sha256(*envelope);
  if (auto act = Recall(digest)) return {.act = std::move(act), .malformed = std::nullopt};
  ledger::Preparation prepared = ledger::Prepare(std::move(envelope), origin_, digest);
  if (prepared.act) Check(*prepared.act);
  return prepared;
}

void ActVerifier::Check(ledger::PreparedAct& act) {
  const std::size_t before = CheckedSignatures(act);
  const bool valid =
      ledger::CheckSignatures(act, [this](const crypto::KeyId& id) { return keys_.Find(id); });
  const std::size_t checked = CheckedSignatures(act) - before;
  if (checked > 0) {
    const std::scoped_lock lock(mutex_);
    counters_.checked[ThreadName()] += checked;
  }
  // What nobody known has signed brings no keys: anybody could have made it.
  const auto brought = ledger::KeysBroughtBy(act.act);
  if (!valid || act.checks.size() != act.signers.size() || act.checks.size() <= brought.size()) {
    return;
  }
  for (const auto& [signer, key] : brought) keys_.Learn(key);
}

std::shared_ptr<ledger::PreparedAct> ActVerifier::Recall(const crypto::Digest& envelope) {
  const std::scoped_lock lock(mutex_);
  const auto known = remembered_.find(envelope);
  if (known == remembered_.end()) return nullptr;
  counters_.reused += known->second->checks.size();
  return known->second;
}

void ActVerifier::Remember(const std::shared_ptr<ledger::PreparedAct>& act) {
  if (CheckedSignatures(*act) != act->checks.size()) return;
  const std::scoped_lock lock(mutex_);
  remembered_.emplace(act->digest, act);
}

void ActVerifier::Forget(const crypto::Digest& envelope) {
  const std::scoped_lock lock(mutex_);
  remembered_.erase(envelope);
}

void ActVerifier::CountReused(std::size_t signatures) {
  const std::scoped_lock lock(mutex_);
  counters_.reused += signatures;
}

ActVerifier::Counters ActVerifier::counters() const {
  const std::scoped_lock lock(mutex_);
  return counters_;
}

}  // namespace aval::node
