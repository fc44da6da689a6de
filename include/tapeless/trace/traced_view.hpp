// SPDX-License-Identifier: BSL-1.0
#pragma once

// The array that a function's body sees for an argument whose size may be known only at run time,
// and what tl::generate and operations on whole arrays make.

#include <tapeless/graph/sizes.hpp>
#include <tapeless/trace/array.hpp>
#include <tapeless/trace/eigen_members.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct array_family;
template <int Rank, bool Integers>
class traced_view;

/// An array of values or, if Integers, of integers: one type for each rank, regular; a variable of
/// it can be assigned another array, of any size. Its elements can not be assigned.
template <int Rank, bool Integers = false>
class traced_view : public eigen_members<traced, traced_view<1>, traced_view<2>> {
 public:
  using operand_family = array_family;
  static constexpr int rank = Rank;
  using value_type = std::conditional_t<Integers, traced_index, traced>;

  constexpr traced_view() = default;
  constexpr traced_view(builder* g, int id) : graph_(g), id_(id) {}
  template <class E, int N>
    requires(!Integers && traced_array<E, N>::rank == Rank)
  constexpr traced_view(const traced_array<E, N>& a);
  /// A variable that was made from a std::array argument keeps its size.
  template <class E, int N>
    requires(!Integers && traced_array<E, N>::rank == Rank)
  constexpr operator traced_array<E, N>() const;

  constexpr traced_view(const traced_view&) = default;
  constexpr traced_view& operator=(const traced_view&) = default;
  /// Exists to say what is wrong with `s = X` where one is a matrix, the other a vector.
  template <int Other, bool I>
    requires(Other != Rank)
  constexpr traced_view& operator=(const traced_view<Other, I>&) {
    assigned_other_rank<traced_view>();
    return *this;
  }
  template <operand B>
  constexpr traced_view& operator+=(const B& b) {
    return *this = *this + b;
  }
  template <operand B>
  constexpr traced_view& operator-=(const B& b) {
    return *this = *this - b;
  }
  template <operand B>
  constexpr traced_view& operator*=(const B& b) {
    return *this = *this * b;
  }
  template <operand B>
  constexpr traced_view& operator/=(const B& b) {
    return *this = *this / b;
  }

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
  template <element_index I>
  constexpr auto operator[](I i) const {
    if constexpr (Rank == 1) {
      return at(i);
    } else if (graph_ == nullptr) {
      return traced_view<Rank - 1, Integers>();
    } else {
      return traced_view<Rank - 1, Integers>(graph_,
                                             nest::slice(*graph_, id_, index_node(*graph_, i)));
    }
  }
  /// Exists to say what is wrong with x[0.5].
  template <class I>
    requires(!element_index<I>)
  constexpr auto operator[](const I&) const {
    index_is_a_value<traced_view>();
    return std::conditional_t<Rank == 1, value_type, traced_view<1, Integers>>{};
  }
  template <element_index I>
    requires(Rank == 1)
  constexpr value_type operator()(I i) const {
    return at(i);
  }
  template <element_index I, element_index J>
    requires(Rank == 2)
  constexpr value_type operator()(I i, J j) const {
    if (graph_ == nullptr) return value_type::unknown();
    const int index[]{index_node(*graph_, i), index_node(*graph_, j)};
    if constexpr (Integers) {
      return {graph_, nest::index_load(*graph_, nest::slice(*graph_, id_, index[0]), index[1])};
    } else {
      return {graph_, nest::wanted_element(*graph_, id_, index)};
    }
  }

  /// Exists to say what is wrong with m(i), x(i, j) and m(i, 0.5).
  template <class... I>
    requires(sizeof...(I) != Rank || !(element_index<I> && ...))
  constexpr value_type operator()(const I&...) const {
    if constexpr (sizeof...(I) != Rank) {
      wrong_number_of_indices<traced_view>();
    } else {
      index_is_a_value<traced_view>();
    }
    return {};
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
  template <class I>
  constexpr value_type at(const I& i) const {
    if (graph_ == nullptr) return value_type::unknown();
    const int index[]{index_node(*graph_, i), -1};
    if constexpr (Integers) {
      return {graph_, nest::index_load(*graph_, id_, index[0])};
    } else {
      return {graph_, nest::wanted_element(*graph_, id_, index)};
    }
  }

  builder* graph_ = nullptr;
  int id_ = -1;
};

/// An array of conditions: what comparing arrays gives, for select.
template <int Rank>
class traced_conditions {
 public:
  using operand_family = array_family;
  using is_condition = void;
  static constexpr int rank = Rank;

  constexpr traced_conditions() = default;
  constexpr traced_conditions(builder* g, int id) : graph_(g), id_(id) {}

  /// Exists to say what is wrong with `if (x > y)`.
  template <std::same_as<bool> B>
  explicit constexpr operator B() const {
    return branch_on_condition<B>();
  }
  constexpr builder* graph() const { return graph_; }
  constexpr int id() const { return id_; }

 private:
  builder* graph_ = nullptr;
  int id_ = -1;
};

/// A std::array argument as such an array; none where the graph has no loops yet.
template <class E, int N>
constexpr int array_node_of(const traced_array<E, N>& a) {
  if (a.graph() != nullptr && a.graph()->nest == nullptr) a.graph()->ask_for_loops();
  return a.array_node();
}
template <int Rank, bool Integers>
template <class E, int N>
  requires(!Integers && traced_array<E, N>::rank == Rank)
constexpr traced_view<Rank, Integers>::traced_view(const traced_array<E, N>& a)
    : graph_(array_node_of(a) < 0 ? nullptr : a.graph()), id_(a.array_node()) {}

template <int Rank, bool Integers>
template <class E, int N>
  requires(!Integers && traced_array<E, N>::rank == Rank)
constexpr traced_view<Rank, Integers>::operator traced_array<E, N>() const {
  if (graph_ == nullptr) return {};
  const int sizes[]{N, traced_element<E>::leaves};
  for (int d = 0; d < Rank; ++d) {
    size_algebra::unify(*graph_, size_rule::assignment, nest::number(*graph_, sizes[d]),
                        nest::shape_of(*graph_, id_).extent[d]);
  }
  return traced_array<E, N>::of_node(graph_, id_);
}

template <class T>
inline constexpr bool is_traced_view = false;
template <int Rank, bool Integers>
inline constexpr bool is_traced_view<traced_view<Rank, Integers>> = true;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
