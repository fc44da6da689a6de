// SPDX-License-Identifier: BSL-1.0
// Laws of the transforms on many random compositions. Nothing is compiled for a composition: it is
// traced at run time, its graph is transformed at run time, and a small interpreter runs the
// graphs.

#include "support/catch.hpp"
#include "support/composition_reference.hpp"

#include <map>
#include <memory>

namespace {

using namespace compositions;

/// What a transform asks of a source and of the inputs chosen: all N.
template <int N>
struct all_inputs {
  template <class Source>
  static constexpr auto inputs() {
    std::array<int, N> list{};
    for (int i = 0; i < N; ++i) list[static_cast<std::size_t>(i)] = i;
    return list;
  }
};
struct no_source {};

template <class Transform, int Capacity, int Outputs>
auto transformed(const tl::graph<Capacity, Outputs>& g) {
  using result = decltype(Transform::template apply<no_source, Capacity>(g));
  auto made = std::make_unique<result>(Transform::template apply<no_source, Capacity>(g));
  if (made->full) FAIL("the graph does not fit");
  return made;
}

template <int Capacity>
auto traced_graph(const recipe& r) {
  auto w = std::make_unique<tl::workshop<Capacity, 1>>();
  std::array<tl::traced, max_inputs> in;
  for (int i = 0; i < r.inputs; ++i) {
    in[static_cast<std::size_t>(i)] = tl::traced(&w->g, w->g.input(i));
  }
  w->result.inputs = r.inputs;
  w->result.outputs[0] = follow(r, in.data()).id(w->g);
  return std::make_unique<tl::graph<Capacity, 1>>(w->finish());
}

// ---- interpreter
// ---------------------------------------------------------------------------------

using function = double (*)(const double*);

template <class P, std::size_t I>
auto operand_of(const double* x) {
  if constexpr (static_cast<int>(I) < P::condition_operands) {
    return x[I] != 0;
  } else {
    return x[I];
  }
}
template <class P>
double evaluated(const double* x) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) -> double {
    return P::primal(operand_of<P, I>(x)...);
  }(std::make_index_sequence<P::arity>{});
}
template <class... P>
std::map<const tl::operation*, function> functions_of() {
  return {{tl::operation_for<P>, &evaluated<P>}...};
}
const auto functions = functions_of<
    tl::add, tl::subtract, tl::multiply, tl::divide, tl::negate, tl::fused_multiply_add,
    tl::square_root, tl::cube_root, tl::reciprocal_square_root, tl::reciprocal_value,
    tl::constant_power<3>, tl::constant_power<4>, tl::hypotenuse, tl::power, tl::exponential,
    tl::binary_exponential, tl::exponential_minus_one, tl::natural_logarithm, tl::binary_logarithm,
    tl::decimal_logarithm, tl::logarithm_of_one_plus, tl::sine, tl::cosine, tl::tangent,
    tl::arc_sine, tl::arc_cosine, tl::arc_tangent, tl::arc_tangent_of_point, tl::hyperbolic_sine,
    tl::hyperbolic_cosine, tl::hyperbolic_tangent, tl::inverse_hyperbolic_sine,
    tl::inverse_hyperbolic_cosine, tl::inverse_hyperbolic_tangent, tl::absolute_value, tl::signum,
    tl::sign_copied, tl::maximum, tl::minimum, tl::clamped, tl::huber_function, tl::rectifier,
    tl::leaky_rectifier, tl::exponential_rectifier, tl::error_function, tl::normal_density,
    tl::normal_distribution, tl::logistic_function, tl::softplus_function, tl::logarithm_of_sum,
    tl::less, tl::less_equal, tl::equal_to, tl::logical_and, tl::logical_or, tl::logical_not,
    tl::choose>();

template <int Capacity, int Outputs>
std::array<double, Outputs> run(const tl::graph<Capacity, Outputs>& g,
                                const std::vector<double>& inputs) {
  std::vector<double> v(static_cast<std::size_t>(g.size));
  for (std::size_t n = 0; n < v.size(); ++n) {
    const tl::node& x = g.nodes[n];
    if (x.op == &tl::input_operation) {
      v[n] = inputs.at(static_cast<std::size_t>(x.a));
    } else if (x.op == &tl::constant_operation) {
      v[n] = x.value();
    } else {
      double operands[tl::max_arity]{};
      for (int i = 0; i < x.op->arity; ++i) {
        operands[i] = v.at(static_cast<std::size_t>(x.operand(i)));
      }
      v[n] = functions.at(x.op)(operands);
    }
  }
  std::array<double, Outputs> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = v[static_cast<std::size_t>(g.outputs[i])];
  return out;
}

// ---- laws
// ----------------------------------------------------------------------------------------

template <std::size_t N>
double dot(const std::array<double, N>& p, std::size_t first, const numbers& q, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += p[first + i] * q[i];
  return sum;
}

template <class Policy, std::size_t N>
void check(failures& log, std::uint64_t id, const recipe& r, random_numbers& random) {
  constexpr int n = static_cast<int>(N);
  using all = all_inputs<n>;
  const auto f = traced_graph<Policy::factors ? 4096 : 16384>(r);
  const auto gradient = transformed<tl::reverse_mode<Policy, true, false, all>>(*f);
  const auto pullback = transformed<tl::reverse_mode<Policy, false, true, all>>(*f);
  auto tangent = transformed<tl::forward_mode<Policy, true, all>>(*f);
  const auto only_gradient = transformed<tl::reverse_mode<Policy, false, false, all>>(*f);
  const auto forward_over_reverse =
      transformed<tl::forward_mode<Policy, false, all>>(*only_gradient);
  const auto only_tangent = transformed<tl::forward_mode<Policy, false, all>>(*f);
  const auto reverse_over_forward =
      transformed<tl::reverse_mode<Policy, false, false, all>>(*only_tangent);
  for (int point = 0; point < 2; ++point) {
    const numbers x = random_point(r, random);
    const numbers u = random_direction(random), v = random_direction(random);
    const reference ref = refer(r, x, u);
    const auto inputs = [&](const numbers& more) {
      std::vector<double> list(x.begin(), x.begin() + n);
      list.insert(list.end(), more.begin(), more.begin() + n);
      return list;
    };
    const double tolerance = 1e-12 * (1 + ref.scale);
    const auto g = run(*gradient, inputs(u));
    log.close("value", id, g[0], ref.value, 1e-14 * (1 + ref.scale));
    for (std::size_t i = 0; i < N; ++i) {
      log.close("gradient and plain tape", id, g[1 + i], ref.gradient[i], tolerance);
    }
    log.close("gradient and complex step", id, dot(g, 1, u, N), ref.slope, 4 * tolerance);

    const double w = 0.75;
    const auto c = run(*pullback, inputs({w}));
    log.close("<w, J u> = <J^T w, u>", id, dot(c, 0, u, N), w * ref.slope, 4 * tolerance);

    numbers both{};
    for (std::size_t i = 0; i < N; ++i) both[i] = 2 * u[i] - 3 * v[i];
    const double du = run(*tangent, inputs(u))[1], dv = run(*tangent, inputs(v))[1];
    log.identical("value of jvp", id, run(*tangent, inputs(u))[0], g[0]);
    log.close("jvp and complex step", id, du, ref.slope, 4 * tolerance);
    log.close("J (2 u - 3 v) = 2 J u - 3 J v", id, run(*tangent, inputs(both))[1], 2 * du - 3 * dv,
              20 * tolerance);

    const double second = 1e-12 * (1 + ref.second_scale);
    const auto fr = run(*forward_over_reverse, inputs(u));
    const auto rf = run(*reverse_over_forward, inputs(u));
    for (std::size_t i = 0; i < N; ++i) {
      log.close("Hessian times u", id, fr[i], ref.hessian_u[i], second);
      log.close("forward over reverse = reverse over forward", id, rf[i], fr[i], second);
    }
    log.close("symmetric", id, dot(fr, 0, v, N),
              dot(run(*forward_over_reverse, inputs(v)), 0, u, N), 8 * second);
  }
}

template <class Policy>
void check_many(std::uint64_t first, std::uint64_t count) {
  failures log;
  random_numbers random(first);
  for (std::uint64_t id = first; id < first + count; ++id) {
    const recipe r = draw(id);
    if (r.inputs == 1) check<Policy, 1>(log, id, r, random);
    if (r.inputs == 2) check<Policy, 2>(log, id, r, random);
    if (r.inputs == 3) check<Policy, 3>(log, id, r, random);
    if (r.inputs == 4) check<Policy, 4>(log, id, r, random);
  }
  INFO(log.count << " of " << log.checks << " checks failed\n" << log.text);
  CHECK(log.count == 0);
  CHECK(log.checks > 0);
}

}  // namespace

TEST_CASE("transforms of random compositions") {
  check_many<tl::policy<false, false>>(1000000, 4000);
}

// Away from edges the policies change nothing.
TEST_CASE("transforms of random compositions, guarded") {
  check_many<tl::policy<true, false>>(2000000, 300);
  check_many<tl::policy<false, true>>(3000000, 300);
  check_many<tl::policy<true, true>>(4000000, 300);
}
