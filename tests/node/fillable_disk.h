#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/disk.h"

namespace aval::node {

/// The machine's disk, of which a part can be full: no file in that directory grows, and none is
/// made.
/// Threads: safe from all.
class FillableDisk final : public Disk {
 public:
  void Fill(const std::filesystem::path& directory);
  void Free();

  Result<std::unique_ptr<File>> Open(const std::filesystem::path& path, Mode mode) override;
  Result<std::vector<std::string>> List(const std::filesystem::path& directory) const override {
    return below_.List(directory);
  }
  Result<std::vector<std::string>> ListTree(const std::filesystem::path& directory) const override {
    return below_.ListTree(directory);
  }
  Result<void> MakeDirectories(const std::filesystem::path& directory) override {
    return below_.MakeDirectories(directory);
  }
  Result<void> Rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    return below_.Rename(from, to);
  }
  Result<void> Remove(const std::filesystem::path& path) override { return below_.Remove(path); }
  bool Exists(const std::filesystem::path& path) const override { return below_.Exists(path); }
  Result<void> SyncDirectory(const std::filesystem::path& directory) override {
    return below_.SyncDirectory(directory);
  }

 private:
  class Fillable;
  Result<void> CheckRoom(const std::filesystem::path& path) const;

  PosixDisk below_;
  mutable std::mutex mutex_;
  std::filesystem::path full_;  // Empty: none is.
};

}  // namespace aval::node
