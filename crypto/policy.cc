#include "crypto/policy.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"

namespace aval::crypto {

namespace {

constexpr std::size_t kLinesMax = 1000;
constexpr std::string_view kNoQuorum = "none";

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos) break;
    line.remove_prefix(start);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return words;
}

std::optional<std::size_t> Threshold(std::string_view word, std::size_t members) {
  if (word == "any") return 1;
  if (word == "all") return members;
  const auto value = ParseDecimal<std::size_t>(word);
  if (!value || *value < 1 || *value > members) return std::nullopt;
  return value;
}

}  // namespace

Result<Policy> Policy::Parse(std::string_view text) {
  Policy policy;
  std::set<std::string> names;
  std::set<std::string> members;
  std::set<PublicKey> keys;
  std::size_t number = 0;
  const auto wrong = [&number](const std::string& what) {
    return Error{.code = Code::kInvalidArgument,
                 .message = "policy line " + std::to_string(number) + ": " + what};
  };
  while (!text.empty()) {
    if (++number > kLinesMax) return wrong("too many lines");
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return wrong("does not end");
    const std::vector<std::string_view> words = Words(text.substr(0, end));
    text.remove_prefix(end + 1);
    if (words.empty() || words[0].starts_with('#')) continue;
    if (words[0] == "log" && (words.size() == 2 || words.size() == 3)) {
      Result<Vkey> key = Vkey::Parse(words[1]);
      if (!key) return wrong(key.error().message);
      if (key->type != NoteKeyType::kLog) return wrong("not a log key");
      if (!keys.insert(key->key).second) return wrong("key stands twice");
      policy.logs_.push_back(*std::move(key));
    } else if (words[0] == "witness" && words.size() == 4) {
      Result<Vkey> key = Vkey::Parse(words[2]);
      if (!key) return wrong(key.error().message);
      if (key->type != NoteKeyType::kCosigner) return wrong("not a cosigner's key");
      if (!keys.insert(key->key).second) return wrong("key stands twice");
      if (words[1] == kNoQuorum) return wrong("none is no witness's name");
      if (!names.emplace(words[1]).second) return wrong("name stands twice");
      policy.witnesses_.push_back(
          {.name = std::string(words[1]), .key = *std::move(key), .url = std::string(words[3])});
    } else if (words[0] == "group" && words.size() >= 4) {
      Group group{.name = std::string(words[1]), .threshold = 0, .members = {}};
      for (std::size_t i = 3; i < words.size(); ++i) {
        const std::string member(words[i]);
        if (!names.contains(member)) return wrong("unknown member " + member);
        if (!members.insert(member).second) return wrong(member + " is in two groups");
        group.members.push_back(member);
      }
      const auto threshold = Threshold(words[2], group.members.size());
      if (!threshold) return wrong("threshold is not any, all or a number of members");
      group.threshold = *threshold;
      if (group.name == kNoQuorum) return wrong("none is no group's name");
      if (!names.insert(group.name).second) return wrong("name stands twice");
      policy.groups_.push_back(std::move(group));
    } else if (words[0] == "quorum" && words.size() == 2) {
      if (!policy.quorum_.empty()) return wrong("second quorum");
      policy.quorum_ = std::string(words[1]);
      if (policy.quorum_ != kNoQuorum && !names.contains(policy.quorum_)) {
        return wrong("unknown quorum " + policy.quorum_);
      }
    } else {
      return wrong("not a log, witness, group or quorum line");
    }
  }
  if (policy.logs_.empty()) return wrong("no log");
  if (policy.quorum_.empty()) return wrong("no quorum");
  return policy;
}

std::vector<Vkey> Policy::keys() const {
  std::vector<Vkey> keys = logs_;
  for (const Witness& witness : witnesses_) keys.push_back(witness.key);
  return keys;
}

Policy::Standing Policy::Evaluate(std::span<const NoteSigner> signers) const {
  const auto signed_by = [&signers](const Vkey& key) {
    return std::any_of(signers.begin(), signers.end(),
                       [&key](const NoteSigner& signer) { return signer.key == key; });
  };
  Standing standing;
  standing.log_signed = std::any_of(logs_.begin(), logs_.end(), signed_by);
  if (quorum_ == kNoQuorum) {
    standing.quorum_reached = true;
    return standing;
  }
  std::set<std::string> satisfied;
  for (const Witness& witness : witnesses_) {
    if (signed_by(witness.key)) satisfied.insert(witness.name);
  }
  standing.needed = standing.members = 1;
  standing.reached = satisfied.contains(quorum_) ? 1 : 0;
  // Members stand above their groups, so one pass decides all.
  for (const Group& group : groups_) {
    const auto reached = static_cast<std::size_t>(
        std::count_if(group.members.begin(), group.members.end(),
                      [&](const std::string& member) { return satisfied.contains(member); }));
    if (reached >= group.threshold) satisfied.insert(group.name);
    if (group.name == quorum_) {
      standing.reached = reached;
      standing.needed = group.threshold;
      standing.members = group.members.size();
    }
  }
  standing.quorum_reached = satisfied.contains(quorum_);
  return standing;
}

std::size_t MajorityOf(std::size_t institutions) { return institutions / 2 + 1; }

std::size_t StrongQuorumOf(std::size_t institutions) {
  const std::size_t liars = std::max<std::size_t>(1, (institutions - 1) / 3);
  return std::min(institutions, (institutions + liars + 2) / 2);
}

std::string PolicyText(std::span<const Vkey> logs, std::span<const PolicyInstitution> institutions,
                       std::size_t threshold) {
  std::string text;
  for (const Vkey& log : logs) text += "log " + log.Text() + "\n";
  for (const PolicyInstitution& institution : institutions) {
    std::string group = "group " + institution.name + " any";
    for (const Policy::Witness& node : institution.nodes) {
      text += "witness " + node.name + " " + node.key.Text() + " " + node.url + "\n";
      group += " " + node.name;
    }
    text += group + "\n";
  }
  text += "group institutions " + std::to_string(threshold);
  for (const PolicyInstitution& institution : institutions) text += " " + institution.name;
  return text + "\nquorum institutions\n";
}

}  // namespace aval::crypto
