#include "tests/cli/story/life_cycles.h"

#include <array>
#include <cstdint>
#include <type_traits>

#include "base/assert.h"
#include "ledger/record/attestations.h"
#include "ledger/record/codec.h"
#include "ledger/record/copay.h"
#include "ledger/record/credit.h"
#include "ledger/record/debits.h"
#include "ledger/record/disputes.h"
#include "ledger/record/loans.h"
#include "ledger/record/names.h"
#include "ledger/record/parties.h"
#include "ledger/record/recovery.h"

namespace aval::cli::story {
namespace {

constexpr std::string_view kUnnamed = "unnamed";
constexpr std::uint8_t kNumbersEnd = 64;  // No entity has so many states.

template <ledger::Record R>
std::string StateIn(ByteView value) {
  const auto record = ledger::DecodeValue<R>(value);
  AVAL_ASSERT(record.has_value());
  return std::string(ledger::NameOf(record->state));
}

template <ledger::Record R>
std::vector<std::string> StatesOf() {
  using State = std::remove_cvref_t<decltype(std::declval<R>().state)>;
  std::vector<std::string> states;
  for (std::uint8_t number = 0; number < kNumbersEnd; ++number) {
    const std::string_view name = ledger::NameOf(static_cast<State>(number));
    if (name != kUnnamed) states.emplace_back(name);
  }
  return states;
}

struct Entity {
  std::string_view name;
  ledger::Table table;
  std::string (*state_in)(ByteView) = nullptr;
  std::vector<std::string> (*states)() = nullptr;
};

template <ledger::Record R>
constexpr Entity EntityOf(std::string_view name) {
  return {.name = name, .table = R::kTable, .state_in = &StateIn<R>, .states = &StatesOf<R>};
}

constexpr std::array kEntities{
    EntityOf<ledger::Institution>("institution"),
    EntityOf<ledger::Participant>("participant"),
    EntityOf<ledger::Attestation>("attestation"),
    EntityOf<ledger::Grant>("grant"),
    EntityOf<ledger::Purchase>("purchase"),
    EntityOf<ledger::Loan>("loan"),
    EntityOf<ledger::Instalment>("instalment"),
    EntityOf<ledger::Bill>("bill"),
    EntityOf<ledger::Invitation>("invitation"),
    EntityOf<ledger::Agreement>("agreement"),
    EntityOf<ledger::Debit>("debit"),
    EntityOf<ledger::Mandate>("mandate"),
    EntityOf<ledger::RecourseClaim>("claim"),
    EntityOf<ledger::Dispute>("dispute"),
    EntityOf<ledger::Restructuring>("proposal"),
};

}  // namespace

void LifeCycles::Observe(const ledger::Writes& writes) {
  for (const auto& [key, value] : writes) {
    if (!value) continue;
    for (const Entity& entity : kEntities) {
      if (key.front() != static_cast<std::uint8_t>(entity.table)) continue;
      std::string state = entity.state_in(*value);
      std::string& now = now_.try_emplace(key, kNone).first->second;
      if (now != state) steps_[std::string(entity.name)].emplace(now, state);
      now = std::move(state);
    }
  }
}

void LifeCycles::Join(const LifeCycles& other) {
  for (const auto& [entity, steps] : other.steps_)
    steps_[entity].insert(steps.begin(), steps.end());
}

std::map<std::string, std::vector<std::string>> LifeCycles::States() {
  std::map<std::string, std::vector<std::string>> states;
  for (const Entity& entity : kEntities) states.emplace(entity.name, entity.states());
  return states;
}

}  // namespace aval::cli::story
