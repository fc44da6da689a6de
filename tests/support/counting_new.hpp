// SPDX-License-Identifier: BSL-1.0
#pragma once

// Counts what a program allocates by `new`. Replaces it, so the file that includes this makes a
// program of its own.

#include <cstdlib>
#include <new>

namespace {
int allocations = 0;
}
// Inlined, g++ would take malloc and free for mistakes.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* const memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
// Its own would not call those above.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return std::malloc(bytes); }
void* operator new[](std::size_t bytes) { return operator new(bytes); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
#endif
#endif
