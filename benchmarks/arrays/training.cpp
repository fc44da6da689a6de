// SPDX-License-Identifier: BSL-1.0
// What does the gradient of one step of training cost? The network is the one of
// docs/examples/digits.cpp, 64 pixels, 32 hidden neurons, 10 digits.
#include "../loops/support/library.hpp"
#include "support/columns.hpp"

#include <tapeless/optimize.hpp>

#include <boost/hana/define_struct.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

using namespace bench::arrays;
using Eigen::MatrixXd, Eigen::VectorXd;

namespace {

template <template <class> class Leaf = std::type_identity_t>
struct layer {
  BOOST_HANA_DEFINE_STRUCT(layer, (Leaf<MatrixXd>, W), (Leaf<VectorXd>, b));
};
template <template <class> class Leaf = std::type_identity_t>
struct network {
  BOOST_HANA_DEFINE_STRUCT(network, (layer<Leaf>, first), (layer<Leaf>, second));
};

struct training_loss {
  constexpr auto operator()(const auto& net, const auto& images, const auto& labels) const {
    const auto hidden = tanh(tl::dense(net.first.W, net.first.b, images));
    return tl::softmax_cross_entropy(tl::dense(net.second.W, net.second.b, hidden), labels);
  }
};

constexpr std::size_t d = 64, h = 32, k = 10;
constexpr std::size_t of_b = h * d, of_V = of_b + h, of_c = of_V + k * h, size = of_c + k;

/// By hand, with memory for the batch.
class by_hand {
 public:
  explicit by_hand(std::size_t n)
      : H(length(n), length(h)), D(length(n), length(h)), Z(length(n), length(k)), row(length(n)) {}

  double operator()(double* gradient, const network<>& net, const MatrixXd& X,
                    const std::vector<int>& labels, auto activate) {
    const auto& [first, second] = net;
    H.noalias() = X * first.W.transpose();
    H.rowwise() += first.b.transpose();
    activate(H);
    Z.noalias() = H * second.W.transpose();
    Z.rowwise() += second.b.transpose();
    row = Z.rowwise().maxCoeff();
    Z.colwise() -= row;
    double value = 0;
    for (Eigen::Index i = 0; i < Z.rows(); ++i) value -= Z(i, labels[std::size_t(i)]);
    Z = Z.array().exp();
    row = Z.rowwise().sum();
    value += row.array().log().sum();
    const double weight = 1 / static_cast<double>(Z.rows());
    row = weight / row.array();
    Z.array().colwise() *= row.array();
    for (Eigen::Index i = 0; i < Z.rows(); ++i) Z(i, labels[std::size_t(i)]) -= weight;
    part(gradient + of_V, k, h).noalias() = Z.transpose() * H;
    part(gradient + of_c, k) = Z.colwise().sum().transpose();
    D.noalias() = Z * second.W;
    D.array() *= 1 - H.array().square();
    part(gradient, h, d).noalias() = D.transpose() * X;
    part(gradient + of_b, h) = D.colwise().sum().transpose();
    return value * weight;
  }

 private:
  MatrixXd H, D, Z;
  VectorXd row;
};

void add_step(suite& all, std::size_t n) {
  all.add("training_step", n, [=, &all](const std::string& name) {
    uniform random(27);
    network<> net{{MatrixXd(h, d), VectorXd(h)}, {MatrixXd(k, h), VectorXd(k)}};
    const double most = std::sqrt(6.0 / (d + h));
    const numbers point(size, random, -most, most), pixels(n * d, random, 0, 1);
    tl::unflatten(std::span(point.data(), size), net);
    const MatrixXd X = map<by_columns>(pixels, n, d);
    std::vector<int> labels(n);
    for (int& l : labels) l = static_cast<int>(random(0, k));

    group g(name, n, size);
    by_hand step(n);
    g.reference("eigen", [&](double* gradient) {
      return step(gradient, net, X, labels, [](auto& a) { a = a.array().tanh(); });
    });
    g.add("eigen_by_exp", [&](double* gradient) {
      return step(gradient, net, X, labels,
                  [](auto& a) { a = 1 - 2 / (1 + (2 * a.array()).exp()); });
    });
    network<> out = net;
    tl::workspace memory;
    bench::loops::add_library(
        g,
        [&](double*, auto... policies) {
          return tl::value_and_grad<0>(training_loss{}, policies...)
              .into(out)(memory, net, X, labels);
        },
        [&](double* gradient) { tl::flatten(out, std::span(gradient, size)); });
    add_tapes(g, point, [&]<class T>(const T* a) {
      using std::exp, std::log, std::tanh;
      std::vector<T> hidden(h), logit(k);
      T sum = 0;
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t q = 0; q < h; ++q) {
          T s = a[of_b + q];
          for (std::size_t j = 0; j < d; ++j) s += X(length(i), length(j)) * a[q + j * h];
          hidden[q] = tanh(s);
        }
        T total = 0;
        for (std::size_t q = 0; q < k; ++q) {
          T s = a[of_c + q];
          for (std::size_t j = 0; j < h; ++j) s += hidden[j] * a[of_V + q + j * k];
          logit[q] = s;
          total += exp(s);
        }
        sum += log(total) - logit[static_cast<std::size_t>(labels[i])];
      }
      return T(sum / static_cast<double>(n));
    });
    all.run();
  });
}

}  // namespace

int main(int argc, char** argv) {
  suite all;
  add_step(all, 32);
  return all.main(argc, argv);
}
