#include "cli/story/records.h"

#include <algorithm>
#include <string>

#include "base/bytes.h"
#include "cli/json.h"

namespace aval::cli::story {

Result<crypto::Digest> JsonDigest(const boost::json::value& record, std::string_view name) {
  AVAL_TRY(const std::string text, JsonText(record, name));
  const auto bytes = FromHex(text);
  crypto::Digest digest;
  if (!bytes || bytes->size() != digest.bytes.size()) {
    return Error{.code = Code::kCorruption, .message = std::string(name) + ": no digest"};
  }
  std::ranges::copy(*bytes, digest.bytes.begin());
  return digest;
}

Result<ledger::Id> JsonId(const boost::json::value& record, std::string_view name) {
  AVAL_TRY(const std::string text, JsonText(record, name));
  return ledger::Id::FromHex(text);
}

Result<const Member*> MemberIn(const Scene& scene, const boost::json::value& record,
                               std::string_view name) {
  AVAL_TRY(const std::string text, JsonText(record, name));
  const Member* member = scene.WhoIs(text);
  if (member == nullptr) {
    return Error{.code = Code::kNotFound,
                 .message = std::string(name) + " is nobody of this story: " + text};
  }
  return member;
}

Result<std::vector<LenderPart>> LendersOf(const Scene& scene, const boost::json::value& record) {
  std::vector<LenderPart> lenders;
  AVAL_TRY(const boost::json::array* list, JsonList(record, "lenders"));
  for (const boost::json::value& entry : *list) {
    LenderPart part;
    AVAL_TRY(part.lender, MemberIn(scene, entry, "lender"));
    AVAL_TRY(const std::uint64_t share, JsonCount(entry, "share_ppm"));
    part.share_ppm = static_cast<std::uint32_t>(share);
    lenders.push_back(part);
  }
  return lenders;
}

Result<const Member*> LeadLender(Scene& scene, const Thing& loan) {
  AVAL_TRY(const boost::json::value record, scene.Read("loan", {loan.id.Hex()}));
  AVAL_TRY(const std::vector<LenderPart> lenders, LendersOf(scene, record));
  if (lenders.empty()) return Error{.code = Code::kCorruption, .message = "a loan of no lender"};
  return std::ranges::max_element(lenders, {}, &LenderPart::share_ppm)->lender;
}

}  // namespace aval::cli::story
