#include "cli/client.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <future>
#include <set>
#include <utility>

#include "config/toml_reader.h"
#include "config/toml_values.h"
#include "ledger/verdict.h"
#include "net/proto/api.pb.h"

namespace aval::cli {
namespace {

constexpr std::string_view kProtobuf = "application/x-protobuf";

ActReply ReplyOf(const api::v1::ActResult& result) {
  ActReply reply;
  switch (result.status()) {
    case api::v1::ActResult::DECIDED:
      reply.status = ActReply::Status::kDecided;
      break;
    case api::v1::ActResult::MALFORMED:
      reply.status = ActReply::Status::kMalformed;
      break;
    case api::v1::ActResult::OVERLOADED:
      reply.status = ActReply::Status::kOverloaded;
      break;
    default:
      reply.status = ActReply::Status::kUnknown;
  }
  reply.verdict = static_cast<std::uint16_t>(result.verdict());
  reply.recorded = result.recorded();
  reply.repeated = result.repeated();
  reply.leaf = result.leaf();
  reply.message = result.message();
  return reply;
}

// The server's own words for a status that is not 2xx.
Error RefusalOf(const net::HttpReply& reply) {
  Code code = Code::kUnavailable;
  if (reply.status == 404) code = Code::kNotFound;
  if (reply.status == 400 || reply.status == 413) code = Code::kInvalidArgument;
  if (reply.status == 403) code = Code::kDenied;
  if (reply.status == 429) code = Code::kOverloaded;
  if (reply.status == 504) code = Code::kTimeout;
  std::string words(AsText(reply.body));
  boost::system::error_code failed;
  const boost::json::value body = boost::json::parse(words, failed);
  if (!failed && body.is_object()) {
    if (const auto* message = body.as_object().if_contains("message");
        message != nullptr && message->is_string()) {
      words = std::string(message->as_string());
    }
  }
  return {.code = code, .message = std::to_string(reply.status) + ": " + words};
}

Result<std::vector<ActReply>> BatchReplies(Result<net::HttpReply> reply, std::size_t expected) {
  if (!reply) return reply.error();
  if (reply->status != 200) return RefusalOf(*reply);
  api::v1::ActResults results;
  if (!results.ParseFromArray(reply->body.data(), static_cast<int>(reply->body.size())) ||
      static_cast<std::size_t>(results.results_size()) != expected) {
    return Error{.code = Code::kCorruption, .message = "the node's answer is not one for each act"};
  }
  std::vector<ActReply> replies;
  for (const api::v1::ActResult& result : results.results()) replies.push_back(ReplyOf(result));
  return replies;
}

Result<boost::json::value> JsonIn(const Bytes& body) {
  boost::system::error_code failed;
  boost::json::value value =
      boost::json::parse(boost::json::string_view(AsText(body).data(), body.size()), failed);
  if (failed) {
    return Error{.code = Code::kCorruption, .message = "the node's answer is not JSON"};
  }
  return value;
}

}  // namespace

std::string ActReply::code() const {
  return std::string(ledger::VerdictCode(static_cast<ledger::Verdict>(verdict)));
}

Result<ClientFile> LoadClientFile(const std::filesystem::path& path) {
  AVAL_TRY(config::TomlFile file, config::TomlFile::Load(path));
  const std::filesystem::path folder = path.parent_path();
  config::TomlTable root = file.root();
  ClientFile client;
  config::TomlTable own = root.Table("client");
  client.key = folder / own.Text("key");
  client.passphrase_file = folder / own.Text("passphrase_file");
  client.genesis = folder / own.Text("genesis");
  client.cosigner_policy = folder / own.Text("cosigner_policy");
  std::set<std::uint32_t> numbers;
  for (config::TomlTable& table : root.Tables("node")) {
    ClientFile::Node node;
    node.number = static_cast<std::uint32_t>(table.Integer("number", {1, 65'535}));
    if (!numbers.insert(node.number).second) table.Fail("number", "named twice");
    node.institution = table.Text("institution");
    node.api = config::EndpointAt(table, "api");
    node.key_id = config::KeyIdAt(table, "key_id");
    client.nodes.push_back(std::move(node));
  }
  if (client.nodes.empty()) root.Fail("node", "at least one node must be named");
  AVAL_CHECK(file.Finish());
  return client;
}

ApiClient::ApiClient(std::unique_ptr<net::HttpPool> pool) : pool_(std::move(pool)) {}

Result<std::unique_ptr<ApiClient>> ApiClient::Make(net::IoThreads& threads,
                                                   const ClientFile::Node& node,
                                                   const crypto::SecretKey& key,
                                                   std::size_t connections) {
  net::HttpPool::Options options;
  options.connections = connections;
  AVAL_TRY(auto pool,
           net::HttpPool::Make(
               threads, {.host = node.api.host, .port = node.api.port, .keys = {node.key_id}}, key,
               options));
  return std::unique_ptr<ApiClient>(new ApiClient(std::move(pool)));
}

void ApiClient::SubmitBatch(const std::vector<Bytes>& envelopes, std::chrono::milliseconds timeout,
                            Done done) {
  api::v1::ActBatch batch;
  for (const Bytes& envelope : envelopes) batch.add_envelopes(std::string(AsText(envelope)));
  net::HttpCall call;
  call.method = "POST";
  call.target = "/v1/acts:batch?timeout_ms=" + std::to_string(timeout.count());
  call.content_type = kProtobuf;
  call.headers.emplace("Accept", kProtobuf);
  call.body = CopyBytes(AsBytes(batch.SerializeAsString()));
  // The node answers by its own deadline; the call waits a little longer for that answer.
  pool_->Call(std::move(call), timeout + std::chrono::seconds(2),
              [done = std::move(done), expected = envelopes.size()](Result<net::HttpReply> reply) {
                done(BatchReplies(std::move(reply), expected));
              });
}

Result<std::vector<ActReply>> ApiClient::SubmitAndWait(const std::vector<Bytes>& envelopes,
                                                       std::chrono::milliseconds timeout) {
  std::promise<Result<std::vector<ActReply>>> promise;
  SubmitBatch(envelopes, timeout, [&promise](Result<std::vector<ActReply>> replies) {
    promise.set_value(std::move(replies));
  });
  return promise.get_future().get();
}

Result<Bytes> ApiClient::Ask(net::HttpCall call, std::chrono::milliseconds timeout) {
  std::promise<Result<net::HttpReply>> promise;
  pool_->Call(std::move(call), timeout,
              [&promise](Result<net::HttpReply> reply) { promise.set_value(std::move(reply)); });
  Result<net::HttpReply> reply = promise.get_future().get();
  if (!reply) return reply.error();
  if (reply->status / 100 != 2) return RefusalOf(*reply);
  return std::move(reply->body);
}

Result<Bytes> ApiClient::GetBytes(const std::string& target, std::chrono::milliseconds timeout) {
  net::HttpCall call;
  call.target = target;
  return Ask(std::move(call), timeout);
}

Result<boost::json::value> ApiClient::GetJson(const std::string& target,
                                              std::chrono::milliseconds timeout) {
  AVAL_TRY(const Bytes body, GetBytes(target, timeout));
  return JsonIn(body);
}

Result<boost::json::value> ApiClient::PostJson(const std::string& target,
                                               const boost::json::value& body,
                                               std::chrono::milliseconds timeout) {
  net::HttpCall call;
  call.method = "POST";
  call.target = target;
  call.content_type = "application/json";
  call.body = CopyBytes(AsBytes(boost::json::serialize(body)));
  AVAL_TRY(const Bytes answer, Ask(std::move(call), timeout));
  return JsonIn(answer);
}

}  // namespace aval::cli
