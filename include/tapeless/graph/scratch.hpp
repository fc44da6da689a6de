// SPDX-License-Identifier: BSL-1.0
#pragma once

// Memory of one constant evaluation, whose size is not a constant.

#include <tapeless/config.hpp>

#include <cstddef>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class T>
class scratch {
 public:
  /// Elements are value-initialised: a loop would cost steps.
  explicit constexpr scratch(int size) : data_(new T[static_cast<std::size_t>(size)]{}) {}
  constexpr scratch(int size, const T& value) : data_(new T[static_cast<std::size_t>(size)]) {
    for (int i = 0; i < size; ++i) data_[i] = value;
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  constexpr ~scratch() { delete[] data_; }
  constexpr T* data() { return data_; }
  constexpr T& operator[](int i) { return data_[i]; }
  constexpr const T& operator[](int i) const { return data_[i]; }

 private:
  T* data_;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
