#include "ledger/log/checkpoint_file.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace aval::ledger {

namespace {

constexpr std::string_view kMagic = "AVC1";
constexpr std::size_t kReserved = 40;
constexpr std::size_t kDigested = kCheckpointRecord - sizeof(crypto::Digest::bytes);
constexpr std::size_t kReadRecords = 4096;

Error Corrupt(std::uint64_t number, const std::string& what) {
  return {.code = Code::kCorruption,
          .message = std::string(kCheckpointFile) + ", offset " +
                     std::to_string(number * kCheckpointRecord) + ": " + what};
}

crypto::Digest ChainOf(const crypto::Digest& chain, ByteView digested) {
  Bytes input(chain.bytes.begin(), chain.bytes.end());
  input.insert(input.end(), digested.begin(), digested.end());
  return crypto::Sha256(input);
}

bool AllZero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

// Fields only; whether the chain holds is the caller's.
std::optional<SignedCheckpoint> DecodeFields(ByteView record) {
  ByteReader in(record);
  const bool ours = AsText(in.Raw(kMagic.size())) == kMagic && in.U32() == 0;
  SignedCheckpoint checkpoint;
  checkpoint.size = in.U64();
  checkpoint.root.bytes = in.Array<32>();
  checkpoint.unix_seconds = in.U64();
  checkpoint.log_signature.bytes = in.Array<64>();
  checkpoint.cosignature.bytes = in.Array<64>();
  if (!ours || !AllZero(in.Raw(kReserved)) || !in.ok()) return std::nullopt;
  return checkpoint;
}

crypto::NoteSignature Line(const crypto::Vkey& key, Bytes signature) {
  return {.name = key.name, .key_id = key.Id(), .signature = std::move(signature)};
}

}  // namespace

crypto::Note SignedCheckpoint::ToNote(const crypto::Vkey& log_key,
                                      const crypto::Vkey& cosigner_key) const {
  crypto::Note note;
  note.text = crypto::Checkpoint{.origin = log_key.name, .size = size, .root = root}.Text();
  note.signatures.push_back(Line(log_key, CopyBytes(log_signature.bytes)));
  ByteWriter timed;
  timed.U64(unix_seconds);
  timed.Raw(cosignature.bytes);
  note.signatures.push_back(Line(cosigner_key, timed.Take()));
  return note;
}

Bytes EncodeCheckpointRecord(const SignedCheckpoint& checkpoint, crypto::Digest& chain) {
  ByteWriter out;
  out.Raw(AsBytes(kMagic));
  out.U32(0);
  out.U64(checkpoint.size);
  out.Raw(checkpoint.root);
  out.U64(checkpoint.unix_seconds);
  out.Raw(checkpoint.log_signature.bytes);
  out.Raw(checkpoint.cosignature.bytes);
  out.Raw(Bytes(kReserved));
  chain = ChainOf(chain, out.bytes());
  out.Raw(chain);
  return out.Take();
}

Result<CheckpointFileEnd> ReadCheckpointFile(
    Disk& disk, const std::filesystem::path& path,
    const std::function<Result<void>(std::uint64_t offset, const SignedCheckpoint&)>& visit) {
  CheckpointFileEnd end;
  if (!disk.Exists(path)) return end;
  AVAL_TRY(const auto file, disk.Open(path, Disk::Mode::kRead));
  AVAL_TRY(const std::uint64_t size, file->Size());
  const std::uint64_t whole = size / kCheckpointRecord;
  end.torn_bytes = size % kCheckpointRecord;
  SignedCheckpoint last;
  while (end.records < whole) {
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(whole - end.records, kReadRecords));
    AVAL_TRY(const Bytes bytes,
             file->Read(end.records * kCheckpointRecord, count * kCheckpointRecord));
    for (ByteView rest(bytes); rest.size() >= kCheckpointRecord;
         rest = rest.subspan(kCheckpointRecord)) {
      const ByteView record = rest.first(kCheckpointRecord);
      if (end.records + 1 == whole && AllZero(record)) {
        end.torn_bytes += kCheckpointRecord;
        return end;
      }
      const crypto::Digest chain = ChainOf(end.chain, record.first(kDigested));
      const auto checkpoint = DecodeFields(record);
      if (!checkpoint || !EqualBytes(chain, record.subspan(kDigested))) {
        return Corrupt(end.records, "the record is damaged");
      }
      if (end.records > 0 &&
          (checkpoint->size <= last.size || checkpoint->unix_seconds < last.unix_seconds)) {
        return Corrupt(end.records, "the record is not above the one before");
      }
      AVAL_CHECK(visit(end.records * kCheckpointRecord, *checkpoint));
      last = *checkpoint;
      end.chain = chain;
      ++end.records;
    }
  }
  return end;
}

Result<SignedCheckpoint> ReadCheckpointRecord(const File& file, std::uint64_t number) {
  AVAL_TRY(const Bytes record, file.Read(number * kCheckpointRecord, kCheckpointRecord));
  const auto checkpoint = DecodeFields(record);
  if (!checkpoint) return Corrupt(number, "the record is damaged");
  return *checkpoint;
}

}  // namespace aval::ledger
