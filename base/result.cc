#include "base/result.h"

namespace aval {

const char* CodeName(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
      return "invalid_argument";
    case Code::kNotFound:
      return "not_found";
    case Code::kNotMember:
      return "not_member";
    case Code::kDenied:
      return "denied";
    case Code::kCorruption:
      return "corruption";
    case Code::kIo:
      return "io";
    case Code::kFull:
      return "full";
    case Code::kOverloaded:
      return "overloaded";
    case Code::kUnavailable:
      return "unavailable";
    case Code::kTimeout:
      return "timeout";
    case Code::kCancelled:
      return "cancelled";
  }
  AVAL_ASSERT(false);
}

}  // namespace aval
