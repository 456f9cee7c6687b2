#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "crypto/ed25519.h"
#include "ledger/act.h"
#include "ledger/genesis.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/proto/genesis.pb.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::ledger {

/// The network that ledger tests stand on: the platform and two banks, one node each, every
/// department with a key. All keys follow from names, so that two runs give the same bytes.

inline constexpr std::string_view kTestOrigin = "ledger.aval.example/test";
inline const PartyId kPlatform = PartyId::Institution(1);
inline const PartyId kBankA = PartyId::Institution(2);
inline const PartyId kBankB = PartyId::Institution(3);
inline constexpr Day kFirstDay{17'000};  // 2016-07-18.
inline constexpr std::int64_t kGenesisTime = 1'468'800'000'000;

/// The key of that name.
crypto::SecretKey TestKey(std::string_view name);
/// The key with which a party's hand signs.
crypto::SecretKey KeyOf(const SignerRef& hand);
/// `purpose` is "tls", "log" or "cosigner".
crypto::SecretKey NodeKey(std::uint32_t node, std::string_view purpose);

/// Participant number `n`; no institution's id.
PartyId TestParticipant(std::uint32_t n);
/// An id, the same for the same number.
Id TestId(std::uint64_t n);
/// A digest, the same for the same text.
std::string TestDigest(std::string_view text);

/// Complete, but for the cosigners' policy digest, which SignGenesis fills in.
genesis::v1::Genesis TestGenesisMessage();
/// Signed by every institution's LEGAL key.
Bytes SignGenesis(const genesis::v1::Genesis& message);
Genesis TestGenesis();
/// The same with so many nodes, from 1 to 9: further banks bring one each.
Genesis TestGenesisOf(std::uint32_t nodes);

/// An act without signers and body, valid until five days after the first.
act::v1::Act NewAct(const PartyId& author, std::uint64_t nonce);
/// Names the signers, ascending, and signs by each of them.
std::shared_ptr<const Bytes> SignAct(act::v1::Act act, std::vector<SignerRef> signers);
/// SignAct and Prepare, which must accept it.
std::shared_ptr<PreparedAct> PrepareAct(const act::v1::Act& act,
                                        const std::vector<SignerRef>& signers);

/// Bank A registers participant `n` as a person; the nonce is `n`.
std::shared_ptr<const Bytes> RegisterAct(std::uint32_t n);
/// The platform and bank A begin this day; the nonce is the day's number.
std::shared_ptr<const Bytes> DayRollAct(Day day);

}  // namespace aval::ledger
