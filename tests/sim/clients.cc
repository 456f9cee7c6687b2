#include "tests/sim/clients.h"

#include <algorithm>
#include <string>

#include "tests/bench/purchase_acts.h"

namespace aval::sim {

namespace {

constexpr Duration kPause = std::chrono::milliseconds(300);
constexpr std::uint64_t kPayloadMax = 300;
// Of the life of a purchase (purchase_acts.h).
constexpr std::uint64_t kSteps = static_cast<std::uint64_t>(bench::Step::kRepay) + 1;
constexpr std::uint32_t kBorrowersOfClient = 1'000;

}  // namespace

Clients::Clients(VirtualTime& time, const Plan& plan, Nodes& nodes, Checks& checks, Trace& trace,
                 std::uint64_t seed)
    : time_(time),
      plan_(plan),
      nodes_(nodes),
      checks_(checks),
      trace_(trace),
      random_(seed),
      clients_(plan.clients) {
  for (std::uint32_t i = 0; i < plan.clients; ++i) clients_[i].number = i;
  for (const auto& node : nodes_) asked_.push_back(node->id());
}

void Clients::Start() {
  for (Client& client : clients_) {
    time_.After(UpTo(plan_.think_time), [this, &client] { Begin(client); });
  }
}

std::size_t Clients::waiting() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      clients_, [](const Client& client) { return client.act != nullptr || client.reads; }));
}

// On the chain, any bytes. On the ledger, one purchase after another from the borrower's
// registration to the first repayment, each step accepted if it comes after the one before.
std::shared_ptr<const Bytes> Clients::MakeAct(const Client& client) {
  if (plan_.real_ledger) {
    // The same bytes of all: one takes effect, the others get its answer.
    if (client.acts == 0) return bench::RegisterTheSupplier();
    const std::uint64_t step = client.acts - 1;
    const auto borrower = client.number * kBorrowersOfClient + 1 + step / kSteps;
    return bench::ActOf(static_cast<bench::Step>(step % kSteps),
                        static_cast<std::uint32_t>(borrower));
  }
  Bytes act = CopyBytes(
      AsBytes("client " + std::to_string(client.number) + " act " + std::to_string(client.acts)));
  act.resize(act.size() + random_.Below(kPayloadMax));
  return std::make_shared<const Bytes>(std::move(act));
}

void Clients::Begin(Client& client) {
  if (stopped_) return;
  if (random_.Below(10) < plan_.reads) {
    client.reads = true;
    client.answered_below = answered_below_;
    AttemptRead(client);
    return;
  }
  client.act = MakeAct(client);
  client.digest = crypto::Sha256(*client.act);
  client.answered_below = answered_below_;
  ++client.acts;
  Attempt(client);
}

void Clients::Attempt(Client& client) {
  ++client.attempt;
  const consensus::NodeId to = asked_.at(random_.Below(asked_.size()));
  Node& node = *nodes_.at(to.value - 1);
  const Duration deadline = plan_.client_deadline;
  const bool taken = node.Submit(
      client.act, deadline, [this, &client, act = client.digest](const node::ActAnswer& answer) {
        OnAnswer(client, act, answer);
      });
  trace_.Note(taken ? "takes an act of client" : "is not there for client", to, client.number,
              client.acts);
  // A node that dies, or stands still, answers nobody.
  RetryIn(client, taken ? deadline + kPause : UpTo(kPause));
}

void Clients::AttemptRead(Client& client) {
  const std::uint64_t attempt = ++client.attempt;
  const consensus::NodeId to = asked_.at(random_.Below(asked_.size()));
  Node& node = *nodes_.at(to.value - 1);
  const bool taken = node.Read(plan_.client_deadline,
                               [this, &client, attempt](node::ReadEnd end, std::uint64_t size) {
                                 OnRead(client, attempt, end, size);
                               });
  const Duration patience = taken ? plan_.client_deadline + kPause : UpTo(kPause);
  time_.After(patience, [this, &client, attempt] {
    if (client.reads && client.attempt == attempt) AttemptRead(client);
  });
}

void Clients::OnRead(Client& client, std::uint64_t attempt, node::ReadEnd end, std::uint64_t size) {
  if (!client.reads || client.attempt != attempt) return;
  if (end != node::ReadEnd::kReadable) {
    time_.After(UpTo(kPause), [this, &client, attempt] {
      if (client.reads && client.attempt == attempt) AttemptRead(client);
    });
    return;
  }
  if (size < client.answered_below) {
    checks_.Violated("client " + std::to_string(client.number) + ": a read sees " +
                     std::to_string(size) + " positions, and " +
                     std::to_string(client.answered_below) + " were answered before it");
  }
  trace_.Note("read of client is answered", consensus::NodeId{}, client.number, size);
  client.reads = false;
  EndCall(client);
}

void Clients::EndCall(Client& client) {
  ++client.attempt;
  time_.After(UpTo(2 * plan_.think_time), [this, &client] { Begin(client); });
}

void Clients::RetryIn(Client& client, Duration delay) {
  time_.After(delay, [this, &client, act = client.digest, attempt = client.attempt] {
    if (client.act == nullptr || client.digest != act || client.attempt != attempt) return;
    Attempt(client);
  });
}

void Clients::OnAnswer(Client& client, const crypto::Digest& act, const node::ActAnswer& answer) {
  if (client.act == nullptr || client.digest != act) return;  // Of an earlier attempt.
  if (answer.kind != node::ActAnswer::Kind::kDecided) {
    RetryIn(client, UpTo(kPause));
    return;
  }
  const ledger::Machine::Answer& outcome = answer.outcome;
  if (outcome.verdict != ledger::Verdict::kAccepted || !outcome.recorded) {
    checks_.Violated("client " + std::to_string(client.number) + ": act " +
                     std::to_string(client.acts) + " is refused with " +
                     std::to_string(static_cast<int>(outcome.verdict)));
    return;
  }
  checks_.OnEffect(consensus::NodeId{}, act, outcome.leaf);
  const bool shared = plan_.real_ledger && client.acts == 1;
  if (outcome.leaf < client.answered_below && !shared) {
    checks_.Violated("client " + std::to_string(client.number) + ": act " +
                     std::to_string(client.acts) + " stands before what was answered before it");
  }
  answered_below_ = std::max(answered_below_, outcome.leaf + 1);
  trace_.Note("act of client is answered", consensus::NodeId{}, client.number, client.acts);
  client.act = nullptr;
  EndCall(client);
}

Duration Clients::UpTo(Duration most) {
  return Duration(
      1 + static_cast<Duration::rep>(random_.Below(static_cast<std::uint64_t>(most.count()))));
}

}  // namespace aval::sim
