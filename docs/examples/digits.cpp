// SPDX-License-Identifier: BSL-1.0
// Trains a network of 64 inputs, 32 hidden units and 10 outputs on handwritten digits, by
// mini-batches and an optimiser of choice. The first 1437 images train it, the last 360 test it.
// With the name of a picture, `learning-curves`, it trains one with each optimiser and prints what
// gnuplot draws of that; the build does so.
#include <tapeless/interop/eigen.hpp>
#include <tapeless/optimize.hpp>
#include <tapeless/tapeless.hpp>

#include <Eigen/Core>
#include <boost/hana/define_struct.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>
#if __has_include(<unistd.h>)
#include <unistd.h>
#endif
#if __has_include(<CLI/CLI.hpp>)
#include <CLI/CLI.hpp>
#define HAS_CLI11
#endif

namespace tl = tapeless;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

constexpr Index pixels = 64, hidden = 32, digits = 10, training = 1437, all = 1797, batch = 32;

// [network]
template <template <class> class Leaf = std::type_identity_t>
struct layer {
  BOOST_HANA_DEFINE_STRUCT(layer, (Leaf<MatrixXd>, W), (Leaf<VectorXd>, b));
};
template <template <class> class Leaf = std::type_identity_t>
struct network {
  BOOST_HANA_DEFINE_STRUCT(network, (layer<Leaf>, first), (layer<Leaf>, second));
};

/// One image in each row.
constexpr auto logits = [](const auto& net, const auto& images) {
  const auto h = tanh(tl::dense(net.first.W, net.first.b, images));
  return tl::dense(net.second.W, net.second.b, h);
};
constexpr auto loss = [](const auto& net, const auto& images, const auto& labels) {
  return tl::softmax_cross_entropy(logits(net, images), labels);
};
// [end]

struct data {
  MatrixXd images;
  std::vector<int> labels;
};

/// Pixels are between 0 and 16; the last column is the digit.
data read(const char* path) {
  data d{MatrixXd(all, pixels), std::vector<int>(static_cast<std::size_t>(all))};
  std::ifstream file(path);
  char comma;
  for (Index i = 0; i < all; ++i) {
    for (Index j = 0; j < pixels; ++j) {
      file >> d.images(i, j) >> comma;
      d.images(i, j) /= 16;
    }
    file >> d.labels[static_cast<std::size_t>(i)];
  }
  if (!file) d.labels.clear();
  return d;
}

/// The share of the images from `first` to before `last` whose digit has the largest logit.
double accuracy(const network<>& net, const data& d, Index first, Index last) {
  MatrixXd scores;
  tl::evaluate(logits).into(scores)(net, d.images.middleRows(first, last - first));
  Index right = 0;
  for (Index i = 0; i < scores.rows(); ++i) {
    Index best = 0;
    scores.row(i).maxCoeff(&best);
    right += best == d.labels[static_cast<std::size_t>(first + i)];
  }
  return static_cast<double>(right) / static_cast<double>(scores.rows());
}

const std::vector<std::string> optimizers{"sgd", "adagrad", "rmsprop", "adam", "adamw"};

struct options {
  std::string optimizer = "adam";
  std::uint64_t seed = 1;
  int epochs = 60;
  std::string picture;
};

/// False: the program has nothing to do but to return `code`.
bool parse(options& o, int argc, char** argv, int& code) {
#ifdef HAS_CLI11
  CLI::App app("Trains a network on handwritten digits");
  app.add_option("--optimizer", o.optimizer)
      ->check(CLI::IsMember(optimizers))
      ->capture_default_str();
  app.add_option("--seed", o.seed, "of the first weights and the order of the images")
      ->capture_default_str();
  app.add_option("--epochs", o.epochs)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("picture", o.picture, "prints a script for gnuplot instead: all optimizers")
      ->check(CLI::IsMember({"learning-curves"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    code = app.exit(e);
    return false;
  }
  return true;
#else
  code = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "learning-curves") {
      o.picture = name;
      continue;
    }
    if (++i == argc) return false;
    if (name == "--optimizer") o.optimizer = argv[i];
    if (name == "--seed") o.seed = std::strtoull(argv[i], nullptr, 10);
    if (name == "--epochs") o.epochs = std::atoi(argv[i]);
  }
  if (std::find(optimizers.begin(), optimizers.end(), o.optimizer) == optimizers.end()) {
    std::printf("there is no optimizer '%s'\n", o.optimizer.c_str());
    return false;
  }
  return o.epochs > 0;
#endif
}

bool is_terminal() {
#if __has_include(<unistd.h>)
  return isatty(STDOUT_FILENO) != 0;
#else
  return false;
#endif
}

/// After each epoch, report(epoch, mean loss of the epoch, accuracy on the images of the test).
template <class Optimizer, class Report>
void train(network<>& net, const Optimizer& opt, const data& d, std::mt19937_64& generator,
           int epochs, const Report& report) {
  auto state = opt.init(net);
  network<> gradient = net;
  tl::workspace memory;
  MatrixXd images(batch, pixels);
  std::vector<int> labels;
  std::vector<Index> order(static_cast<std::size_t>(training));
  std::iota(order.begin(), order.end(), Index{0});

  for (int epoch = 1; epoch <= epochs; ++epoch) {
    for (std::size_t i = order.size(); i > 1; --i) {
      const auto j =
          static_cast<std::size_t>(tl::random_uniform(generator) * static_cast<double>(i));
      std::swap(order[i - 1], order[j]);
    }
    double sum = 0;
    for (std::size_t begin = 0; begin < order.size(); begin += batch) {
      const std::size_t size = std::min<std::size_t>(batch, order.size() - begin);
      images.resize(static_cast<Index>(size), pixels);
      labels.resize(size);
      for (std::size_t i = 0; i < size; ++i) {
        images.row(static_cast<Index>(i)) = d.images.row(order[begin + i]);
        labels[i] = d.labels[static_cast<std::size_t>(order[begin + i])];
      }
      // [step]
      const double value = tl::value_and_grad<0>(loss).into(gradient)(memory, net, images, labels);
      tl::require_finite(gradient);
      opt.update(net, gradient, state);
      // [end]
      sum += value * static_cast<double>(size);
    }
    report(epoch, sum / static_cast<double>(training), accuracy(net, d, training, all));
  }
}

/// Calls f with the optimizer of this name.
template <class F>
void with_optimizer(const std::string& name, const F& f) {
  // [optimisers]
  if (name == "sgd") f(tl::sgd({.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}));
  if (name == "adagrad") f(tl::adagrad({.learning_rate = 0.03}));
  if (name == "rmsprop") f(tl::rmsprop({.learning_rate = 0.001}));
  if (name == "adam") f(tl::adam({.learning_rate = 0.003}));
  if (name == "adamw") f(tl::adamw({.learning_rate = 0.003}));
  // [end]
}

/// Whatever the optimizer, the same weights at the beginning and the same order of the images.
template <class Report>
network<> trained(const std::string& optimizer, const data& d, const options& o,
                  const Report& report) {
  std::mt19937_64 generator(o.seed);
  network<> net{{MatrixXd(hidden, pixels), VectorXd::Zero(hidden)},
                {MatrixXd(digits, hidden), VectorXd::Zero(digits)}};
  tl::glorot_uniform(net.first.W, generator);
  tl::glorot_uniform(net.second.W, generator);
  with_optimizer(optimizer,
                 [&](const auto& opt) { train(net, opt, d, generator, o.epochs, report); });
  return net;
}

/// A script for gnuplot.
void print_curves(const data& d, const options& o) {
  for (const std::string& name : optimizers) {
    std::printf("$%s << END\n", name.c_str());
    trained(name, d, o, [](int epoch, double value, double right) {
      std::printf("%d %.3g %.3f\n", epoch, value, right);
    });
    std::puts("END");
  }
  std::fputs(R"(
set terminal svg size 1000,420 font 'sans-serif,13' background rgb 'white'
set linetype 1 linewidth 2 linecolor rgb '#1b6ca8'
set linetype 2 linewidth 2 linecolor rgb '#2e8b57'
set linetype 3 linewidth 2 linecolor rgb '#b5651d'
set linetype 4 linewidth 2 linecolor rgb '#8b2252'
set linetype 5 linewidth 2 linecolor rgb '#e0a030' dashtype 2
names = "sgd adagrad rmsprop adam adamw"
set multiplot layout 1,2
set xlabel 'epoch'
set grid linecolor rgb '#d0d0d0'
set logscale y
set yrange [0.001:2]
set title 'training loss'
plot for [name in names] '$'.name using 1:2 with lines title name
unset logscale y
set key bottom
set yrange [0.78:0.94]
set title 'test accuracy'
plot for [name in names] '$'.name using 1:3 with lines title name
unset multiplot
)",
             stdout);
}

}  // namespace

int main(int argc, char** argv) {
  options o;
  int code = 0;
  if (!parse(o, argc, argv, code)) return code;
  const data d = read(DIGITS_CSV);
  if (d.labels.empty()) {
    std::printf("cannot read %td images from %s\n", all, DIGITS_CSV);
    return 1;
  }
  if (!o.picture.empty()) {
    print_curves(d, o);
    return 0;
  }
  const bool progress = is_terminal();
  const network<> net = trained(o.optimizer, d, o, [&](int epoch, double value, double right) {
    if (!progress) return;
    std::printf("\repoch %3d  loss %.4f  test accuracy %.3f ", epoch, value, right);
    std::fflush(stdout);
  });
  if (progress) std::puts("");
  std::printf("test accuracy %.3f\n", accuracy(net, d, training, all));
}
