#include "tests/ledger/snapshot/file_states.h"

#include <utility>

#include "crypto/digest.h"

namespace aval::ledger {

namespace {

class FileStore final : public Store {
 public:
  FileStore(std::unique_ptr<File> file) : file_(std::move(file)) {}

  Result<void> Load() {
    AVAL_TRY(const std::uint64_t size, file_->Size());
    AVAL_TRY(const Bytes bytes, file_->Read(0, size));
    ByteReader in(bytes);
    while (!in.empty()) {
      const ByteView batch = in.Sized();
      const auto check = crypto::Digest{in.Array<32>()};
      if (!in.ok() || check != crypto::Sha256(batch)) break;
      AVAL_CHECK(pairs_.Apply(Decode(batch)));
      end_ = in.offset();
    }
    return file_->Resize(end_);
  }

  Result<std::optional<Bytes>> Get(ByteView key) const override { return pairs_.Get(key); }
  Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const override {
    return pairs_.Scan(from, to, visit);
  }
  Result<void> Apply(const Writes& writes) override {
    ByteWriter batch;
    for (const auto& [key, value] : writes) {
      batch.Sized(key);
      batch.U8(value ? 1 : 0);
      if (value) batch.Sized(*value);
    }
    ByteWriter out;
    out.Sized(batch.bytes());
    out.Raw(crypto::Sha256(batch.bytes()));
    AVAL_CHECK(file_->Write(end_, out.bytes()));
    AVAL_CHECK(file_->Sync());
    end_ += out.size();
    return pairs_.Apply(writes);
  }
  std::unique_ptr<Reader> Snapshot() const override { return pairs_.Snapshot(); }

 private:
  static Writes Decode(ByteView batch) {
    Writes writes;
    ByteReader in(batch);
    while (!in.empty()) {
      Bytes key = CopyBytes(in.Sized());
      std::optional<Bytes> value;
      if (in.U8() == 1) value = CopyBytes(in.Sized());
      writes.insert_or_assign(std::move(key), std::move(value));
    }
    return writes;
  }

  const std::unique_ptr<File> file_;
  std::uint64_t end_ = 0;
  MemoryStore pairs_;
};

}  // namespace

Result<std::unique_ptr<Store>> FileStates::Open(const std::filesystem::path& directory) {
  AVAL_CHECK(disk().MakeDirectories(directory));
  const auto path = directory / "pairs";
  const bool exists = disk().Exists(path);
  AVAL_TRY(auto file, disk().Open(path, exists ? Disk::Mode::kReadWrite : Disk::Mode::kCreate));
  if (!exists) AVAL_CHECK(disk().SyncDirectory(directory));
  auto store = std::make_unique<FileStore>(std::move(file));
  AVAL_CHECK(store->Load());
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace aval::ledger
