// SPDX-License-Identifier: BSL-1.0
#pragma once

// Memory that programs with loops borrow while they run, for arrays of their own.

#include <tapeless/config.hpp>

#include <cstddef>
#include <cstdint>
#include <new>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Arrays begin where a cache line does: no packet lies in two of them.
inline constexpr std::size_t cache_line = 64;
inline void* next_cache_line(void* p) {
  const auto place = reinterpret_cast<std::uintptr_t>(p);
  return static_cast<char*>(p) + (cache_line - place % cache_line) % cache_line;
}

/// Reusable memory: value_and_grad(f).into(g)(workspace, x). It grows when a program asks for more
/// than it has, and allocates at no other time. One program at a time may use it.
class workspace {
 public:
  workspace() = default;
  /// Of so many bytes from the beginning: value_and_grad(f).workspace_size(x).
  explicit workspace(std::size_t bytes) { grow(bytes); }
  // Without std::exchange and std::swap, which every program would instantiate.
  /// Moved from, it has no memory, and grows again when it is used.
  workspace(workspace&& other) noexcept : data_(other.data_), size_(other.size_) {
    other.data_ = nullptr, other.size_ = 0;
  }
  workspace& operator=(workspace&& other) noexcept {
    void* const data = data_;
    const std::size_t size = size_;
    data_ = other.data_, size_ = other.size_;
    other.data_ = data, other.size_ = size;
    return *this;
  }
  ~workspace() { ::operator delete(data_); }

  /// Bytes.
  std::size_t size() const { return size_; }

  template <class T>
  T* borrow(std::ptrdiff_t count) {
    static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
    const std::size_t bytes = sizeof(T) * static_cast<std::size_t>(count);
    if (bytes > size_) grow(bytes);
    return static_cast<T*>(next_cache_line(data_));
  }

 private:
  void grow(std::size_t bytes) {
    void* const more = ::operator new(bytes + cache_line);
    ::operator delete(data_);
    data_ = more;
    size_ = bytes;
  }

  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
