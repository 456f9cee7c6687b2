#include "node/api/act_id.h"

#include "node/api/json_view.h"

namespace aval::node::api {

std::string ActIdText(const ledger::Outcome::Key& id) {
  return id.last_valid.Text() + "_" + PartyText(id.author) + "_" + id.nonce.Hex();
}

Result<ledger::Outcome::Key> ParseActId(std::string_view text) {
  const std::size_t first = text.find('_');
  const std::size_t last = text.rfind('_');
  if (first == std::string_view::npos || first == last) {
    return Error{.code = Code::kInvalidArgument,
                 .message = "an act's id is <last valid day>_<author>_<nonce>"};
  }
  ledger::Outcome::Key id;
  AVAL_TRY(id.last_valid, ledger::Day::Parse(text.substr(0, first)));
  AVAL_TRY(id.author, ParseParty(text.substr(first + 1, last - first - 1)));
  AVAL_TRY(id.nonce, ledger::Id::FromHex(text.substr(last + 1)));
  return id;
}

}  // namespace aval::node::api
