#include <boost/json/array.hpp>

#include "cli/bench/report.h"

namespace aval::cli::bench {
namespace {

using boost::json::object;

template <class Map>
object ObjectOf(const Map& values) {
  object body;
  for (const auto& [name, value] : values) body.emplace(name, value);
  return body;
}

object LatencyJson(const LoadReport& load) {
  return {{"p50", load.Percentile(0.5)},
          {"p99", load.Percentile(0.99)},
          {"p999", load.Percentile(0.999)},
          {"max", load.Percentile(1)}};
}

object MixJson(const Mix& mix) {
  return {{"acts", mix.acts},
          {"signatures", mix.signatures},
          {"signatures_per_act", mix.SignaturesPerAct()},
          {"bytes", mix.bytes},
          {"by_type", ObjectOf(mix.acts_by_type)}};
}

object LimitJson(const Limit& limit, double share) {
  return {{"verifies_per_second", limit.verifies_per_second},
          {"nodes", limit.nodes},
          {"signatures_per_act", limit.signatures_per_act},
          {"acts_per_second", limit.ActsPerSecond()},
          {"share", share}};
}

object NodeJson(const NodeUsage& node) {
  const NodeCounters& counters = node.counters;
  object body{{"number", node.number},
              {"leads", counters.leads},
              {"blocks_proposed", counters.blocks_proposed},
              {"wal_entries", counters.wal_entries},
              {"wal_syncs", counters.wal_syncs},
              {"wal_bytes", counters.wal_bytes},
              {"flushes", counters.flushes},
              {"peer_sent_bytes", counters.peer_sent_bytes},
              {"signatures_applied", counters.signatures_applied},
              {"signatures_checked", ObjectOf(counters.signatures_checked)},
              {"signatures_left_to_rules", counters.signatures_left_to_rules},
              {"signatures_reused", counters.signatures_reused}};
  if (node.cpu) body.emplace("cpu_seconds", ObjectOf(node.cpu->seconds));
  if (node.written_bytes) body.emplace("written_bytes", *node.written_bytes);
  return body;
}

object RunJson(const RunReport& run) {
  object body{{"mode", run.plan.rate ? "open" : "closed"}};
  if (run.plan.rate) {
    body.emplace("rate", *run.plan.rate);
    body.emplace("undecided", ObjectOf(run.undecided));
    LoadReport generator;
    generator.latency_us = run.lateness_us;
    body.emplace("lateness_us", LatencyJson(generator));
  } else {
    body.emplace("clients", run.plan.clients);
  }
  body.emplace("mix", MixJson(run.mix));
  body.emplace("decided", run.load.decided());
  body.emplace("refused", ObjectOf(run.load.refused));
  body.emplace("seconds", run.seconds);
  body.emplace("acts_per_second", run.ActsPerSecond());
  body.emplace("signatures_per_second", run.ActsPerSecond() * run.mix.SignaturesPerAct());
  body.emplace("latency_us", LatencyJson(run.load));
  if (run.limit) body.emplace("limit", LimitJson(*run.limit, run.Share()));
  boost::json::array nodes;
  for (const NodeUsage& node : run.nodes) nodes.push_back(NodeJson(node));
  body.emplace("nodes", std::move(nodes));
  body.emplace("generator_cpu_seconds", ObjectOf(run.generator.seconds));
  return body;
}

}  // namespace

object BenchJson(const Place& place, const std::vector<RunReport>& runs) {
  boost::json::array list;
  for (const RunReport& run : runs) list.push_back(RunJson(run));
  return {{"directory", place.directory.string()},
          {"file_system", object{{"type", place.file_system.type},
                                 {"source", place.file_system.source},
                                 {"mount_point", place.file_system.mount_point},
                                 {"fdatasync_p50_us", place.sync_median.count()}}},
          {"nodes", place.nodes},
          {"started_here", place.started_here},
          {"cores", place.cores},
          {"runs", std::move(list)}};
}

}  // namespace aval::cli::bench
