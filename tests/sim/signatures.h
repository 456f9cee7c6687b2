#pragma once

namespace aval::sim {

/// What signs and verifies in this program: libsodium, or a stub that is a hundred times faster.
/// The linker puts signatures.cc before libsodium's functions, in the simulator alone; nothing in
/// the node can be told to skip a check.
///
/// The stub's signature is a hash of the public key and the message, so that every verdict is the
/// same as with libsodium, for all who do not set out to forge one, as nobody here does.
void UseRealSignatures(bool real);

}  // namespace aval::sim
