#pragma once

namespace aval::crypto {

/// Lets libsodium pick its implementations, once; before any other use of it. Threads: safe from
/// all.
void InitialiseSodium();

}  // namespace aval::crypto
