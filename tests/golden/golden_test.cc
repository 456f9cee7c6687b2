// Asks our arithmetic every case of golden.json, or of the file that AVAL_GOLDEN names. Exit code
// 0: no wrong answer; 1: some; 2: the file is none of that form, or has no cases. An operation that
// we do not have is printed and is no failure, but for golden.json those are known: 1 also where
// others are missing, or where not so many answers as ever are right.

#include <boost/json.hpp>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/golden/arguments.h"
#include "tests/golden/operations.h"

namespace {

namespace json = boost::json;
using aval::golden::Arguments;

// Operations of golden.json that nothing here answers yet, ascending, and the answers to all
// others. Pinned: under another name an operation would lose its cases without a word.
const std::set<std::string, std::less<>> kNotYet{"bilateral", "net_positions", "net_with_caps",
                                                 "p2p_transfers", "roll_ppm"};
constexpr std::size_t kRight = 114;

struct Counts {
  std::size_t right = 0;
  std::size_t wrong = 0;
  std::size_t unknown = 0;
  std::set<std::string, std::less<>> unknown_operations;
};

std::string_view Text(const json::object& one, std::string_view name) {
  return one.at(name).as_string();
}

void PrintWrong(const json::object& one, const std::string& got) {
  std::cout << "WRONG " << Text(one, "id") << ' ' << Text(one, "op");
  if (one.contains("note")) std::cout << ": " << Text(one, "note");
  std::cout << "\n  args     " << one.at("args") << "\n  expected " << one.at("expect")
            << "\n  got      " << got << '\n';
}

void Run(const json::object& one, Counts& counts) {
  Arguments arguments(one.at("args").as_object());
  std::string got;
  try {
    const auto answer = aval::golden::Answer(Text(one, "op"), arguments);
    if (!answer) {
      ++counts.unknown;
      counts.unknown_operations.emplace(Text(one, "op"));
      std::cout << "unknown operation: " << Text(one, "op") << " (" << Text(one, "id") << ")\n";
      return;
    }
    // A refusal may come before every argument has been looked at.
    const auto unread = answer->contains("ok") ? arguments.Unread() : std::vector<std::string>{};
    if (unread.empty() && *answer == one.at("expect")) {
      ++counts.right;
      return;
    }
    got = json::serialize(*answer);
    for (const std::string& name : unread) got += ", which does not depend on " + name;
  } catch (const std::exception& error) {
    got = std::string("no answer: ") + error.what();
  }
  ++counts.wrong;
  PrintWrong(one, got);
}

// Whether golden.json was answered as far as it ever was.
bool AsPinned(const Counts& counts) {
  if (counts.unknown_operations == kNotYet && counts.right == kRight) return true;
  std::cout << "not as pinned: " << counts.right << " right instead of " << kRight
            << "; operations that are not known:";
  for (const std::string& operation : counts.unknown_operations) std::cout << ' ' << operation;
  std::cout << '\n';
  return false;
}

int RunFile(const std::string& path, bool pinned) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::cerr << path << ": cannot be read\n";
    return 2;
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Counts counts;
  try {
    const json::value document = json::parse(text);
    const json::array& cases = document.at("cases").as_array();
    if (cases.empty()) throw std::invalid_argument("there are no cases");
    for (const json::value& one : cases) Run(one.as_object(), counts);
  } catch (const std::exception& error) {
    std::cerr << path << ": " << error.what() << '\n';
    return 2;
  }
  std::cout << path << ": " << counts.right << " right, " << counts.wrong << " wrong, "
            << counts.unknown << " of unknown operations\n";
  const bool good = counts.wrong == 0 && (!pinned || AsPinned(counts));
  return good ? 0 : 1;
}

}  // namespace

int main() {
  const char* const file = std::getenv("AVAL_GOLDEN");
  if (file != nullptr) return RunFile(file, /*pinned=*/false);
  return RunFile(AVAL_TEST_DATA "/golden/golden.json", /*pinned=*/true);
}
