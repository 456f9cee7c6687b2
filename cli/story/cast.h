#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aval::cli::story {

enum class Role : std::uint8_t {
  kPerson,  // A participant: a natural person, or a small firm.
  kSupplier,
  kInstitution,
};

/// Who appears in a story, by the names that its sentences use.
class Cast {
 public:
  /// False when somebody is called so already.
  bool Add(const std::string& name, Role role);
  /// Nothing when nobody is called so.
  std::optional<Role> RoleOf(std::string_view name) const;

  /// The lengths of the names, longest first, that stand at the front of `text` as whole words,
  /// with "the " or "The " before them where the text has it.
  std::vector<std::size_t> NamesAt(std::string_view text) const;
  /// The name without a leading article.
  static std::string_view WithoutArticle(std::string_view text);

 private:
  std::map<std::string, Role, std::less<>> roles_;
};

}  // namespace aval::cli::story
