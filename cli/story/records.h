#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/story/scene.h"
#include "crypto/digest.h"
#include "ledger/types.h"

namespace aval::cli::story {

/// Members of a record as the API shows it. One that is absent or malformed is kCorruption.
Result<crypto::Digest> JsonDigest(const boost::json::value& record, std::string_view name);
Result<ledger::Id> JsonId(const boost::json::value& record, std::string_view name);
/// A party that the story has named; kNotFound for another.
Result<const Member*> MemberIn(const Scene& scene, const boost::json::value& record,
                               std::string_view name);

/// What a grant's or a loan's record says of a lender.
struct LenderPart {
  const Member* lender = nullptr;
  std::uint32_t share_ppm = 0;
};
Result<std::vector<LenderPart>> LendersOf(const Scene& scene, const boost::json::value& record);
/// The one with the largest share, of equals the first.
Result<const Member*> LeadLender(Scene& scene, const Thing& loan);

}  // namespace aval::cli::story
