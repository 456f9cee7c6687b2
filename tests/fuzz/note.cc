// Signed notes, checkpoints, keys and policies: the texts of the log's witnesses.

#include "crypto/note.h"
#include "crypto/policy.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aval;
  const std::string_view text = AsText(ByteView(data, size));
  if (const auto note = crypto::Note::Parse(text)) AVAL_ASSERT(note->Format() == text);
  if (const auto checkpoint = crypto::Checkpoint::Parse(text)) {
    AVAL_ASSERT(checkpoint->Text() == text);
  }
  static_cast<void>(crypto::Vkey::Parse(text));
  static_cast<void>(crypto::NoteSignature::Parse(text));
  if (const auto policy = crypto::Policy::Parse(text)) static_cast<void>(policy->Evaluate({}));
  return 0;
}
