#include <algorithm>
#include <cstdio>

#include "cli/bench/report.h"

namespace aval::cli::bench {
namespace {

std::string Fixed(double value, int decimals) {
  char buffer[64];
  std::snprintf(buffer, sizeof(buffer), "%.*f", decimals, value);
  return buffer;
}

std::string Whole(double value) { return Fixed(value, 0); }
std::string Millis(std::uint32_t micros) { return Fixed(micros / 1000.0, 1); }
std::string MegaBytes(std::uint64_t bytes) { return Fixed(static_cast<double>(bytes) / 1e6, 1); }

double Quotient(std::uint64_t a, std::uint64_t b) {
  return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b);
}

// The first column says what the line is about.
std::string Line(std::string what, const std::string& words) {
  what.resize(std::max<std::size_t>(what.size(), 13), ' ');
  return what + words + "\n";
}

template <class Map>
std::string Listed(const Map& values, const std::string& between,
                   std::string (*text)(double value)) {
  std::string words;
  for (const auto& [name, value] : values) {
    if (!words.empty()) words += ", ";
    words += name + between + text(static_cast<double>(value));
  }
  return words;
}

std::string LoadLines(const RunReport& run) {
  std::string text =
      run.plan.rate ? Line("open loop", Fixed(*run.plan.rate, 1) + " acts/s, whatever the answers")
                    : Line("closed loop", std::to_string(run.plan.clients) +
                                              (run.plan.clients == 1 ? " client" : " clients"));
  text += Line("  load", std::to_string(run.mix.acts) + " acts signed before the clock started, " +
                             Fixed(run.mix.SignaturesPerAct(), 2) + " signatures and " +
                             Whole(Quotient(run.mix.bytes, run.mix.acts)) + " bytes an act");
  return text + Line("  mix", Listed(run.mix.acts_by_type, " ", Whole));
}

std::string DecidedLines(const RunReport& run) {
  const double rate = run.ActsPerSecond();
  std::string text =
      Line("  decided", std::to_string(run.load.decided()) + " acts in " + Fixed(run.seconds, 1) +
                            " s: " + Whole(rate) + " acts/s, " +
                            Whole(rate * run.mix.SignaturesPerAct()) + " signatures/s");
  if (!run.load.refused.empty()) text += Line("  refused", Listed(run.load.refused, " ", Whole));
  if (!run.undecided.empty()) text += Line("  undecided", Listed(run.undecided, " ", Whole));
  text += Line("  latency", "p50 " + Millis(run.load.Percentile(0.5)) + " ms, p99 " +
                                Millis(run.load.Percentile(0.99)) + " ms, p99.9 " +
                                Millis(run.load.Percentile(0.999)) + " ms to durable commit" +
                                (run.plan.rate ? ", from when due" : ""));
  if (!run.plan.rate) return text;
  LoadReport generator;
  generator.latency_us = run.lateness_us;
  return text + Line("  generator", "late by p50 " + Millis(generator.Percentile(0.5)) +
                                        " ms, p99 " + Millis(generator.Percentile(0.99)) +
                                        " ms, at most " + Millis(generator.Percentile(1)) + " ms");
}

std::string LimitLine(const RunReport& run) {
  if (!run.limit) return Line("  limit", "not known: not all nodes are on this machine");
  return Line("  limit", Whole(run.limit->verifies_per_second) +
                             " verifies/s with all cores busy / " +
                             std::to_string(run.limit->nodes) + " nodes / " +
                             Fixed(run.limit->signatures_per_act, 2) +
                             " signatures = " + Whole(run.limit->ActsPerSecond()) +
                             " acts/s; reached " + Fixed(100 * run.Share(), 1) + " %");
}

std::string CpuWords(const CpuTimes& times) {
  const auto seconds = [](double value) { return Fixed(value, 2); };
  return "CPU " + seconds(times.Total()) + " s: " + Listed(times.seconds, " ", seconds);
}

std::string NodeLines(const NodeUsage& node) {
  const NodeCounters& counters = node.counters;
  std::string text;
  if (node.cpu) {
    text += Line("  node " + std::to_string(node.number), CpuWords(*node.cpu));
  }
  text += Line(
      node.cpu ? "" : "  node " + std::to_string(node.number),
      std::string(counters.leads ? "leads; " : "") + "WAL: " +
          std::to_string(counters.wal_entries) + " blocks, " + std::to_string(counters.wal_syncs) +
          " fsyncs (" + Fixed(Quotient(counters.wal_syncs, counters.wal_entries), 2) +
          " a block), " + MegaBytes(counters.wal_bytes) +
          " MB; log and state: " + std::to_string(counters.flushes) + " flushes; to peers " +
          MegaBytes(counters.peer_sent_bytes) + " MB" +
          (node.written_bytes ? "; to storage " + MegaBytes(*node.written_bytes) + " MB" : ""));
  return text +
         Line("", "signatures: " + std::to_string(counters.signatures_applied) +
                      " applied, verified by " + Listed(counters.signatures_checked, " ", Whole) +
                      ", rules " + std::to_string(counters.signatures_left_to_rules) + " (" +
                      Fixed(Quotient(counters.Verified(), counters.signatures_applied), 2) +
                      " times each), reused " + std::to_string(counters.signatures_reused));
}

}  // namespace

std::string PlaceText(const Place& place) {
  std::string text =
      Line("directory", place.directory.string() + " on " + place.file_system.type + " (" +
                            place.file_system.source + " at " + place.file_system.mount_point +
                            "), fdatasync p50 " +
                            Millis(static_cast<std::uint32_t>(place.sync_median.count())) + " ms");
  return text + Line("nodes", std::to_string(place.nodes) +
                                  (place.started_here ? ", started here; " : ", which ran; ") +
                                  "this machine has " + std::to_string(place.cores) + " cores");
}

std::string RunText(const RunReport& run) {
  std::string text = "\n" + LoadLines(run) + DecidedLines(run) + LimitLine(run);
  for (const NodeUsage& node : run.nodes) text += NodeLines(node);
  return text + Line("  this side", CpuWords(run.generator));
}

}  // namespace aval::cli::bench
