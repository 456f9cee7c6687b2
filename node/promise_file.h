#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/result.h"
#include "consensus/message.h"
#include "consensus/types.h"

namespace aval::node {

/// What other nodes have promised this one (consensus/core/promises.h), kept over restarts: after a
/// power cut of everybody a node whose disk did not survive must still hear what it had promised.
using KnownPromises = std::map<consensus::NodeId, consensus::Promise>;

/// u8 version 1, u32 count, and for each node, ascending: u32 node, u32 incarnation, u64 run, u64
/// term, u32 vote, u64 index, 32 seal; SHA-256 of all that.
Bytes EncodePromises(const KnownPromises& promises);
/// kCorruption for anything else.
Result<KnownPromises> DecodePromises(ByteView bytes);

struct LoadedPromises {
  KnownPromises known;
  std::optional<std::string> damage;  // What was wrong with the file, and where it is now.
};
/// The file "promises" in the data directory. Nothing is known where there is none, and where it
/// cannot be read: then it is set aside as "promises.damaged", in the place of an earlier one. What
/// this node has promised itself is not in it, so that it may start. Errors of the disk while it is
/// set aside.
Result<LoadedPromises> LoadPromises(Disk& disk, const std::filesystem::path& data_directory);
/// Whole or not at all, durable on return.
Result<void> SavePromises(Disk& disk, const std::filesystem::path& data_directory,
                          const KnownPromises& promises);

}  // namespace aval::node
