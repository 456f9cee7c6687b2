#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "consensus/core/membership.h"
#include "consensus/message.h"
#include "consensus/storage.h"
#include "consensus/types.h"
#include "crypto/digest.h"

namespace aval::consensus {

/// What nodes have promised: votes, and entries acknowledged. Raft rests on nobody forgetting that,
/// and a disk that was emptied, or restored from a backup, has forgotten. So others remember: a
/// node that starts asks them before it promises anything again, and finds out.
///
/// Each promise carries a seal under a key that its maker alone has: SHA-256 over the key and the
/// promise, all of fixed length. So a peer can give a promise back but not make one up, and no peer
/// can talk a node into believing that it has forgotten.
///
/// Who must answer, before this node promises again (once all voters have, it need not wait; while
/// some have not, it waits for an election timeout, because one of these may know):
/// - after an ordinary start, a quorum of the voters, this node among them;
/// - after a start with an empty disk, or from a backup, all other voters, since any of them may be
///   the only one who knows; with an empty disk a quorum of voters whose disks were as empty will
///   do: then there is nothing to know.
/// Who does not vote by its own log may vote by a later one, and asks a quorum: a later incarnation
/// with an empty disk, too, and all who vote where one of these says that it votes.
///
/// Which voters: those of this node's log. Who was away for long may know only voters that are
/// gone, so what peers tell of members is asked for as well; but one peer may lie. A later
/// configuration is believed when two peers that vote in it tell the same; or, where it only adds
/// voters to those of this node's log, when who tells it is a quorum of it with this node.
///
/// Who has not answered by then is asked on, and whoever finds out late that it has forgotten takes
/// part no more from then on.
///
/// What others have promised is kept by the driver, lately at least, so that it outlasts a power
/// cut of everybody.
///
/// What this cannot see in time: a restored backup, not said to be one, whose promises only such
/// nodes know as are out of reach at the start. It takes part until one of them answers.
/// Threads: one.
class Promises {
 public:
  /// What is known of this node's disk at start.
  enum class Memory : std::uint8_t {
    kWhole,      // Nothing was lost, whoever starts the node knows.
    kUncertain,  // As after any restart.
    kRestored,   // From a backup, its operator says.
    kEmpty,      // Nothing is in the log: a first start, or a lost disk.
  };
  enum class Standing : std::uint8_t {
    kAsking,     // Promises nothing yet.
    kKept,       // Takes part.
    kForgotten,  // Takes part no more, for good: it comes back as another incarnation.
  };
  struct Self {
    NodeId node;
    std::uint32_t incarnation = 1;
    std::uint64_t run = 0;  // Never the same in two processes.
    crypto::Digest key{};   // Secret, and the same in all processes of this node.
  };

  /// `disk` and `last` are what was found at start, `known` what others had promised before.
  Promises(const Self& self, Memory memory, const HardState& disk, const EntryId& last,
           std::map<NodeId, Promise> known = {});

  Standing standing() const { return standing_; }
  /// This node began with an empty disk and has promised nothing since.
  bool blank() const { return memory_ == Memory::kEmpty && !promised_; }
  std::uint64_t run() const { return self_.run; }

  /// Of this node; `durable` is, and so is its log up to `index`.
  Promise Make(const HardState& durable, Index index);
  /// Remembers the highest of another node.
  void Note(NodeId maker, std::uint32_t incarnation, const std::optional<Promise>& promise);
  /// What is known of a node's.
  std::optional<Promise> Of(NodeId maker) const;
  const std::map<NodeId, Promise>& known() const { return known_; }

  /// What `from` knows of this node, and who it says takes part. A promise under this node's seal
  /// that is not on its disk counts at any time: a node that takes part stops doing so.
  void Hear(Sender from, const GreetingResponse& answer);
  /// Who is to be asked, this node perhaps among them, and whomever a peer has named.
  std::set<NodeId> AskedOf(const Membership& membership) const;
  /// To be asked, and silent since this process began.
  bool IsUnheard(NodeId node) const;
  /// Decides whether enough have answered, by what this node's log, or a later one, says of
  /// members; `waited`: an election timeout has passed since the start.
  void Judge(const Membership& membership, bool waited);

 private:
  struct Answer {
    std::uint32_t incarnation = 0;
    bool blank = false;
    std::optional<ConfigurationAt> told;  // Unless it was none.
  };
  /// The newest configuration that is believed.
  const Configuration& Newest(const Membership& membership) const;
  bool IsBelieved(const ConfigurationAt& told, const Membership& membership) const;
  crypto::Digest SealOf(const Promise& promise) const;
  bool IsForgotten(const Promise& promise) const;
  /// Of this node and those heard the ones that vote in `configuration`, as the incarnation heard.
  std::set<NodeId> HeardOf(const Configuration& configuration) const;
  /// One of `heard` says that this node votes.
  bool IsToldToVote(const std::set<NodeId>& heard) const;

  const Self self_;
  const HardState disk_;
  const Index last_;
  const Memory memory_;
  Standing standing_ = Standing::kAsking;
  bool promised_ = false;
  std::map<NodeId, Answer> answers_;  // To this process, the last of each.
  std::map<NodeId, Promise> known_;
};

}  // namespace aval::consensus
