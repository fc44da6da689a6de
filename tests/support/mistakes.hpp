// SPDX-License-Identifier: BSL-1.0
#pragma once

// Mistakes that only run time can find are exceptions; here is what they say.

#include <stdexcept>
#include <string>

/// What the exception says; nothing if there is none.
template <class F>
std::string mistake(const F& f) {
  try {
    f();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
