// Acts in: one or a batch, as protobuf or as DSSE JSON; and what became of one.

#include <algorithm>
#include <atomic>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <deque>
#include <limits>
#include <optional>
#include <utility>

#include "crypto/envelope.h"
#include "ledger/block.h"
#include "ledger/machine.h"
#include "ledger/record/codec.h"
#include "net/proto/api.pb.h"
#include "node/act_preparation.h"
#include "node/api/act_id.h"
#include "node/api/api.h"
#include "node/api/replies.h"

namespace aval::node::api {
namespace {

using ::aval::api::v1::ActResult;
using ::aval::api::v1::ActResults;

// Of envelopes and protobuf's few bytes around each: one block, so that a batch's order holds on
// the way through a follower, too.
constexpr std::size_t kBatchBytesMax = ledger::kBlockBytesMax;
// Base64 makes four bytes of three.
constexpr std::size_t kJsonBytesMax = 2 * crypto::kEnvelopeBytesMax;
static_assert(kBatchBytesMax < Api::kBodyBytesMax);
// How long a request waits for keys of its signers, which another node may just have registered,
// and how often it looks.
constexpr Duration kKeyPatience = std::chrono::seconds(2);
constexpr Duration kKeyLook = std::chrono::milliseconds(100);

int StatusOf(const ActResult& result) {
  switch (result.status()) {
    case ActResult::DECIDED:
      return result.verdict() == 0 ? 200 : 422;
    case ActResult::MALFORMED:
      return 400;
    case ActResult::OVERLOADED:
      return 429;
    case ActResult::UNAVAILABLE:
      return 503;
    default:
      return 504;
  }
}

std::string_view CodeOf(const ActResult& result) {
  switch (result.status()) {
    case ActResult::OVERLOADED:
      return "overloaded";
    case ActResult::UNAVAILABLE:
      return result.reason();
    case ActResult::UNKNOWN:
      return "outcome_unknown";
    default:
      break;
  }
  const auto verdict = ledger::VerdictFromNumber(static_cast<std::uint16_t>(result.verdict()));
  return verdict ? ledger::VerdictCode(*verdict) : "E_UNNUMBERED";
}

boost::json::object JsonOf(const ActResult& result, const std::string& id) {
  boost::json::object object{{"code", CodeOf(result)}, {"message", result.message()}};
  if (!id.empty()) object.emplace("act_id", id);
  if (!result.identity().empty()) object.emplace("identity", ToHex(AsBytes(result.identity())));
  if (!result.reason().empty()) object.emplace("reason", result.reason());
  if (result.status() == ActResult::UNKNOWN) return object;
  object.emplace("accepted", result.status() == ActResult::DECIDED && result.verdict() == 0);
  object.emplace("recorded", result.recorded());
  if (result.recorded()) object.emplace("leaf", result.leaf());
  if (result.repeated()) object.emplace("repeated", true);
  return object;
}

ActResult DecidedResult(const ledger::Machine::Answer& outcome) {
  ActResult result;
  result.set_status(ActResult::DECIDED);
  result.set_verdict(static_cast<std::uint32_t>(outcome.verdict));
  result.set_recorded(outcome.recorded);
  result.set_repeated(outcome.repeated);
  result.set_leaf(outcome.leaf);
  result.set_message(std::string(ledger::VerdictText(outcome.verdict)));
  return result;
}

ActResult ResultOf(const ActAnswer& answer) {
  ActResult result;
  const std::string why(HindranceText(answer.hindrance));
  result.set_reason(std::string(HindranceCode(answer.hindrance)));
  switch (answer.kind) {
    case ActAnswer::Kind::kDecided:
      return DecidedResult(answer.outcome);
    case ActAnswer::Kind::kOverloaded:
      result.set_status(ActResult::OVERLOADED);
      result.set_message("Not taken, and not recorded: " + why + "; send it again later.");
      return result;
    case ActAnswer::Kind::kNotTaken:
      result.set_status(ActResult::UNAVAILABLE);
      result.set_message("Not taken, and not recorded: " + why + "; send it again, to any node.");
      return result;
    case ActAnswer::Kind::kTimedOut:
    case ActAnswer::Kind::kStopping:
      result.set_status(ActResult::UNKNOWN);
      result.set_message("The act is not decided yet: " + why + "; ask again, or send it again.");
      return result;
  }
  AVAL_UNREACHABLE("every kind of answer has a result");
}

// Not that the ledger knows none: this node may be behind.
ActResult NoKeyResult() {
  ActResult result;
  result.set_status(ActResult::UNKNOWN);
  result.set_reason("unknown_key");
  result.set_message(
      "This node knows no key of one of its signers, or not yet: send it again later.");
  return result;
}

ActResult MalformedResult(const ledger::MalformedAct& malformed) {
  ActResult result;
  result.set_status(ActResult::MALFORMED);
  result.set_verdict(static_cast<std::uint32_t>(malformed.verdict));
  result.set_message(malformed.place);
  return result;
}

// For all of a request.
net::HttpResponse BusyReply(std::string_view message) {
  net::HttpResponse reply =
      JsonReply(429, boost::json::object{{"code", "overloaded"},
                                         {"message", message},
                                         {"reason", HindranceCode(Hindrance::kNodeBusy)}});
  reply.headers.emplace("Retry-After", "1");
  return reply;
}

bool LacksKey(const ledger::PreparedAct& act) {
  return std::ranges::any_of(act.checks, [](const auto& check) { return !check; });
}

// Of what `before` says of an act at this node's position, what holds at every later one, too. A
// key may yet come to life, and a last valid day within reach.
bool IsFinal(const ledger::Machine::Answer& before) {
  return before.verdict != ledger::Verdict::kKey && before.verdict != ledger::Verdict::kValidity;
}

}  // namespace

// Complete when no answer is missing.
struct Api::Submission {
  crypto::KeyId client;
  std::vector<ActResult> results;
  std::vector<std::string> ids;
  std::atomic<std::size_t> missing = 0;
  bool as_protobuf = false;
  bool single = false;
  Instant deadline;
  Respond respond;

  // Not yet with the replica: their order holds on the way there.
  struct Pending {
    std::size_t at = 0;  // In `results`.
    std::shared_ptr<ledger::PreparedAct> act;
  };
  std::deque<Pending> pending;
  std::optional<Instant> patience;        // Until then, acts that lack a key wait for it.
  std::shared_ptr<void> places;           // Until all are answered.
  std::shared_ptr<void> places_for_keys;  // Of those that wait for a key.

  void Fill(std::size_t at, ActResult result);
  void Fill(const Pending& answered, ActResult result);
  void FillPending(const ActAnswer& answer);
  Load PendingLoad() const;

 private:
  void Answer();
};

void Api::Submission::Fill(std::size_t at, ActResult result) {
  results[at] = std::move(result);
  if (missing.fetch_sub(1) == 1) Answer();
}

void Api::Submission::Fill(const Pending& answered, ActResult result) {
  result.set_identity(std::string(AsText(answered.act->identity)));
  Fill(answered.at, std::move(result));
}

void Api::Submission::FillPending(const ActAnswer& answer) {
  const ActResult result = ResultOf(answer);
  places_for_keys.reset();
  for (const Pending& left : std::exchange(pending, {})) Fill(left, result);
}

Load Api::Submission::PendingLoad() const {
  Load load{.things = pending.size(), .bytes = 0};
  for (const Pending& left : pending) load.bytes += left.act->bytes->size();
  return load;
}

void Api::Submission::Answer() {
  places.reset();  // Before the client hears of it, and sends the next.
  if (as_protobuf) {
    ActResults message;
    for (ActResult& result : results) *message.add_results() = std::move(result);
    net::HttpResponse reply;
    reply.content_type = kProtobuf;
    reply.body = message.SerializeAsString();
    return respond(std::move(reply));
  }
  if (single) {
    net::HttpResponse reply = JsonReply(StatusOf(results[0]), JsonOf(results[0], ids[0]));
    if (reply.status == 429 || reply.status == 503) reply.headers.emplace("Retry-After", "1");
    return respond(std::move(reply));
  }
  boost::json::array items;
  for (std::size_t i = 0; i < results.size(); ++i) items.push_back(JsonOf(results[i], ids[i]));
  respond(JsonReply(200, boost::json::object{{"results", std::move(items)}}));
}

void Api::PostAct(const net::HttpRequest& request, const Respond& respond) {
  const auto timeout = TimeoutParameter(request);
  if (!timeout) return respond(ErrorReply(timeout.error()));
  Bytes envelope;
  if (request.Header("content-type").starts_with(kJson)) {
    if (request.body.size() > kJsonBytesMax) {
      return respond(ErrorReply(413, "too_large", "an envelope as JSON has at most 64,000 bytes"));
    }
    auto parsed = crypto::EnvelopeFromJson(AsText(request.body), request.body.size());
    if (!parsed) return respond(ErrorReply(parsed.error()));
    envelope = crypto::EncodeEnvelope(*parsed);
  } else {
    envelope = request.body;
  }
  if (envelope.size() > crypto::kEnvelopeBytesMax) {
    return respond(ErrorReply(413, "too_large", "an envelope has at most 32,000 bytes"));
  }
  auto submission = std::make_shared<Submission>();
  submission->client = request.client;
  submission->single = true;
  submission->deadline = parts_.clock->Now() + *timeout;
  submission->respond = respond;
  Submit({std::make_shared<const Bytes>(std::move(envelope))}, submission);
}

void Api::PostBatch(const net::HttpRequest& request, const Respond& respond) {
  const auto timeout = TimeoutParameter(request);
  if (!timeout) return respond(ErrorReply(timeout.error()));
  if (request.body.size() > kBatchBytesMax) {
    return respond(ErrorReply(413, "too_large", "a batch has at most 1 MiB"));
  }
  ::aval::api::v1::ActBatch batch;
  if (!batch.ParseFromArray(request.body.data(), static_cast<int>(request.body.size()))) {
    return respond(ErrorReply(400, "malformed", "the body is not an ActBatch"));
  }
  if (batch.envelopes_size() == 0 ||
      static_cast<std::size_t>(batch.envelopes_size()) > ledger::kBlockActsMax) {
    return respond(ErrorReply(400, "malformed", "a batch has 1 to 2,048 envelopes", "envelopes"));
  }
  std::vector<std::shared_ptr<const Bytes>> envelopes;
  for (const std::string& envelope : batch.envelopes()) {
    if (envelope.size() > crypto::kEnvelopeBytesMax) {
      return respond(
          ErrorReply(413, "too_large", "an envelope has at most 32,000 bytes", "envelopes"));
    }
    envelopes.push_back(std::make_shared<const Bytes>(CopyBytes(AsBytes(envelope))));
  }
  auto submission = std::make_shared<Submission>();
  submission->client = request.client;
  submission->as_protobuf = !request.Header("accept").starts_with(kJson);
  submission->deadline = parts_.clock->Now() + *timeout;
  submission->respond = respond;
  Submit(std::move(envelopes), submission);
}

void Api::Submit(std::vector<std::shared_ptr<const Bytes>> envelopes,
                 const std::shared_ptr<Submission>& submission) {
  Load load{.things = envelopes.size(), .bytes = 0};
  for (const auto& envelope : envelopes) load.bytes += envelope->size();
  submission->places = acts_.Take(submission->client, load);
  if (submission->places == nullptr) {
    return submission->respond(BusyReply("too many acts wait at this node"));
  }
  submission->results.resize(envelopes.size());
  submission->ids.resize(envelopes.size());
  submission->missing = envelopes.size();
  auto preparation = std::make_shared<ActPreparation>(std::move(envelopes), *parts_.verifier);
  const bool taken = parts_.verifiers->TryPost([this, submission, preparation] {
    if (!submission->single) ActPreparation::Share(preparation, *parts_.verifiers);
    const std::vector<ledger::Preparation>& prepared = preparation->Result();
    for (std::size_t i = 0; i < prepared.size(); ++i) {
      if (!prepared[i].act) {
        submission->Fill(i, MalformedResult(*prepared[i].malformed));
        continue;
      }
      submission->ids[i] = ActIdText(prepared[i].act->id);
      submission->pending.push_back({.at = i, .act = prepared[i].act});
    }
    Admit(submission);
  });
  if (taken) return;
  submission->places.reset();
  submission->respond(BusyReply("too many signatures wait at this node"));
}

// What every node will drop, or has decided, is answered here and takes no place in a block. In
// order, up to an act that lacks a key.
void Api::Admit(const std::shared_ptr<Submission>& submission) {
  const std::shared_ptr<const View> view = parts_.ledger->view();
  const ledger::Overlay state(view->state.get());
  std::vector<std::shared_ptr<ledger::PreparedAct>> admitted;
  bool awaits_key = false;
  while (!submission->pending.empty()) {
    const Submission::Pending next = submission->pending.front();
    ledger::PreparedAct& act = *next.act;
    if (LacksKey(act)) parts_.verifier->Check(act);
    // A failed read is the applier's to report.
    const auto before = ledger::Machine::BeforeRules(state, act, view->tree.size(), view->today);
    const bool decided = before && *before && IsFinal(**before);
    // The key's id says which key it is: what fails under it fails for ever, registered or not.
    const bool fails = !decided && ledger::HasBadSignature(act);
    awaits_key = !decided && !fails && LacksKey(act);
    if (awaits_key && HasPatience(*submission)) break;
    submission->pending.pop_front();
    if (decided) {
      submission->Fill(next, DecidedResult(**before));
    } else if (fails) {
      submission->Fill(next, DecidedResult({.verdict = ledger::Verdict::kSignature}));
    } else if (awaits_key) {
      submission->Fill(next, NoKeyResult());
      awaits_key = false;
    } else {
      parts_.waiters->Add(act.digest, submission->deadline,
                          [submission, next](const ActAnswer& answer) {
                            submission->Fill(next, ResultOf(answer));
                          });
      admitted.push_back(next.act);
    }
  }
  if (!admitted.empty()) parts_.replica->Submit(std::move(admitted), submission->deadline);
  if (awaits_key) {
    AwaitKey(submission);
  } else {
    submission->places_for_keys.reset();
  }
}

// Takes places for all that is pending when the first act lacks a key; without them there is no
// patience.
bool Api::HasPatience(Submission& submission) {
  const Instant now = parts_.clock->Now();
  if (!submission.patience) {
    submission.places_for_keys = awaiting_keys_.Take(submission.client, submission.PendingLoad());
    const bool given = submission.places_for_keys != nullptr;
    submission.patience = given ? std::min(now + kKeyPatience, submission.deadline) : now;
  }
  return now < *submission.patience;
}

void Api::AwaitKey(const std::shared_ptr<Submission>& submission) {
  constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  const Instant look = std::min(parts_.clock->Now() + kKeyLook, *submission->patience);
  AwaitSize(kNever, {.deadline = look, .done = [this, submission](WaitEnd end) {
                       const bool stopping = end == WaitEnd::kStopping;
                       if (!stopping &&
                           parts_.verifiers->TryPost([this, submission] { Admit(submission); })) {
                         return;
                       }
                       using Kind = ActAnswer::Kind;
                       submission->FillPending(
                           {.kind = stopping ? Kind::kStopping : Kind::kOverloaded,
                            .outcome = {},
                            .hindrance = stopping ? Hindrance::kStopping : Hindrance::kNodeBusy});
                     }});
}

net::HttpResponse Api::GetAct(const net::HttpRequest& request, const View& view) {
  const std::vector<std::string> segments = PathSegments(request.path);
  if (segments.size() != 3) return ErrorReply(404, "not_found", "there is no " + request.path);
  const auto id = ParseActId(segments[2]);
  if (!id) return ErrorReply(400, "malformed", id.error().message, "act_id");
  const auto stored = view.state->Get(ledger::EncodeKey<ledger::Outcome>(*id));
  if (!stored) return ErrorReply(stored.error());
  if (!*stored) {
    return ErrorReply(404, "not_found",
                      "no outcome is stored under this id: not decided here, or past its last "
                      "valid day");
  }
  const auto outcome = ledger::DecodeValue<ledger::Outcome>(**stored);
  if (!outcome) return ErrorReply(outcome.error());
  const auto verdict = ledger::VerdictFromNumber(outcome->verdict);
  AVAL_ASSERT(verdict.has_value());
  ActResult result = DecidedResult({.verdict = *verdict, .recorded = true, .leaf = outcome->leaf});
  result.set_identity(std::string(AsText(outcome->identity)));
  boost::json::object object = JsonOf(result, segments[2]);
  object.emplace("index", view.tree.size());
  return JsonReply(200, object);
}

}  // namespace aval::node::api
