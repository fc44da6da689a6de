// SPDX-License-Identifier: BSL-1.0
#pragma once

// Names of primitives and variables. <string_view> takes a tenth of the time that compilers need to
// read the whole library; here it is the user's to include.

#include <tapeless/config.hpp>

#include <cstddef>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// std::string_view or std::string.
template <class Text>
concept standard_text = requires(const Text& text) {
  typename Text::traits_type;
  text.data() + text.size();
};
template <class Text>
concept standard_view = standard_text<Text> && !requires { typename Text::allocator_type; };

}  // namespace detail

/// Characters that someone else owns, here always for as long as the program runs. Converts from
/// and to std::string_view.
class text_view {
 public:
  constexpr text_view() = default;
  constexpr text_view(const char* text) : data_(text), size_(__builtin_strlen(text)) {}
  constexpr text_view(const char* data, std::size_t size) : data_(data), size_(size) {}
  template <detail::standard_text Text>
  constexpr text_view(const Text& text) : data_(text.data()), size_(text.size()) {}
  template <detail::standard_view View>
  constexpr operator View() const {
    return View(data_, size_);
  }

  constexpr const char* data() const { return data_; }
  constexpr std::size_t size() const { return size_; }
  constexpr const char* begin() const { return data_; }
  constexpr const char* end() const { return data_ + size_; }
  constexpr char operator[](std::size_t i) const { return data_[i]; }

  constexpr bool operator==(const text_view& o) const {
    if (size_ != o.size_) return false;
    for (std::size_t i = 0; i < size_; ++i) {
      if (data_[i] != o.data_[i]) return false;
    }
    return true;
  }
  template <detail::standard_text Text>
  constexpr bool operator==(const Text& o) const {
    return *this == text_view(o);
  }
  /// Types are searched whenever an operation is first met, in constant evaluation: by hand.
  constexpr bool contains(const text_view& part) const {
    if (part.size_ == 0) return true;
    const char first = part.data_[0];
    for (std::size_t i = 0; i + part.size_ <= size_; ++i) {
      if (data_[i] == first && text_view(data_ + i, part.size_) == part) return true;
    }
    return false;
  }

  /// To a std::ostream.
  template <class Stream>
    requires requires(Stream& to, const char* text) {
      typename Stream::traits_type;
      to.write(text, 0);
    }
  friend Stream& operator<<(Stream& to, const text_view& text) {
    to.write(text.data(), static_cast<std::ptrdiff_t>(text.size()));
    return to;
  }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A text as a template argument.
template <std::size_t N>
struct fixed_string {
  char text[N]{};
  consteval fixed_string(const char (&s)[N]) {
    for (std::size_t i = 0; i < N; ++i) text[i] = s[i];
  }
  constexpr text_view view() const { return {text, N - 1}; }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
