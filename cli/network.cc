#include "cli/network.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/disk.h"
#include "config/passphrase.h"
#include "crypto/envelope.h"
#include "crypto/key_file.h"
#include "ledger/record/names.h"

namespace aval::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kGenesis = "genesis.dsse";
constexpr std::string_view kPolicy = "policy.txt";
constexpr std::string_view kClient = "client.toml";
constexpr std::string_view kPassphrase = "passphrase";
constexpr std::array kDepartments{ledger::Department::kOps,   ledger::Department::kCredit,
                                  ledger::Department::kRisk,  ledger::Department::kCompliance,
                                  ledger::Department::kLegal, ledger::Department::kTreasury};

std::string NodeFolder(std::uint32_t node) { return "node-" + std::to_string(node); }

void SetKey(act::v1::PublicKey& field, const crypto::SecretKey& key) {
  field.set_ed25519(std::string(AsText(key.public_key().bytes)));
}

// Makes a network's directory, file by file.
class Founding {
 public:
  Founding(NetworkPlan plan, const fs::path& directory, Random& random)
      : plan_(std::move(plan)), directory_(directory), random_(random) {}

  Result<void> Run() {
    std::array<std::uint8_t, 16> secret{};
    random_.Fill(secret);
    passphrase_ = ToHex(secret);
    Institutions();
    AVAL_CHECK(Nodes());
    AVAL_CHECK(Genesis());
    // All that the plan could have wrong is known by now, and nothing is written.
    AVAL_CHECK(disk_.MakeDirectories(directory_));
    if (!plan_.marker.empty()) AVAL_CHECK(Write(directory_ / plan_.marker, ""));
    AVAL_CHECK(Write(directory_ / kPassphrase, passphrase_ + "\n"));
    AVAL_CHECK(KeyFiles());
    AVAL_CHECK(Write(directory_ / kPolicy, policy_));
    AVAL_CHECK(Write(directory_ / kGenesis, std::string(AsText(genesis_))));
    AVAL_CHECK(Client());
    return NodeFiles();
  }

 private:
  struct KeyFile {
    fs::path path;
    std::string purpose;
    std::string name;
    crypto::SecretKey key;
  };
  struct NodePlace {
    fs::path folder;
    std::string institution;
    std::uint32_t number = 0;
    crypto::KeyId tls_key_id;
  };

  // Keys and a passphrase are among it; every file of a disk is the owner's alone.
  Result<void> Write(const fs::path& path, const std::string& text) {
    AVAL_CHECK(disk_.MakeDirectories(path.parent_path()));
    return disk_.ReplaceFile(path, AsBytes(text));
  }

  // To be written to `path` when the plan has been found sound. Valid until the next key.
  const crypto::SecretKey& NewKey(const fs::path& path, const std::string& purpose,
                                  const std::string& name) {
    keys_.push_back({.path = path,
                     .purpose = purpose,
                     .name = name,
                     .key = crypto::SecretKey::Generate(random_)});
    return keys_.back().key;
  }

  void Institutions() {
    for (genesis::v1::Institution& institution : *plan_.genesis.mutable_institutions()) {
      institution.clear_keys();
      for (const ledger::Department department : kDepartments) {
        const std::string name(ledger::NameOf(department));
        const crypto::SecretKey& key =
            NewKey(directory_ / institution.name() / (name + ".key"), name, institution.name());
        genesis::v1::DepartmentKey& entry = *institution.add_keys();
        entry.set_department(static_cast<act::v1::Department>(department));
        SetKey(*entry.mutable_key(), key);
      }
    }
  }

  const genesis::v1::Institution* FindInstitution(std::uint32_t number) const {
    for (const genesis::v1::Institution& institution : plan_.genesis.institutions()) {
      if (institution.number() == number) return &institution;
    }
    return nullptr;
  }

  Result<void> Nodes() {
    if (static_cast<std::size_t>(plan_.genesis.nodes_size()) != plan_.addresses.size()) {
      return Unsound("the plan has not one address for each node");
    }
    for (int i = 0; i < plan_.genesis.nodes_size(); ++i) {
      genesis::v1::Node& node = *plan_.genesis.mutable_nodes(i);
      const genesis::v1::Institution* owner = FindInstitution(node.institution());
      if (owner == nullptr) {
        return Unsound("node " + std::to_string(node.number()) + " has no institution");
      }
      const std::string name = owner->name() + "/" + NodeFolder(node.number());
      const fs::path folder = directory_ / owner->name() / NodeFolder(node.number());
      const crypto::SecretKey& tls = NewKey(folder / "tls.key", "tls", name);
      const crypto::KeyId tls_key_id = crypto::KeyIdOf(tls.public_key());
      SetKey(*node.mutable_tls_key(), tls);
      SetKey(*node.mutable_log_key(), NewKey(folder / "log.key", "log", name));
      SetKey(*node.mutable_cosigner_key(), NewKey(folder / "cosigner.key", "cosigner", name));
      node.set_cosigner_name(name);
      node.set_address(plan_.addresses[static_cast<std::size_t>(i)].peers.Text());
      nodes_.push_back({.folder = folder,
                        .institution = owner->name(),
                        .number = node.number(),
                        .tls_key_id = tls_key_id});
    }
    return {};
  }

  Result<void> Genesis() {
    policy_ = ledger::CosignerPolicyText(plan_.genesis);
    plan_.genesis.set_schema(std::string(AsText(ledger::ActSchemaDigest())));
    plan_.genesis.set_cosigner_policy(std::string(AsText(crypto::Sha256(AsBytes(policy_)))));
    crypto::Envelope envelope;
    envelope.payload_type = crypto::kGenesisType;
    envelope.payload = CopyBytes(AsBytes(plan_.genesis.SerializeAsString()));
    for (const KeyFile& file : keys_) {
      if (file.purpose == ledger::NameOf(ledger::Department::kLegal)) {
        crypto::SignEnvelope(envelope, file.key);
      }
    }
    genesis_ = crypto::EncodeEnvelope(envelope);
    // What every node will check at its start is checked once here, where it can be mended.
    const auto checked = ledger::Genesis::Load(genesis_, policy_);
    if (!checked) return Unsound(checked.error().message);
    return {};
  }

  Error Unsound(const std::string& what) const {
    return {.code = Code::kInvalidArgument,
            .message = (plan_.name.empty() ? "" : plan_.name + ": ") + what};
  }

  Result<void> KeyFiles() {
    for (const KeyFile& file : keys_) AVAL_CHECK(WriteKey(file));
    return {};
  }

  Result<void> WriteKey(const KeyFile& file) {
    AVAL_TRY(const std::string text, crypto::SealKey(file.key, file.purpose, file.name, passphrase_,
                                                     plan_.key_cost, random_));
    return Write(file.path, text);
  }

  Result<void> Client() {
    const KeyFile own{.path = directory_ / "client.key",
                      .purpose = "client",
                      .name = "client",
                      .key = crypto::SecretKey::Generate(random_)};
    AVAL_CHECK(WriteKey(own));
    client_key_id_ = crypto::KeyIdOf(own.key.public_key());
    std::string text = "[client]\nkey = \"client.key\"\npassphrase_file = \"passphrase\"\n";
    text += "genesis = \"genesis.dsse\"\ncosigner_policy = \"policy.txt\"\n";
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      text += "\n[[node]]\nnumber = " + std::to_string(nodes_[i].number) + "\n";
      text += "institution = \"" + nodes_[i].institution + "\"\n";
      text += "api = \"" + plan_.addresses[i].api.Text() + "\"\n";
      text += "key_id = \"" + nodes_[i].tls_key_id.Hex() + "\"\n";
    }
    return Write(directory_ / kClient, text);
  }

  Result<void> NodeFiles() {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const NodePlace& node = nodes_[i];
      std::string text = "[node]\nnumber = " + std::to_string(node.number) + "\n";
      text += "genesis = \"../../genesis.dsse\"\ncosigner_policy = \"../../policy.txt\"\n";
      text += "data_dir = \"data\"\n\n[keys]\ntls = \"tls.key\"\nlog = \"log.key\"\n";
      text += "cosigner = \"cosigner.key\"\npassphrase_file = \"../../passphrase\"\n";
      text += "\n[peers]\nlisten = \"" + plan_.addresses[i].peers.Text() + "\"\n";
      text += "\n[api]\nlisten = \"" + plan_.addresses[i].api.Text() + "\"\n";
      text += "\n[[api.client]]\nname = \"client\"\nkey_id = \"" + client_key_id_.Hex() +
              "\"\noperator = true\n";
      if (plan_.verify_threads > 0) {
        text += "\n[limits]\nverify_threads = " + std::to_string(plan_.verify_threads) + "\n";
      }
      AVAL_CHECK(Write(node.folder / "node.toml", text));
    }
    return {};
  }

  NetworkPlan plan_;
  const fs::path directory_;
  Random& random_;
  PosixDisk disk_;
  std::string passphrase_;
  std::vector<KeyFile> keys_;  // Of genesis.
  std::string policy_;
  Bytes genesis_;  // The envelope, signed by all founders.
  std::vector<NodePlace> nodes_;
  crypto::KeyId client_key_id_;
};

}  // namespace

Result<void> InitNetwork(NetworkPlan plan, const fs::path& directory, Random& random) {
  std::error_code failed;
  if (fs::exists(directory, failed) && !fs::is_empty(directory, failed)) {
    return Error{.code = Code::kInvalidArgument,
                 .message = directory.string() + ": is not an empty directory"};
  }
  return Founding(std::move(plan), directory, random).Run();
}

Result<ledger::Genesis> LoadGenesis(const fs::path& envelope, const fs::path& cosigner_policy) {
  PosixDisk disk;
  AVAL_TRY(Bytes founders, disk.ReadFile(envelope));
  AVAL_TRY(const Bytes policy, disk.ReadFile(cosigner_policy));
  auto genesis = ledger::Genesis::Load(std::move(founders), std::string(AsText(policy)));
  if (!genesis) {
    return Error{.code = genesis.error().code,
                 .message = envelope.string() + ": " + genesis.error().message};
  }
  return genesis;
}

Result<Network> Network::Open(const fs::path& directory) {
  PosixDisk disk;
  AVAL_TRY(const ledger::Genesis genesis, LoadGenesis(directory / kGenesis, directory / kPolicy));
  AVAL_TRY(const crypto::SecretText passphrase, config::ReadPassphrase(directory / kPassphrase));
  Network network;
  network.directory_ = directory;
  network.origin_ = genesis.origin();
  for (const genesis::v1::Institution& institution : genesis.message().institutions()) {
    for (const ledger::Department department : kDepartments) {
      const fs::path file =
          directory / institution.name() / (std::string(ledger::NameOf(department)) + ".key");
      if (!disk.Exists(file)) continue;  // Another institution's, kept elsewhere.
      AVAL_TRY(crypto::SecretKey key, crypto::LoadKey(disk, file, passphrase.view()));
      network.keys_.emplace(std::pair(institution.number(), department), std::move(key));
    }
  }
  for (const ledger::Genesis::NodeEntry& node : genesis.nodes()) {
    network.node_files_[node.number] =
        directory / node.institution_name / NodeFolder(node.number) / "node.toml";
  }
  return network;
}

fs::path Network::NodeFile(std::uint32_t number) const {
  const auto at = node_files_.find(number);
  return at == node_files_.end() ? fs::path{} : at->second;
}

Result<const crypto::SecretKey*> Network::InstitutionKey(std::uint32_t institution,
                                                         ledger::Department department) const {
  const auto at = keys_.find({institution, department});
  if (at == keys_.end()) {
    return Error{.code = Code::kNotFound,
                 .message = "no key of institution " + std::to_string(institution) + ", " +
                            std::string(ledger::NameOf(department)) + ", in " +
                            directory_.string()};
  }
  return &at->second;
}

}  // namespace aval::cli
