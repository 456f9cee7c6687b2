#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/note.h"

namespace aval::crypto {

/// c2sp.org/tlog-policy: whose signatures make a checkpoint count (formats.md 1.9).
class Policy {
 public:
  struct Witness {
    std::string name;
    Vkey key;
    std::string url;
  };
  struct Group {
    std::string name;
    std::size_t threshold = 0;
    std::vector<std::string> members;  // Witnesses or earlier groups.
  };

  /// Lines of `log`, `witness`, `group` and one `quorum`; `#` comments and blank lines. Every
  /// witness has a URL, every name and every key stands once, a member belongs to one group and
  /// stands above it. Errors name the line.
  static Result<Policy> Parse(std::string_view text);

  const std::vector<Vkey>& logs() const { return logs_; }
  /// Every key that the policy names, for VerifyNote.
  std::vector<Vkey> keys() const;

  struct Standing {
    bool log_signed = false;  // By one of the logs.
    bool quorum_reached = false;
    std::size_t reached = 0;  // Satisfied members of the quorum's group.
    std::size_t needed = 0;
    std::size_t members = 0;
    bool satisfied() const { return log_signed && quorum_reached; }
  };
  /// Where a checkpoint with these (verified) signers stands.
  Standing Evaluate(std::span<const NoteSigner> signers) const;

 private:
  std::vector<Vkey> logs_;
  std::vector<Witness> witnesses_;
  std::vector<Group> groups_;
  std::string quorum_;  // Name, or "none".
};

/// One institution's nodes in the policy that Aval writes.
struct PolicyInstitution {
  std::string name;  // A word: the group's name.
  std::vector<Policy::Witness> nodes;
};

/// Institutions needed: more than half of `institutions`.
std::size_t MajorityOf(std::size_t institutions);
/// q = ceil((n + f + 1) / 2), f = max(1, floor((n - 1) / 3)), at most n: forking it needs f + 1
/// liars.
std::size_t StrongQuorumOf(std::size_t institutions);

/// The text with one group for each institution and a group "institutions" of `threshold` of them.
std::string PolicyText(std::span<const Vkey> logs, std::span<const PolicyInstitution> institutions,
                       std::size_t threshold);

}  // namespace aval::crypto
