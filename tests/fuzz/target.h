#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/assert.h"
#include "base/bytes.h"

/// One parser as libFuzzer calls it (https://llvm.org/docs/LibFuzzer.html): any bytes, no crash,
/// and no broken promise: where a format has one writing of each value, what is accepted must be
/// it. AVAL_ASSERT reports a breach.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
