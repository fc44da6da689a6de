// SPDX-License-Identifier: BSL-1.0
#pragma once

// Memory of one constant evaluation, whose size is not a constant.

#include <tapeless/config.hpp>

#include <cstddef>
#include <type_traits>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The next power of two that is not below `least`. Sizes are types of their own: with few of them,
/// the programs of a translation unit share what works on tables.
constexpr int rounded_up(int size, int least) {
  while (least < size) least *= 2;
  return least;
}

/// `of` is the memory itself: an operator would be a call for each access, which takes a compiler
/// much longer than the access.
template <class T>
class scratch {
  /// Plain zeros take a compiler one step, `new T[size]{}` one for each element.
  static constexpr int most = 65536;
  struct zeros {
    T of[most]{};
  };
  zeros* zeros_;

 public:
  T* of;

  // No assignments: clang evaluates their right sides, to warn of overflow.
  explicit constexpr scratch(int size)
      : zeros_(std::is_constant_evaluated() && __is_trivially_constructible(T) && size <= most
                   ? new zeros{}
                   : nullptr),
        of(zeros_ != nullptr ? zeros_->of : new T[static_cast<std::size_t>(size)]{}) {}
  constexpr scratch(int size, const T& value)
      : zeros_(nullptr), of(new T[static_cast<std::size_t>(size)]) {
    for (int i = 0; i < size; ++i) of[i] = value;
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  constexpr ~scratch() {
    if (zeros_ != nullptr) {
      delete zeros_;
    } else {
      delete[] of;
    }
  }
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
  /// Where many are read: a call for each takes a compiler longer.
  constexpr const T* data() const { return data_; }

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
