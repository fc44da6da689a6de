// SPDX-License-Identifier: BSL-1.0
#pragma once

// Losses, ordinary functions for the bodies of functions: of scalars, vectors, and matrices of one
// sample in each row. Each is the mean over all elements, that of softmax over all samples.

#include <tapeless/expression/array_tree.hpp>
#include <tapeless/primitive/activation.hpp>
#include <tapeless/primitive/arithmetic.hpp>
#include <tapeless/primitive/comparison.hpp>
#include <tapeless/primitive/logarithmic.hpp>
#include <tapeless/primitive/piecewise.hpp>
#include <tapeless/trace/array_products.hpp>
#include <tapeless/trace/array_reductions.hpp>
#include <tapeless/trace/comprehension.hpp>
#include <tapeless/trace/whole_array.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// Of a scalar: itself.
template <class A>
constexpr auto mean_loss(const A& a) {
  if constexpr (requires { mean(a); }) {
    return mean(a);
  } else {
    return a;
  }
}
template <class A>
inline constexpr int rank_of_operand = 0;
template <class A>
  requires requires { A::rank; }
inline constexpr int rank_of_operand<A> = A::rank;

/// Element by element, whatever they are.
template <class A, class B>
constexpr auto each_times(const A& a, const B& b) {
  if constexpr (rank_of_operand<A> == 2 && rank_of_operand<B> == 2) {
    return elementwise_product(a, b);
  } else {
    return a * b;
  }
}

/// No body has such operands: users' arrays without anything traced.
template <class... A>
inline constexpr bool are_plain = ((number<A> || array_operand_of_expression<A>) && ...) &&
                                  !(number<A> && ...) && !(symbolic<A> || ...);
template <bool Plain>
constexpr auto refuse_plain() {
  static_assert(!Plain,
                "tapeless: losses and layers of arrays are for bodies of functions: "
                "tl::evaluate([](auto y, auto target) { return tl::mean_squared_error(y, target); "
                "})(y, target)");
  return 0.0;
}
template <class L>
constexpr auto refuse_labels() {
  static_assert(
      never<L>,
      "tapeless::softmax_cross_entropy(logits, labels): 'labels' are one integer for each "
      "row of 'logits', or have the shape of 'logits'");
  return 0;
}

}  // namespace detail

/// mean_squared_error(y, target): mean((y - target)^2).
/// Shapes:   y, target: equal; result: a scalar
template <class A, class B>
constexpr auto mean_squared_error(const A& y, const B& target) {
  if constexpr (detail::are_plain<A, B>) {
    return detail::refuse_plain<detail::are_plain<A, B>>();
  } else {
    return detail::mean_loss(square(y - target));
  }
}

/// huber_loss(y, target, delta = 1): mean(huber(y - target, delta)), squares near 0, straight
/// beyond delta.
/// Shapes:   y, target: equal; result: a scalar
/// Source:   Huber: Robust estimation of a location parameter (1964)
template <class A, class B>
constexpr auto huber_loss(const A& y, const B& target, double delta = 1) {
  if constexpr (detail::are_plain<A, B>) {
    return detail::refuse_plain<detail::are_plain<A, B>>();
  } else {
    return detail::mean_loss(huber(y - target, delta));
  }
}

/// hinge_loss(score, label): mean(max(0, 1 - label score)), labels 1 and -1.
/// Shapes:   score, label: equal; result: a scalar
/// Source:   Cortes, Vapnik: Support-vector networks (1995)
template <class A, class B>
constexpr auto hinge_loss(const A& score, const B& label) {
  if constexpr (detail::are_plain<A, B>) {
    return detail::refuse_plain<detail::are_plain<A, B>>();
  } else {
    return detail::mean_loss(relu(1 - detail::each_times(label, score)));
  }
}

/// binary_cross_entropy(logit, target): mean(softplus(logit) - target logit), which is
/// -target log(p) - (1 - target) log(1 - p), p = logistic(logit), without overflow.
/// Shapes:   logit, target: equal; result: a scalar
template <class A, class B>
constexpr auto binary_cross_entropy(const A& logit, const B& target) {
  if constexpr (detail::are_plain<A, B>) {
    return detail::refuse_plain<detail::are_plain<A, B>>();
  } else {
    return detail::mean_loss(softplus(logit) - detail::each_times(target, logit));
  }
}

/// kl_divergence(p, q): sum(p log(p / q)) of probabilities, 0 where p is 0.
/// Shapes:   p, q: equal; result: a scalar
/// Source:   Kullback, Leibler: On information and sufficiency (1951)
template <class A, class B>
constexpr auto kl_divergence(const A& p, const B& q) {
  if constexpr (detail::are_plain<A, B>) {
    return detail::refuse_plain<detail::are_plain<A, B>>();
  } else {
    return sum(xlogy(p, p) - xlogy(p, q));
  }
}

/// softmax_cross_entropy(logits, labels): the mean over samples of
/// logsumexp(logits) - logits[label]: -log of the probability that softmax gives to the label,
/// without overflow.
/// Shapes:   logits: k, labels: an integer or k probabilities; or logits: n x k, labels: n integers
///           or n x k probabilities; result: a scalar
/// Errors:   std::invalid_argument if there are more or fewer labels than samples
template <class A, class L>
constexpr auto softmax_cross_entropy(const A& logits, const L& labels) {
  constexpr int samples = detail::rank_of_operand<A> - 1;
  if constexpr (detail::are_plain<A, L>) {
    return detail::refuse_plain<detail::are_plain<A, L>>();
  } else if constexpr (samples == 1 && detail::rank_of_operand<L> > 0) {
    const auto z = as_view(logits);
    const auto wanted = as_view(labels);
    const traced_index n = common_size(size_rule::elementwise, z, 0, wanted, 0);
    return sum(n,
               [&](const traced_index& i) {
                 if constexpr (detail::rank_of_operand<L> == 1) {
                   return logsumexp(z[i]) - z(i, wanted[i]);
                 } else {
                   return sum(wanted[i]) * logsumexp(z[i]) - dot(wanted[i], z[i]);
                 }
               }) /
           n;
  } else if constexpr (samples == 0 && detail::rank_of_operand<L> == 0) {
    return logsumexp(logits) - logits[labels];
  } else if constexpr (samples == 0 && detail::rank_of_operand<L> == 1) {
    return sum(labels) * logsumexp(logits) - dot(labels, logits);
  } else {
    detail::refuse_labels<L>();
    return traced();
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
