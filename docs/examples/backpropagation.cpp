// SPDX-License-Identifier: BSL-1.0
// The examples of docs/explanation/backpropagation.md, in the order of the page. With the name of
// a picture the program prints what Graphviz or gnuplot draws of it; the build does so.
#include <tapeless/inspect.hpp>
#include <tapeless/optimize.hpp>

#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <tuple>
#include <vector>

namespace tl = tapeless;

namespace backpropagation {

// [neuron]
constexpr tl::variable<"w1"> w1;
constexpr tl::variable<"w2"> w2;
constexpr tl::variable<"b"> b;
constexpr tl::variable<"x1"> x1;
constexpr tl::variable<"x2"> x2;
constexpr tl::variable<"t"> t;

constexpr auto output = tanh(w1 * x1 + w2 * x2 + b);
constexpr auto loss = square(output - t);
// [end]

// [network]
constexpr tl::variable<"u1"> u1;
constexpr tl::variable<"u2"> u2;
constexpr tl::variable<"b1"> b1;
constexpr tl::variable<"b2"> b2;
constexpr tl::variable<"v1"> v1;
constexpr tl::variable<"v2"> v2;
constexpr tl::variable<"c"> c;
constexpr tl::variable<"x"> x;

constexpr auto hidden1 = tanh(u1 * x + b1);
constexpr auto hidden2 = tanh(u2 * x + b2);
constexpr auto network_loss = square(v1 * hidden1 + v2 * hidden2 + c - t);
// [end]

bool near(double a, double expected) { return std::abs(a - expected) < 1e-6; }

void neuron_by_hand() {
  // [forward]
  const double p1 = 0.5 * 2.0;      // w1 x1
  const double p2 = 0.25 * -1.0;    // w2 x2
  const double z = p1 + p2 - 0.25;  // + b
  const double y = std::tanh(z);
  const double e = y - 1.0;  // - t
  const double L = e * e;
  assert(p1 == 1 && p2 == -0.25 && z == 0.5);
  assert(near(y, 0.462117) && near(e, -0.537883) && near(L, 0.289318));
  // [end]

  // [backward]
  const double d_L = 1;
  const double d_e = 2 * e * d_L;        // L = e^2
  const double d_y = d_e;                // e = y - t
  const double d_z = (1 - y * y) * d_y;  // y = tanh(z)
  const double d_p1 = d_z;               // z = p1 + p2 + b
  const double d_p2 = d_z;
  const double d_b = d_z;
  const double d_w1 = 2.0 * d_p1;   // p1 = w1 x1
  const double d_w2 = -1.0 * d_p2;  // p2 = w2 x2
  assert(near(d_e, -1.075766) && near(d_y, -1.075766));
  assert(near(1 - y * y, 0.786448) && near(d_z, -0.846033));
  assert(near(d_w1, -1.692067) && near(d_w2, 0.846033) && near(d_b, -0.846033));
  // [end]

  // [library]
  auto [value, gradient] = tl::value_and_grad<w1, w2, b>(loss)(w1 = 0.5, w2 = 0.25, b = -0.25,
                                                               x1 = 2.0, x2 = -1.0, t = 1.0);
  assert(near(value, L));
  assert(near(gradient[w1], d_w1) && near(gradient[w2], d_w2) && near(gradient[b], d_b));
  // [end]

  // [difference]
  const double h = 1e-5;
  const double above = std::pow(std::tanh((0.5 + h) * 2.0 + p2 - 0.25) - 1.0, 2);
  const double below = std::pow(std::tanh((0.5 - h) * 2.0 + p2 - 0.25) - 1.0, 2);
  assert(near((above - below) / (2 * h), d_w1));
  // [end]
}

void network_by_hand() {
  // [network_forward]
  const double h1 = std::tanh(0.5 * 2.0 - 0.5);   // tanh(u1 x + b1) = tanh(0.5)
  const double h2 = std::tanh(-1.0 * 2.0 + 1.0);  // tanh(u2 x + b2) = tanh(-1)
  const double y = 1.0 * h1 - 0.5 * h2 + 0.25;    // v1 h1 + v2 h2 + c
  const double e = y - 0.5;
  assert(near(h1, 0.462117) && near(h2, -0.761594));
  assert(near(y, 1.092914) && near(e * e, 0.351547));
  // [end]

  // [network_backward]
  const double d_y = 2 * e;
  const double d_c = d_y;
  const double d_v1 = h1 * d_y, d_v2 = h2 * d_y;     // the output's weights
  const double d_h1 = 1.0 * d_y, d_h2 = -0.5 * d_y;  // handed on along v1, v2
  const double d_z1 = (1 - h1 * h1) * d_h1, d_z2 = (1 - h2 * h2) * d_h2;
  const double d_u1 = 2.0 * d_z1, d_u2 = 2.0 * d_z2;  // x = 2
  const double d_b1 = d_z1, d_b2 = d_z2;
  const double d_x = 0.5 * d_z1 - 1.0 * d_z2;  // two paths: their sum
  assert(near(d_y, 1.185828) && near(d_v1, 0.547992) && near(d_v2, -0.903120));
  assert(near(d_h1, 1.185828) && near(d_h2, -0.592914));
  assert(near(d_z1, 0.932592) && near(d_z2, -0.249009));
  assert(near(d_u1, 1.865184) && near(d_u2, -0.498018) && near(d_x, 0.715305));
  // [end]

  // [network_library]
  auto g = tl::grad(network_loss)(u1 = 0.5, u2 = -1.0, b1 = -0.5, b2 = 1.0, v1 = 1.0, v2 = -0.5,
                                  c = 0.25, x = 2.0, t = 0.5);
  assert(near(g[u1], d_u1) && near(g[b1], d_b1) && near(g[u2], d_u2) && near(g[b2], d_b2));
  assert(near(g[v1], d_v1) && near(g[v2], d_v2) && near(g[c], d_c) && near(g[x], d_x));
  // [end]

  // [equal]
  auto same = tl::grad(network_loss)(u1 = 0.5, u2 = 0.5, b1 = -0.5, b2 = -0.5, v1 = 1.0, v2 = 1.0,
                                     c = 0.25, x = 2.0, t = 0.5);
  assert(same[u1] == same[u2] && same[b1] == same[b2] && same[v1] == same[v2]);
  // [end]
}

void descent() {
  // [descent]
  const auto slope = tl::value_and_grad<w1, w2, b>(loss);
  double p = 0.5, q = 0.25, r = -0.25;  // w1, w2, b
  for (int step = 0; step <= 20; ++step) {
    auto [value, g] = slope(w1 = p, w2 = q, b = r, x1 = 2.0, x2 = -1.0, t = 1.0);
    if (step % 5 == 0) std::printf("step %2d  loss %.6f\n", step, value);
    p -= 0.1 * g[w1];
    q -= 0.1 * g[w2];
    r -= 0.1 * g[b];
  }
  // [end]
}

/// Two steps from w = 1, at which the gradients are 2 and then 1.
template <class Optimizer>
std::array<double, 2> two_steps(const Optimizer& opt) {
  // [two_steps]
  double w = 1;
  auto state = opt.init(w);
  opt.update(w, 2.0, state);
  const double first = w;
  opt.update(w, 1.0, state);
  return {first, w};
  // [end]
}

void optimisers() {
  // [optimisers]
  const auto plain = two_steps(tl::sgd({.learning_rate = 0.1}));
  assert(near(plain[0], 0.8) && near(plain[1], 0.7));

  const auto momentum = two_steps(tl::sgd({.learning_rate = 0.1, .momentum = 0.9}));
  assert(near(momentum[0], 0.8) && near(momentum[1], 0.52));

  const auto adagrad = two_steps(tl::adagrad({.learning_rate = 0.1}));
  assert(near(adagrad[0], 0.9) && near(adagrad[1], 0.855279));

  const auto rmsprop = two_steps(tl::rmsprop({.learning_rate = 0.1, .decay = 0.9}));
  assert(near(rmsprop[0], 0.683772) && near(rmsprop[1], 0.536330));

  const auto adam = two_steps(tl::adam({.learning_rate = 0.1}));
  assert(near(adam[0], 0.9) && near(adam[1], 0.806782));
  // [end]
}

// [surface]
constexpr auto valley = [](auto p) { return (p[0] * p[0] + 20 * p[1] * p[1]) / 2; };
// [end]

template <class Optimizer>
void print_path(const char* name, const Optimizer& opt) {
  std::printf("$%s << END\n", name);
  // [path]
  std::array p{-4.0, 1.0};
  auto state = opt.init(p);
  for (int step = 0; step <= 30; ++step) {
    std::printf("%.3f %.3f\n", p[0], p[1]);
    opt.update(p, tl::grad(valley)(p), state);
  }
  // [end]
  std::puts("END");
}

/// A script for gnuplot.
void print_paths() {
  // [rates]
  print_path("sgd", tl::sgd({.learning_rate = 0.09}));
  print_path("momentum", tl::sgd({.learning_rate = 0.02, .momentum = 0.8}));
  print_path("adagrad", tl::adagrad({.learning_rate = 0.4}));
  print_path("rmsprop", tl::rmsprop({.learning_rate = 0.2, .decay = 0.9}));
  print_path("adam", tl::adam({.learning_rate = 0.2}));
  // [end]
  std::fputs(R"(
set terminal svg size 900,460 font 'sans-serif,13' background rgb 'white'
set xrange [-4.4:1.2]
set yrange [-1.2:1.4]
set xlabel 'p[0]'
set ylabel 'p[1]'
set parametric
set trange [0:2*pi]
set samples 400
set label '' at 0,0 point pointtype 2 pointsize 1.2 front
set key outside right center
# Where valley(p) is 1/32, 1/16 ... 32.
plot for [k=-5:5] sqrt(2*2.0**k)*cos(t),sqrt(2.0**k/10)*sin(t) \
         with lines linecolor rgb '#c4cdd6' notitle, \
     $sgd with linespoints pointtype 7 pointsize 0.4 linecolor rgb '#999999' title 'SGD', \
     $momentum with linespoints pointtype 7 pointsize 0.4 linecolor rgb '#1b6ca8' title 'momentum', \
     $adagrad with linespoints pointtype 7 pointsize 0.4 linecolor rgb '#2e8b57' title 'AdaGrad', \
     $rmsprop with linespoints pointtype 7 pointsize 0.4 linecolor rgb '#b5651d' title 'RMSprop', \
     $adam with linespoints pointtype 7 pointsize 0.4 linecolor rgb '#8b2252' title 'Adam'
)",
             stdout);
}

// [layer]
constexpr auto layer = [](auto weights, auto biases, auto inputs) {
  return tanh(weights * inputs + biases);
};
// [end]

// [batch_layer]
constexpr auto batch_layer = [](auto weights, auto biases, auto samples) {
  return tanh(tl::dense(weights, biases, samples));
};
// [end]

// [classes]
constexpr auto cross_entropy = [](auto logits, auto label) {
  return tl::softmax_cross_entropy(logits, label);
};
// [end]

// [data]
constexpr auto data_loss = [](auto weights, auto bias, auto inputs, auto targets) {
  return tl::sum(inputs.rows(), [&](auto i) {
    return tl::square(tanh(tl::dot(weights, inputs[i]) + bias) - targets[i]);
  });
};
// [end]

// [products]
constexpr auto pair = [](auto a, auto m, auto z) { return std::tuple{a * m, m * z}; };
// [end]

// [chain]
constexpr auto product = [](auto... factors) { return (factors * ...); };
constexpr auto directional = [](auto at, auto direction) {
  auto [value, tangent] = tl::jvp(product, at, direction);
  return std::tuple{value, tangent};
};
// [end]

void products() {
  // [vjp]
  // J at (2, 3, 5):  3 2 0
  //                  0 5 3
  auto [value, pullback] = tl::vjp(pair, 2.0, 3.0, 5.0);
  assert((pullback(std::tuple{1.0, 0.0}) == std::tuple{3.0, 2.0, 0.0}));     // the first row
  assert((pullback(std::tuple{10.0, 1.0}) == std::tuple{30.0, 25.0, 3.0}));  // w J

  auto [same, tangent] = tl::jvp(pair, std::tuple{2.0, 3.0, 5.0}, std::tuple{1.0, -1.0, 2.0});
  assert((tangent == std::tuple{1.0, 1.0}));  // J v

  assert(10 * 1 + 1 * 1 == 30 * 1 + 25 * -1 + 3 * 2);  // w (J v) = (w J) v
  // [end]
  assert(value == same);
}

void layers() {
  // [layer_vjp]
  tl::matrix<double> W(2, 2);
  W(0, 0) = 0.5, W(0, 1) = 0.25, W(1, 0) = -1, W(1, 1) = 2;
  const std::vector biases{-0.25, 1.0}, inputs{2.0, -1.0};
  auto [h, pullback] = tl::vjp(layer, W, biases, inputs);
  const std::vector d_h{1.0, 10.0};  // the cotangent of h
  auto [d_W, d_b, d_x] = pullback(d_h);
  for (std::size_t i = 0; i < 2; ++i) {
    const double d_z = (1 - h[i] * h[i]) * d_h[i];
    assert(near(d_b[i], d_z));
    const auto row = static_cast<std::ptrdiff_t>(i);
    assert(near(d_W(row, 0), d_z * inputs[0]) && near(d_W(row, 1), d_z * inputs[1]));
  }
  assert(near(d_x[0], 0.5 * d_b[0] - 1 * d_b[1]) && near(d_x[1], 0.25 * d_b[0] + 2 * d_b[1]));
  // [end]

  // [batch_vjp]
  tl::matrix<double> samples(2, 2), d_H(2, 2);
  samples(0, 0) = 2.0, samples(0, 1) = -1.0;  // the inputs above
  samples(1, 0) = 0.5, samples(1, 1) = 0.25;
  d_H(0, 0) = d_H(1, 0) = 1.0, d_H(0, 1) = d_H(1, 1) = 10.0;
  auto [H, batch_pullback] = tl::vjp(batch_layer, W, biases, samples);
  auto [sum_W, sum_b, d_samples] = batch_pullback(d_H);

  auto [h2, second_pullback] = tl::vjp(layer, W, biases, std::vector{0.5, 0.25});
  auto [d_W2, d_b2, d_x2] = second_pullback(d_h);  // of the second sample alone
  assert(near(H(0, 1), h[1]) && near(H(1, 1), h2[1]));
  assert(near(sum_W(1, 0), d_W(1, 0) + d_W2(1, 0)) && near(sum_b[1], d_b[1] + d_b2[1]));
  assert(near(d_samples(0, 1), d_x[1]) && near(d_samples(1, 1), d_x2[1]));
  // [end]
}

void classes() {
  // [classes_vjp]
  const std::vector z{2.0, 1.0, -1.0};  // of three classes; the second is right
  const double sum = std::exp(2.0) + std::exp(1.0) + std::exp(-1.0);
  const double p0 = std::exp(2.0) / sum, p1 = std::exp(1.0) / sum, p2 = std::exp(-1.0) / sum;
  assert(near(p0, 0.705385) && near(p1, 0.259496) && near(p2, 0.035119));

  auto [value, d_z] = tl::value_and_grad<0>(cross_entropy)(z, 1);
  assert(near(value, -std::log(p1)) && near(value, 1.349012));
  assert(near(d_z[0], p0) && near(d_z[1], p1 - 1) && near(d_z[2], p2));
  // [end]
}

template <class... Number>
void count() {
  // [counts]
  constexpr int value = tl::graph_of<Number...>(product).operations();
  constexpr int both = tl::graph_of<Number...>(tl::value_and_grad(product)).operations();
  using point = std::tuple<Number...>;
  constexpr int direction = tl::graph_of<point, point>(directional).operations();
  static_assert(both <= 5 * value);
  // [end]
  const int n = sizeof...(Number);
  std::printf("%3d  %5d  %14d  %23d  %12d\n", n, value, both, direction, n * direction);
}

/// Operations with two longer rows than those of the page's table.
void count_others() {
  constexpr auto power = [](auto a, auto m) { return pow(a, m); };
  constexpr auto error_function = [](auto a) { return erf(a); };
  static_assert(tl::graph_of<double, double>(tl::value_and_grad(power)).operations() == 13);
  static_assert(tl::graph_of<double>(tl::value_and_grad(error_function)).operations() == 6);
}

void run(const std::string& picture) {
  if (picture == "neuron-forward") {
    // [draw]
    std::fputs(
        tl::to_dot(loss, w1 = 0.5, w2 = 0.25, b = -0.25, x1 = 2.0, x2 = -1.0, t = 1.0).c_str(),
        stdout);
    // [end]
  } else if (picture == "neuron-backward") {
    std::fputs(tl::to_dot(tl::value_and_grad<w1, w2, b>(loss), w1 = 0.5, w2 = 0.25, b = -0.25,
                          x1 = 2.0, x2 = -1.0, t = 1.0)
                   .c_str(),
               stdout);
  } else if (picture == "network-forward") {
    std::fputs(tl::to_dot(network_loss, u1 = 0.5, u2 = -1.0, b1 = -0.5, b2 = 1.0, v1 = 1.0,
                          v2 = -0.5, c = 0.25, x = 2.0, t = 0.5)
                   .c_str(),
               stdout);
  } else if (picture == "network-backward") {
    std::fputs(
        tl::to_dot(tl::value_and_grad<u1, b1, u2, b2, v1, v2, c>(network_loss), u1 = 0.5, u2 = -1.0,
                   b1 = -0.5, b2 = 1.0, v1 = 1.0, v2 = -0.5, c = 0.25, x = 2.0, t = 0.5)
            .c_str(),
        stdout);
  } else if (picture == "optimiser-paths") {
    print_paths();
  } else {
    neuron_by_hand();
    network_by_hand();
    optimisers();
    products();
    layers();
    classes();
    count_others();
    std::puts("[descent]");
    descent();
    std::puts("[counts]");
    std::puts("  n  value  value, gradient  value, one derivative  n times that");
    using T = double;
    count<T, T, T, T>();
    count<T, T, T, T, T, T, T, T>();
    count<T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T>();
    std::puts("[data]");
    using list = std::vector<double>;
    std::fputs(tl::to_source<list, double, tl::matrix<double>, list>(
                   tl::value_and_grad<0, 1>(data_loss), "data_loss")
                   .c_str(),
               stdout);
  }
}

}  // namespace backpropagation

int main(int count, char** names) { backpropagation::run(count > 1 ? names[1] : ""); }
