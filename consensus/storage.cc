#include "consensus/storage.h"

namespace aval::consensus {

crypto::Digest ChainOf(const crypto::Digest& previous, Term term, Index index, EntryKind kind,
                       ByteView payload) {
  ByteWriter input;
  input.Raw(AsBytes("aval-raft/v1\n"));
  input.Raw(previous);
  input.U64(term.value);
  input.U64(index.value);
  input.U8(static_cast<std::uint8_t>(kind));
  input.Raw(crypto::Sha256(payload));
  return crypto::Sha256(input.bytes());
}

}  // namespace aval::consensus
