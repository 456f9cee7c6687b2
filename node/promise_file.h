#pragma once

#include <filesystem>
#include <map>

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

/// The file "promises" in the data directory. Nothing is known where there is none; a damaged one
/// is kCorruption.
Result<KnownPromises> LoadPromises(Disk& disk, const std::filesystem::path& data_directory);
/// Whole or not at all, durable on return.
Result<void> SavePromises(Disk& disk, const std::filesystem::path& data_directory,
                          const KnownPromises& promises);

}  // namespace aval::node
