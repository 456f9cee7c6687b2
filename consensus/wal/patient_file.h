#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "base/disk.h"

namespace aval::consensus::wal {

/// A file of sectors some of which the disk may not give any more. Such a sector reads as bytes
/// that no sector ever has, so that it counts as a damaged one. Only when the file's first and last
/// pages do not answer either is a failed read an error: then it is the disk that has failed.
/// Threads: as the file's.
class PatientFile final : public File {
 public:
  explicit PatientFile(std::unique_ptr<File> file) : file_(std::move(file)) {}

  Result<Bytes> Read(std::uint64_t offset, std::size_t length) const override;
  Result<void> Write(std::uint64_t offset, ByteView bytes) override {
    return file_->Write(offset, bytes);
  }
  Result<void> Sync() override { return file_->Sync(); }
  Result<std::uint64_t> Size() const override { return file_->Size(); }
  void ForgetCache(std::uint64_t offset, std::uint64_t length) const override {
    file_->ForgetCache(offset, length);
  }
  Result<void> Resize(std::uint64_t size) override { return file_->Resize(size); }

 private:
  bool Answers() const;

  const std::unique_ptr<File> file_;
};

}  // namespace aval::consensus::wal
