// SPDX-License-Identifier: BSL-1.0
#pragma once

// The array that a function's body sees for a std::array argument.

#include <tapeless/trace/index.hpp>

#include <cstddef>
#include <tuple>
#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class E, int N>
class traced_array;

/// How an element is made of the nodes first, first + 1, ...
template <class E>
struct traced_element {
  static constexpr int leaves = 1;
  static constexpr E make(builder* g, int first) { return E(g, first); }
};
template <class E, int N>
struct traced_element<traced_array<E, N>> {
  static constexpr int leaves = N * traced_element<E>::leaves;
  static constexpr traced_array<E, N> make(builder* g, int first) { return {g, first}; }
};
template <class... E>
struct traced_element<std::tuple<E...>> {
  static constexpr int leaves = (0 + ... + traced_element<E>::leaves);
  static constexpr std::tuple<E...> make(builder* g, int first) {
    return std::tuple<E...>{
        traced_element<E>::make(g, std::exchange(first, first + traced_element<E>::leaves))...};
  }
};
template <class A, class B>
struct traced_element<std::pair<A, B>> {
  static constexpr int leaves = traced_element<A>::leaves + traced_element<B>::leaves;
  static constexpr std::pair<A, B> make(builder* g, int first) {
    return {traced_element<A>::make(g, first),
            traced_element<B>::make(g, first + traced_element<A>::leaves)};
  }
};

/// An array of such elements is one node in a graph with loops.
template <class E>
inline constexpr bool is_element = std::same_as<E, traced>;
template <class E, int N>
inline constexpr bool is_element<traced_array<E, N>> = is_element<E>;
template <class E>
inline constexpr int element_rank = 0;
template <class E, int N>
inline constexpr int element_rank<traced_array<E, N>> = 1 + element_rank<E>;

struct array_family;
/// Arrays of values are operands of operations on whole arrays; others are not.
template <bool Values>
struct array_operand {};
template <>
struct array_operand<true> {
  using operand_family = array_family;
};

/// An immutable array of static extent whose elements are traced values or structures of them. It
/// is one node range of the graph, not a container of elements.
template <class E, int N>
class traced_array : public array_operand<is_element<E>> {
 public:
  using value_type = E;
  static constexpr int rank = is_element<E> ? 1 + element_rank<E> : -1;

  constexpr traced_array() = default;
  constexpr traced_array(builder* g, int first) : graph_(g), first_(first) {}
  /// In a graph with loops an array is one node.
  static constexpr traced_array of_node(builder* g, int id) {
    traced_array a(g, 0);
    a.array_ = id;
    return a;
  }

  static constexpr std::size_t size() { return static_cast<std::size_t>(N); }
  static constexpr bool empty() { return N == 0; }

  template <std::integral I>
  constexpr E operator[](I i) const {
    const int k = static_cast<int>(i);
    if constexpr (std::same_as<E, traced>) {
      if (array_ < 0 && k >= 0 && k < N) return E(graph_, first_ + k);
    }
    return at(k);
  }
  /// The element at a loop's index, or at a value that is an integer.
  template <class I>
    requires(std::same_as<I, traced_index> || std::same_as<I, traced>)
  constexpr E operator[](const I& i) const {
    if constexpr (!is_element<E>) structure_at_loop_index<E>();
    if (array_ < 0) {
      // Tried before the loop has a graph, or in a graph without loops: an element like the others.
      if (graph_ != nullptr && graph_->nest == nullptr && !i.is_unknown()) {
        graph_->ask_for_loops();
      }
      return traced_element<E>::make(graph_, first_);
    }
    return at_node(index_node(*graph_, i));
  }
  /// x(i), m(i, j).
  template <class I, class... J>
  constexpr auto operator()(const I& i, const J&... j) const {
    if constexpr (rank > 0 && 1 + sizeof...(J) != rank) {
      return wrong_number_of_indices<traced_array>();
    } else if constexpr (sizeof...(J) == 0) {
      return (*this)[i];
    } else {
      return (*this)[i](j...);
    }
  }
  constexpr builder* graph() const { return graph_; }
  constexpr int array_node() const { return array_; }
  constexpr traced leaf(int k) const { return traced(graph_, first_ + k); }
  constexpr E front() const { return at(0); }
  constexpr E back() const { return at(N - 1); }

  class iterator {
   public:
    using value_type = E;
    using difference_type = std::ptrdiff_t;
    constexpr iterator() = default;
    constexpr iterator(const traced_array* a, int i) : array_(a), i_(i) {}
    constexpr E operator*() const { return array_->at(i_); }
    constexpr iterator& operator++() { return ++i_, *this; }
    constexpr iterator operator++(int) {
      iterator old = *this;
      ++i_;
      return old;
    }
    constexpr bool operator==(const iterator& o) const { return i_ == o.i_; }

   private:
    const traced_array* array_ = nullptr;
    int i_ = 0;
  };
  constexpr iterator begin() const { return {this, 0}; }
  constexpr iterator end() const { return {this, N}; }

 private:
  constexpr E at(int i) const {
    const bool inside = i >= 0 && i < N;
    // The graph remembers the mistake; the error comes when it is complete.
    if (!inside && graph_ != nullptr) graph_->refuse_index(i, N);
    if (array_ >= 0) return at_node(nest::number(*graph_, inside ? i : 0));
    return traced_element<E>::make(graph_, first_ + (inside ? i * traced_element<E>::leaves : 0));
  }

  constexpr E at_node(int index) const {
    if constexpr (std::same_as<E, traced>) {
      const int indices[]{index, -1};
      return {graph_, nest::wanted_element(*graph_, array_, indices)};
    } else if constexpr (requires { E::of_node(graph_, 0); }) {
      return E::of_node(graph_, nest::slice(*graph_, array_, index));
    } else {
      return traced_element<E>::make(graph_, first_);
    }
  }

  builder* graph_ = nullptr;
  int first_ = 0;
  int array_ = -1;

 public:
  static constexpr int total_leaves = N * traced_element<E>::leaves;
};

template <std::size_t I, class E, int N>
constexpr E get(const traced_array<E, N>& a) {
  if constexpr (I >= static_cast<std::size_t>(N)) index_out_of_range<static_cast<int>(I), N>();
  return a[I];
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless

template <class E, int N>
struct std::tuple_size<tapeless::traced_array<E, N>>
    : std::integral_constant<std::size_t, static_cast<std::size_t>(N)> {};
template <std::size_t I, class E, int N>
struct std::tuple_element<I, tapeless::traced_array<E, N>> {
  using type = E;
};
