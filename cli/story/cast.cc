#include "cli/story/cast.h"

#include <algorithm>
#include <functional>

namespace aval::cli::story {
namespace {

bool EndsWord(std::string_view text, std::size_t at) {
  if (at >= text.size()) return true;
  const char c = text[at];
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return !letter && c != '-' && static_cast<unsigned char>(c) < 0x80;
}

}  // namespace

bool Cast::Add(const std::string& name, Role role) { return roles_.emplace(name, role).second; }

std::optional<Role> Cast::RoleOf(std::string_view name) const {
  const auto at = roles_.find(WithoutArticle(name));
  if (at == roles_.end()) return std::nullopt;
  return at->second;
}

std::vector<std::size_t> Cast::NamesAt(std::string_view text) const {
  const std::string_view rest = WithoutArticle(text);
  const std::size_t article = text.size() - rest.size();
  std::vector<std::size_t> lengths;
  for (const auto& [name, role] : roles_) {
    if (rest.starts_with(name) && EndsWord(rest, name.size())) {
      lengths.push_back(article + name.size());
    }
  }
  std::ranges::sort(lengths, std::greater<>{});
  return lengths;
}

std::string_view Cast::WithoutArticle(std::string_view text) {
  return text.starts_with("the ") || text.starts_with("The ") ? text.substr(4) : text;
}

}  // namespace aval::cli::story
