// SPDX-License-Identifier: BSL-1.0
#include <tapeless/optimize.hpp>
#include <tapeless/tapeless.hpp>

#include <boost/hana/define_struct.hpp>

#include <array>
#include <cstdint>
#include <random>
#include <span>
#include <tuple>
#include <vector>

namespace tl = tapeless;
using parameters = std::tuple<double, std::vector<double>>;

struct generator {
  static constexpr std::uint64_t min() { return 0; }
  static constexpr std::uint64_t max() { return UINT64_MAX; }
  std::uint64_t operator()() { return state *= 6364136223846793005u; }
  std::uint64_t state = 1;
};

#ifndef MISTAKE
void step(parameters& p, const parameters& g) {
  // [right]
  const auto opt = tl::adam({.learning_rate = 0.1});
  auto state = opt.init(p);
  opt.update(p, g, state);
  // [end]
  opt.update(p, g, state, 1);
}
void flat(parameters& p, std::array<double, 3>& numbers, double (&raw)[3]) {
  tl::flatten(p, numbers);
  tl::flatten(p, std::span(raw));
  tl::unflatten(numbers, p);
  tl::unflatten(raw, p);
  tl::unflatten(std::vector<double>(3), p);
}
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: trees differ in structure
void other_gradient(parameters& p, const std::vector<double>& g) {
  const auto opt = tl::adam();
  auto state = opt.init(p);
  opt.update(p, g, state);
}
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: trees differ in structure
void other_state(parameters& p, const parameters& g, std::vector<double>& q) {
  const auto opt = tl::adagrad();
  auto state = opt.init(q);
  opt.update(p, g, state);
}
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: trees differ in structure
auto zipped(const parameters& p, double q) {
  return tl::tree_zip([](double a, double) { return a; }, p, q);
}
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless::softmax_cross_entropy(logits, labels): 'labels' are one
                  // integer
double labels(const std::vector<double>& logits, double label) {
  return tl::evaluate([](auto z, auto l) { return tl::softmax_cross_entropy(l, z); })(logits,
                                                                                      label);
}
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: weights to initialise are a matrix
void weights(std::vector<double>& w, generator& g) { tl::he_normal(w, g); }
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless::objective(f, p, data...): 'f' must return a number
double several(const std::vector<double>& x) {
  tl::objective o([](auto w) { return std::array{w[0], w[1]}; }, std::array{1.0, 2.0});
  return o.value(x);
}
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless: the function does not accept these arguments
double data_missing(std::vector<double>& x) {
  tl::objective o([](auto w, auto y) { return w * y; }, 1.0);
  return o.value_and_grad(x, x);
}
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless::objective(f, p, data...): 'p' is no tree
struct opaque {
  const char* name;
};
void no_tree(const opaque& p) {
  tl::objective o([](auto w) { return w; }, p);
}
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless::flatten(p): of a matrix that is no member of a structure
std::vector<double> bare_matrix(const tl::array_view<double, 2>& a) { return tl::flatten(a); }
#endif
#ifdef MISTAKE_10  // EXPECT: tapeless: weights to initialise are a matrix
struct layer {
  BOOST_HANA_DEFINE_STRUCT(layer, (std::vector<double>, w), (double, b));
};
void structure(layer& l, generator& g) { tl::glorot_uniform(l, g); }
#endif
#ifdef MISTAKE_11  // EXPECT: tapeless: random numbers are made of 64 bits at a time
void generator_of_32_bits(tl::matrix<double>& w, std::mt19937& g) { tl::he_normal(w, g); }
#endif
#ifdef MISTAKE_12  // EXPECT: tapeless: opt.update(p, g, state): 'state' is that of another
void state_of_other(std::vector<double>& p, const std::vector<double>& g) {
  auto state = tl::sgd().init(p);
  tl::adam().update(p, g, state);
}
#endif
#ifdef MISTAKE_13  // EXPECT: tapeless: opt.update(p, g, state): 'state' is that of another
void constant_state(std::vector<double>& p, const std::vector<double>& g) {
  const auto opt = tl::adam();
  opt.update(p, g, opt.init(p), 0.1);
}
#endif
#ifdef MISTAKE_14  // EXPECT: tapeless::flatten(p, to), unflatten(from, p): 'to' and 'from' are
void from_float(const std::vector<float>& from, parameters& p) { tl::unflatten(from, p); }
#endif
#ifdef MISTAKE_15  // EXPECT: tapeless::flatten(p, to), unflatten(from, p): 'to' and 'from' are
void to_float(const parameters& p, std::vector<float>& to) { tl::flatten(p, to); }
#endif
