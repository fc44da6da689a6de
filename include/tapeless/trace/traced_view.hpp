// SPDX-License-Identifier: BSL-1.0
#pragma once

// The array that a function's body sees for an argument whose size may be known only at run time,
// and what tl::generate makes.

#include <tapeless/trace/index.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class Array>
constexpr auto iterated_traced_array() {
  static_assert(
      never<Array>,
      "tapeless: an array whose size is known at run time has no iterators in a function's "
      "body; use tl::sum(x.size(), [&](auto i) { return x[i]; }), tl::fold(n, init, body)");
  return 0;
}

/// An immutable array of values or, if Integers, of integers.
template <int Rank, bool Integers = false>
class traced_view {
 public:
  static constexpr int rank = Rank;
  using value_type = std::conditional_t<Integers, traced_index, traced>;

  constexpr traced_view() = default;
  constexpr traced_view(builder* g, int id) : graph_(g), id_(id) {}

  constexpr traced_index extent(int dimension) const {
    if (graph_ == nullptr) return 0;  // of a mistake that has been reported
    return {graph_, nest::shape_of(*graph_, id_).extent[dimension]};
  }
  /// Number of elements.
  constexpr traced_index size() const {
    return Rank == 1 ? extent(0) : extent(0) * extent(Rank - 1);
  }
  constexpr traced_index rows() const { return extent(0); }
  constexpr traced_index cols() const
    requires(Rank == 2)
  {
    return extent(1);
  }

  /// x[i]: an element; of a matrix: a row.
  template <index_operand I>
  constexpr auto operator[](I i) const {
    if constexpr (Rank == 1) {
      return at(i);
    } else if (graph_ == nullptr) {
      return traced_view<Rank - 1, Integers>();
    } else {
      return traced_view<Rank - 1, Integers>(graph_, nest::slice(*graph_, id_, entered(i)));
    }
  }
  /// Exists to say what is wrong with x[x[i]].
  template <class I>
    requires(symbolic<I> && !index_operand<I>)
  constexpr value_type operator[](const I&) const {
    index_is_a_value<I>();
    return {};
  }
  template <index_operand I>
    requires(Rank == 1)
  constexpr value_type operator()(I i) const {
    return at(i);
  }
  template <index_operand I, index_operand J>
    requires(Rank == 2 && !Integers)
  constexpr value_type operator()(I i, J j) const {
    if (graph_ == nullptr) return {};
    const int index[]{entered(i), entered(j)};
    return {graph_, nest::wanted_element(*graph_, id_, index)};
  }

  /// Exists to say what is wrong with `for (auto e : x)`.
  template <class Array = traced_view>
  constexpr const value_type* begin() const {
    iterated_traced_array<Array>();
    return nullptr;
  }
  constexpr const value_type* end() const { return nullptr; }

  constexpr builder* graph() const { return graph_; }
  constexpr int id() const { return id_; }

 private:
  constexpr int entered(const traced_index& i) const {
    return i.is_unknown() ? nest::number(*graph_, 0) : i.id(*graph_);
  }
  constexpr value_type at(const traced_index& i) const {
    if (graph_ == nullptr) return {};
    const int index[]{entered(i), -1};
    if constexpr (Integers) {
      return {graph_, nest::index_load(*graph_, id_, index[0])};
    } else {
      return {graph_, nest::wanted_element(*graph_, id_, index)};
    }
  }

  builder* graph_ = nullptr;
  int id_ = -1;
};

template <class T>
inline constexpr bool is_traced_view = false;
template <int Rank, bool Integers>
inline constexpr bool is_traced_view<traced_view<Rank, Integers>> = true;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
