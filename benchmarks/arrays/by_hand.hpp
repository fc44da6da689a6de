// SPDX-License-Identifier: BSL-1.0
// Values and gradients of this folder's problems by hand, with Eigen. What they need beside the
// gradient is the caller's, so that they allocate nothing.
#pragma once
#include <Eigen/Dense>

namespace bench::arrays {

using by_columns = Eigen::MatrixXd;
using by_rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using vector = Eigen::VectorXd;

namespace by_hand {

/// Eigen's, which calls the standard library's for each element of double.
inline constexpr auto tanh_of_eigen = [](auto& a) { a = a.array().tanh(); };
/// In packets. Near 0 it is exact to 1e-16, not to as many digits.
inline constexpr auto tanh_by_exp = [](auto& a) { a = 1 - 2 / (1 + (2 * a.array()).exp()); };

double sum_of_product(const auto& A, const auto& B, vector& columns, vector& rows, auto&& of_A,
                      auto&& of_B) {
  columns.noalias() = A.colwise().sum().transpose();
  rows.noalias() = B.rowwise().sum();
  of_A.rowwise() = rows.transpose();
  of_B.colwise() = columns;
  return columns.dot(rows);
}

double linear(const auto& w, const auto& X, const auto& y, vector& r, auto&& of_w) {
  r.noalias() = X * w;
  r -= y;
  of_w.noalias() = X.transpose() * r;
  of_w *= 2;
  return r.squaredNorm();
}

/// log(1 + exp(z)) = max(z, 0) - log(max(p, 1 - p)), without overflow and without log1p, which has
/// no packets in Eigen and would take five times as long as all of this.
double logistic(const auto& w, const auto& X, const auto& y, vector& z, vector& p, auto&& of_w) {
  z.noalias() = X * w;
  p = z.array().logistic();
  const double value = (z.array().max(0) - p.array().max(1 - p.array()).log()).sum() - y.dot(z);
  p -= y;
  of_w.noalias() = X.transpose() * p;
  return value;
}

/// `H`, `R`, `D` are as large as the hidden layer, the output and the hidden layer.
double network(const auto& U, const auto& b, const auto& V, const auto& c, const auto& X,
               const auto& Y, by_columns& H, by_columns& R, by_columns& D, auto&& of_U, auto&& of_b,
               auto&& of_V, auto&& of_c, auto activate) {
  H.noalias() = X * U;
  H.rowwise() += b.transpose();
  activate(H);
  R.noalias() = H * V;
  R.rowwise() += c.transpose();
  R -= Y;
  const double value = R.squaredNorm();
  R *= 2;
  of_V.noalias() = H.transpose() * R;
  of_c = R.colwise().sum().transpose();
  D.noalias() = R * V.transpose();
  D.array() *= 1 - H.array().square();
  of_U.noalias() = X.transpose() * D;
  of_b = D.colwise().sum().transpose();
  return value;
}

/// `s1`, `s2`, `s3` and `q` are as long as s.
double layers(const auto& s, const auto& X, vector& s1, vector& s2, vector& s3, vector& q,
              auto&& of_s, auto activate) {
  s1.noalias() = X * s;
  activate(s1);
  s2.noalias() = X * s1;
  activate(s2);
  s3.noalias() = X * s2;
  activate(s3);
  q = 1 - s3.array().square();
  of_s.noalias() = X.transpose() * q;
  q = of_s.array() * (1 - s2.array().square());
  of_s.noalias() = X.transpose() * q;
  q = of_s.array() * (1 - s1.array().square());
  of_s.noalias() = X.transpose() * q;
  return s3.sum();
}

/// Rows of T add up to 1. `Z` is as large as T, `row` as long as a column of it.
double cross_entropy(const auto& W, const auto& b, const auto& X, const auto& T, by_columns& Z,
                     vector& row, auto&& of_W, auto&& of_b) {
  Z.noalias() = X * W;
  Z.rowwise() += b.transpose();
  row = Z.rowwise().maxCoeff();
  Z.colwise() -= row;
  double value = -T.cwiseProduct(Z).sum();
  Z = Z.array().exp();
  row = Z.rowwise().sum();
  value += row.array().log().sum();
  row = row.array().inverse();
  Z.array().colwise() *= row.array();
  Z -= T;
  of_W.noalias() = X.transpose() * Z;
  of_b = Z.colwise().sum().transpose();
  return value;
}

}  // namespace by_hand
}  // namespace bench::arrays
