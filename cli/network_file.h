#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "cli/network.h"

namespace aval::cli {

/// The plan of a network as founders write it (docs/guides/network.md has an example):
///
///     origin = "ledger.example/credit-1"
///     first_day = "2026-01-01"
///     calendar = "clock"                      # or "replay", for demos and tests
///     utc_offset_minutes = 480
///
///     [[institution]]
///     number = 1, name = "platform.example", kind = "platform", lend = true, ...
///     [[node]]
///     number = 1, institution = 1, peers = "10.0.0.1:7001", api = "10.0.0.1:7002"
///     [[policy]]   every field of genesis.proto's Policy, by its name
///     [[product]]  every field of genesis.proto's Product, by its name
///
/// Strict: unknown keys are errors, every error names file, line and key. Only forms are checked
/// here: ranges, order and the rest are ledger::Genesis's, when the network is made, and its errors
/// name the file and the place in genesis.
Result<NetworkPlan> LoadNetworkFile(const std::filesystem::path& path);
Result<NetworkPlan> ParseNetworkFile(std::string_view text, const std::filesystem::path& name);

}  // namespace aval::cli
