#include "tests/node/fillable_disk.h"

#include <utility>

namespace aval::node {

class FillableDisk::Fillable final : public File {
 public:
  Fillable(const FillableDisk& disk, std::filesystem::path path, std::unique_ptr<File> file)
      : disk_(disk), path_(std::move(path)), file_(std::move(file)) {}

  Result<Bytes> Read(std::uint64_t offset, std::size_t length) const override {
    return file_->Read(offset, length);
  }
  Result<void> Write(std::uint64_t offset, ByteView bytes) override {
    AVAL_CHECK(CheckGrowth(offset + bytes.size()));
    return file_->Write(offset, bytes);
  }
  Result<void> Sync() override { return file_->Sync(); }
  Result<std::uint64_t> Size() const override { return file_->Size(); }
  void ForgetCache(std::uint64_t offset, std::uint64_t length) const override {
    file_->ForgetCache(offset, length);
  }
  Result<void> Resize(std::uint64_t size) override {
    AVAL_CHECK(CheckGrowth(size));
    return file_->Resize(size);
  }

 private:
  Result<void> CheckGrowth(std::uint64_t size) const {
    AVAL_TRY(const std::uint64_t now, file_->Size());
    return size <= now ? Result<void>{} : disk_.CheckRoom(path_);
  }

  const FillableDisk& disk_;
  const std::filesystem::path path_;
  const std::unique_ptr<File> file_;
};

void FillableDisk::Fill(const std::filesystem::path& directory) {
  const std::scoped_lock lock(mutex_);
  full_ = directory;
}

void FillableDisk::Free() { Fill({}); }

Result<std::unique_ptr<File>> FillableDisk::Open(const std::filesystem::path& path, Mode mode) {
  if (mode == Mode::kCreate) AVAL_CHECK(CheckRoom(path));
  AVAL_TRY(auto file, below_.Open(path, mode));
  return std::unique_ptr<File>(std::make_unique<Fillable>(*this, path, std::move(file)));
}

Result<void> FillableDisk::CheckRoom(const std::filesystem::path& path) const {
  const std::scoped_lock lock(mutex_);
  if (full_.empty() || !path.string().starts_with(full_.string() + "/")) return {};
  return Error{.code = Code::kFull, .message = path.string() + ": no room, says the test"};
}

}  // namespace aval::node
