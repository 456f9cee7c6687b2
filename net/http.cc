#include "net/http.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace aval::net {

namespace {

std::string_view Find(const std::map<std::string, std::string, std::less<>>& values,
                      std::string_view name) {
  const auto at = values.find(name);
  return at == values.end() ? std::string_view() : std::string_view(at->second);
}

}  // namespace

std::string_view HttpRequest::Header(std::string_view name) const { return Find(headers, name); }

std::string_view HttpRequest::Query(std::string_view name) const { return Find(query, name); }

ByteView HttpResponse::BodyView() const {
  if (const auto* shared = std::get_if<std::shared_ptr<const Bytes>>(&body)) return **shared;
  return AsBytes(std::get<std::string>(body));
}

HttpResponse JsonError(int status, std::string_view code, std::string_view message) {
  // What a message repeats of its cause may be in any encoding; JSON is UTF-8.
  std::string text(message);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) > '~') c = '?';
  }
  return {.status = status,
          .content_type = "application/json",
          .body = boost::json::serialize(boost::json::object{{"code", code}, {"message", text}}),
          .headers = {}};
}

}  // namespace aval::net
