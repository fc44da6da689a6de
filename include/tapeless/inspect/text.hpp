// SPDX-License-Identifier: BSL-1.0
#pragma once

// Numbers, inputs and outputs as text.

#include <tapeless/inspect/graph_of.hpp>

#include <charconv>
#include <string>
#include <utility>
#include <vector>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// A text under construction. Literals are not added to strings directly: g++ 12 takes
/// operator+(const char*, std::string&&) for an overlapping copy (GCC bug 105651).
class written {
 public:
  explicit written(const char* start) : text_(start) {}
  template <class T>
  written&& operator+(const T& more) && {
    text_ += more;
    return std::move(*this);
  }
  operator std::string() && { return std::move(text_); }

 private:
  std::string text_;
};

template <class T, class... Format>
std::string formatted(T v, Format... format) {
  char text[5000];  // long double in fixed notation is the longest
  const auto end = std::to_chars(text, text + sizeof text, v, format...);
  return std::string(text, end.ptr);
}

/// The shortest decimal that reads back as the same number; in fixed notation where that is usual.
template <class T>
std::string shortest(T v) {
  const T size = v < 0 ? -v : v;
  return size == 0 || (size >= T(1e-5) && size < T(1e15)) ? formatted(v, std::chars_format::fixed)
                                                          : formatted(v);
}
/// A number held by a program: what fits into a double is written as one.
inline std::string number_text(long double v) {
  const auto d = static_cast<double>(v);
  return static_cast<long double>(d) == v || v != v ? shortest(d) : shortest(v);
}

/// a0, a0[3], get<1>(a0): the leaves of an argument, in order.
template <class Shape>
struct leaf_names {
  static void append(std::vector<std::string>& to, const std::string& prefix) {
    to.push_back(prefix);
  }
};
template <>
struct leaf_names<shape::opaque> {
  static void append(std::vector<std::string>&, const std::string&) {}
};
template <class E, int N>
struct leaf_names<shape::array<E, N>> {
  static void append(std::vector<std::string>& to, const std::string& prefix) {
    for (int i = 0; i < N; ++i) {
      leaf_names<E>::append(to, prefix + "[" + std::to_string(i) + "]");
    }
  }
};
template <class Form, class... E>
struct leaf_names<shape::structure<Form, E...>> {
  static void append(std::vector<std::string>& to, const std::string& prefix) {
    int i = 0;
    (leaf_names<E>::append(to, written("get<") + std::to_string(i++) + ">(" + prefix + ")"), ...);
  }
};
template <class A, class B>
struct leaf_names<shape::pair<A, B>> {
  static void append(std::vector<std::string>& to, const std::string& prefix) {
    leaf_names<A>::append(to, prefix + ".first");
    leaf_names<B>::append(to, prefix + ".second");
  }
};

/// An input of a program: an argument with its name, or a number that the callable holds.
struct input_text {
  std::string text;
  bool is_number = false;
  long double value = 0;  ///< of a number
};

template <class Subject>
std::vector<std::string> argument_names() {
  std::vector<std::string> names;
  if constexpr (requires { Subject::name(0); }) {
    for (int i = 0; i < Subject::arguments; ++i) names.emplace_back(Subject::name(i));
  } else {
    [&]<class... Shape>(std::tuple<Shape...>*) {
      int i = 0;
      (leaf_names<Shape>::append(names, written("a") + std::to_string(i++)), ...);
    }(static_cast<typename Subject::argument_shapes*>(nullptr));
  }
  return names;
}

/// The inputs of a subject's program, in order.
template <class Subject, class F>
std::vector<input_text> input_texts(const F& f) {
  std::vector<input_text> all(static_cast<std::size_t>(Subject::arguments + Subject::numbers));
  std::size_t i = Subject::first_argument;
  for (std::string& name : argument_names<Subject>()) all[i++] = {std::move(name)};
  std::array<long double, static_cast<std::size_t>(Subject::numbers)> held{};
  long double* to = held.data();
  Subject::gather(f, to);
  i = Subject::first_number;
  for (const long double v : held) all[i++] = {number_text(v), true, v};
  return all;
}

/// value, d/dx, d/da0[3]: the outputs of a subject's program, in order.
template <class Subject, class Transform = typename Subject::transform>
struct output_texts {
  static std::vector<std::string> make(const std::vector<input_text>&) {
    std::vector<std::string> all;
    leaf_names<typename Subject::result_shape>::append(all, "value");
    return all;
  }
};
template <class Subject, class Policy, bool WithValue, bool SeedIsInput, class Wrt>
struct output_texts<Subject, reverse_mode<Policy, WithValue, SeedIsInput, Wrt>> {
  static std::vector<std::string> make(const std::vector<input_text>& inputs) {
    std::vector<std::string> all;
    if (WithValue) leaf_names<typename Subject::result_shape>::append(all, "value");
    for (const int i : Wrt::template inputs<typename Subject::source>()) {
      all.push_back(written("d/d") + (i < 0 ? "?" : inputs[static_cast<std::size_t>(i)].text));
    }
    return all;
  }
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
