// SPDX-License-Identifier: BSL-1.0
#pragma once

// Memory of one constant evaluation, whose size is not a constant.

#include <tapeless/config.hpp>

#include <cstddef>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The next power of two that is not below `least`. Sizes are types of their own: with few of them,
/// the programs of a translation unit share what works on tables.
constexpr int rounded_up(int size, int least) {
  while (least < size) least *= 2;
  return least;
}

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

/// Grows to what is written. Compilers evaluate the initialisers of all elements of an array, used
/// or not, unless they are plain zeros.
template <class T>
class growing {
 public:
  constexpr growing() = default;
  growing(const growing&) = delete;
  growing& operator=(const growing&) = delete;
  constexpr ~growing() { delete[] data_; }
  constexpr T& operator[](int i) {
    if (i >= room_) grow(i);
    return data_[i];
  }
  constexpr const T& operator[](int i) const { return data_[i]; }

 private:
  constexpr void grow(int i) {
    const int room = rounded_up(i + 1, 8);
    T* const to = new T[static_cast<std::size_t>(room)];
    for (int k = 0; k < room_; ++k) to[k] = data_[k];
    delete[] data_;
    data_ = to, room_ = room;
  }
  T* data_ = nullptr;
  int room_ = 0;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
