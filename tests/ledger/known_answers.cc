#include "tests/ledger/known_answers.h"

#include <fstream>
#include <iterator>

#include "base/assert.h"

namespace aval::ledger {

std::string KnownAnswer(std::string_view name) {
  std::ifstream file(AVAL_TEST_DATA "/golden/formats_kat.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string label = '"' + std::string(name) + "\": \"";
  const std::size_t from = text.find(label);
  AVAL_ASSERT(from != std::string::npos);
  std::string value;
  for (std::size_t at = from + label.size(); text.at(at) != '"'; ++at) {
    if (text.compare(at, 2, "\\n") == 0) {
      value += '\n';
      ++at;
    } else if (text.compare(at, 6, "\\u2014") == 0) {
      value += "\u2014";
      at += 5;
    } else {
      value += text[at];
    }
  }
  return value;
}

}  // namespace aval::ledger
