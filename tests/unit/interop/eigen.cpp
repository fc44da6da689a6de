// SPDX-License-Identifier: BSL-1.0
// Eigen's types as containers of numbers: what the type says of extents and strides, and that
// pointer, extents and strides lead to the elements that Eigen itself finds.

#include "support/catch.hpp"

#include <tapeless/interop/eigen.hpp>

#include <Eigen/Core>
#include <Eigen/SparseCore>

#include <complex>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace tl = tapeless;

namespace {

using Eigen::Dynamic;
using row_major = Eigen::Matrix<double, Dynamic, Dynamic, Eigen::RowMajor>;
using tl::dynamic;

template <class A>
using traits = tl::array_traits<A>;
template <class A, class T = double>
using owning = typename traits<A>::template owning<T>;
template <class A>
using pointer = decltype(traits<std::remove_cvref_t<A>>::data(std::declval<A&>()));

template <class A>
constexpr bool has_layout(std::ptrdiff_t extent, std::ptrdiff_t stride) {
  return traits<A>::rank == 1 && traits<A>::extents[0] == extent && traits<A>::strides[0] == stride;
}
template <class A>
constexpr bool has_layout(std::ptrdiff_t rows, std::ptrdiff_t cols, std::ptrdiff_t row_stride,
                          std::ptrdiff_t column_stride) {
  return traits<A>::rank == 2 && traits<A>::extents[0] == rows && traits<A>::extents[1] == cols &&
         traits<A>::strides[0] == row_stride && traits<A>::strides[1] == column_stride;
}

/// The traits lead to each element of a where Eigen has it, and say nothing else than the type.
template <class A>
bool agrees(const A& a) {
  using t = traits<A>;
  static_assert(std::is_same_v<typename t::value_type, typename A::Scalar>);
  for (int d = 0; d < t::rank; ++d) {
    if (t::extents[d] != dynamic && t::extents[d] != t::extent(a, d)) return false;
    if (t::strides[d] != dynamic && t::strides[d] != t::stride(a, d)) return false;
  }
  if constexpr (t::rank == 1) {
    if (t::extent(a, 0) != a.size()) return false;
    for (std::ptrdiff_t i = 0; i < a.size(); ++i) {
      if (t::data(a) + i * t::stride(a, 0) != &a.coeffRef(i)) return false;
    }
  } else {
    if (t::extent(a, 0) != a.rows() || t::extent(a, 1) != a.cols()) return false;
    for (std::ptrdiff_t i = 0; i < a.rows(); ++i) {
      for (std::ptrdiff_t j = 0; j < a.cols(); ++j) {
        if (t::data(a) + i * t::stride(a, 0) + j * t::stride(a, 1) != &a.coeffRef(i, j)) {
          return false;
        }
      }
    }
  }
  return true;
}

struct derived : Eigen::Vector3d {
  using Eigen::Vector3d::Vector3d;
};

// ---- matrices and arrays
// -------------------------------------------------------------------------

static_assert(has_layout<Eigen::VectorXd>(dynamic, 1));
static_assert(has_layout<Eigen::RowVectorXd>(dynamic, 1));
static_assert(has_layout<Eigen::Vector3d>(3, 1));
static_assert(has_layout<Eigen::RowVector3d>(3, 1));
static_assert(has_layout<Eigen::Array<float, 4, 1>>(4, 1));
static_assert(has_layout<Eigen::ArrayXd>(dynamic, 1));
static_assert(has_layout<Eigen::Matrix<double, 1, 1>>(1, 1));
static_assert(has_layout<Eigen::Matrix<double, 0, 1>>(0, 1));
static_assert(has_layout<derived>(3, 1));

static_assert(has_layout<Eigen::MatrixXd>(dynamic, dynamic, 1, dynamic));
static_assert(has_layout<row_major>(dynamic, dynamic, dynamic, 1));
static_assert(has_layout<Eigen::ArrayXXd>(dynamic, dynamic, 1, dynamic));
static_assert(has_layout<Eigen::Matrix<double, 2, 3>>(2, 3, 1, 2));
static_assert(has_layout<Eigen::Matrix<double, 2, 3, Eigen::RowMajor>>(2, 3, 3, 1));
static_assert(has_layout<Eigen::Matrix<double, 2, Dynamic>>(2, dynamic, 1, 2));
static_assert(has_layout<Eigen::Matrix<double, Dynamic, 3>>(dynamic, 3, 1, dynamic));
static_assert(has_layout<Eigen::Matrix<double, Dynamic, 3, Eigen::RowMajor>>(dynamic, 3, 3, 1));
// One row at run time at most is no vector at compile time.
static_assert(traits<Eigen::Matrix<double, Dynamic, Dynamic, Eigen::RowMajor, 1, 8>>::rank == 2);

// ---- views
// ---------------------------------------------------------------------------------------

template <class Plain, class Stride = Eigen::Stride<0, 0>>
using map = Eigen::Map<Plain, 0, Stride>;

static_assert(has_layout<map<Eigen::VectorXd>>(dynamic, 1));
static_assert(has_layout<map<const Eigen::VectorXd>>(dynamic, 1));
static_assert(has_layout<map<Eigen::VectorXd, Eigen::InnerStride<>>>(dynamic, dynamic));
static_assert(has_layout<map<Eigen::Vector3d, Eigen::InnerStride<2>>>(3, 2));
static_assert(has_layout<map<Eigen::RowVector3d, Eigen::InnerStride<2>>>(3, 2));
static_assert(has_layout<map<Eigen::Matrix3d>>(3, 3, 1, 3));
static_assert(has_layout<map<Eigen::Matrix3d, Eigen::OuterStride<>>>(3, 3, 1, dynamic));
static_assert(has_layout<map<Eigen::Matrix3d, Eigen::OuterStride<5>>>(3, 3, 1, 5));
static_assert(has_layout<map<Eigen::Matrix3d, Eigen::InnerStride<2>>>(3, 3, 2, 6));
static_assert(has_layout<map<row_major, Eigen::Stride<Dynamic, Dynamic>>>(dynamic, dynamic, dynamic,
                                                                          dynamic));
static_assert(has_layout<Eigen::Ref<Eigen::VectorXd>>(dynamic, 1));
static_assert(has_layout<Eigen::Ref<const Eigen::MatrixXd>>(dynamic, dynamic, 1, dynamic));
static_assert(has_layout<Eigen::Ref<Eigen::VectorXd, 0, Eigen::InnerStride<>>>(dynamic, dynamic));
static_assert(has_layout<Eigen::Block<Eigen::MatrixXd>>(dynamic, dynamic, 1, dynamic));
static_assert(has_layout<Eigen::Block<Eigen::MatrixXd, 1, Dynamic>>(dynamic, dynamic));
static_assert(has_layout<Eigen::Block<const Eigen::MatrixXd, Dynamic, 1, true>>(dynamic, 1));
static_assert(has_layout<Eigen::Block<Eigen::Matrix4d, 2, 2>>(2, 2, 1, 4));
static_assert(has_layout<Eigen::Block<Eigen::Matrix4d, 1, 4>>(4, 4));
static_assert(has_layout<Eigen::VectorBlock<const Eigen::VectorXd, 2>>(2, 1));
static_assert(has_layout<Eigen::Transpose<Eigen::Matrix<double, 2, 3>>>(3, 2, 2, 1));
static_assert(has_layout<Eigen::Transpose<const Eigen::VectorXd>>(dynamic, 1));

// ---- const, owning types, resizing
// ---------------------------------------------------------------

static_assert(std::is_same_v<pointer<Eigen::VectorXd>, double*>);
static_assert(std::is_same_v<pointer<const Eigen::VectorXd>, const double*>);
static_assert(std::is_same_v<pointer<Eigen::Map<Eigen::VectorXd>>, double*>);
static_assert(std::is_same_v<pointer<Eigen::Map<const Eigen::VectorXd>>, const double*>);
static_assert(std::is_same_v<pointer<Eigen::Ref<Eigen::MatrixXd>>, double*>);
static_assert(std::is_same_v<pointer<Eigen::Block<Eigen::MatrixXd>>, double*>);
static_assert(std::is_same_v<pointer<Eigen::Block<const Eigen::MatrixXd>>, const double*>);
static_assert(std::is_same_v<pointer<Eigen::Transpose<Eigen::MatrixXd>>, double*>);

static_assert(std::is_same_v<owning<Eigen::VectorXf>, Eigen::VectorXd>);
static_assert(std::is_same_v<owning<Eigen::Array3i>, Eigen::Array3d>);
static_assert(std::is_same_v<owning<row_major, float>,
                             Eigen::Matrix<float, Dynamic, Dynamic, Eigen::RowMajor>>);
static_assert(std::is_same_v<owning<Eigen::Map<const Eigen::MatrixXf>>, Eigen::MatrixXd>);
static_assert(std::is_same_v<owning<Eigen::Ref<const Eigen::VectorXf>>, Eigen::VectorXd>);
static_assert(std::is_same_v<owning<Eigen::Ref<Eigen::ArrayXXf>>, Eigen::ArrayXXd>);
static_assert(std::is_same_v<owning<Eigen::VectorBlock<Eigen::VectorXf>>, Eigen::VectorXd>);
static_assert(std::is_same_v<owning<Eigen::Block<Eigen::MatrixXf>>, Eigen::MatrixXd>);
static_assert(
    std::is_same_v<owning<Eigen::Block<const Eigen::MatrixXf, 1, Dynamic>>, Eigen::RowVectorXd>);
static_assert(
    std::is_same_v<owning<Eigen::Block<Eigen::MatrixXf, Dynamic, 1, true>>, Eigen::VectorXd>);
static_assert(std::is_same_v<owning<Eigen::Transpose<Eigen::VectorXf>>, Eigen::RowVectorXd>);
static_assert(std::is_same_v<owning<derived>, Eigen::Vector3d>);

static_assert(traits<Eigen::VectorXd>::resizable);
static_assert(traits<Eigen::Matrix<double, 2, Dynamic>>::resizable);
static_assert(!traits<Eigen::Vector3d>::resizable);
static_assert(!traits<Eigen::Map<Eigen::VectorXd>>::resizable);
static_assert(!traits<Eigen::Ref<Eigen::VectorXd>>::resizable);
static_assert(!traits<Eigen::Block<Eigen::MatrixXd>>::resizable);
template <class A>
constexpr bool has_resize =
    requires(A& a, const std::ptrdiff_t* sizes) { traits<A>::resize(a, sizes); };
static_assert(has_resize<Eigen::MatrixXd> && !has_resize<Eigen::Matrix3d>);

// ---- what is no container
// ------------------------------------------------------------------------

const Eigen::MatrixXd a;
const Eigen::VectorXd v;

template <class A>
constexpr bool lazy = tl::is_lazy_eigen<A> && tl::is_lazy_eigen<const A&> && !tl::container<A>;
static_assert(lazy<decltype(a + a)>);
static_assert(lazy<decltype(2 * v)>);
static_assert(lazy<decltype(a * v)>);
static_assert(lazy<decltype((a + a).transpose())>);
static_assert(lazy<decltype((a + a).row(0))>);
static_assert(lazy<decltype(Eigen::MatrixXd::Zero(2, 2))>);
static_assert(lazy<decltype(v.reverse())>);
static_assert(lazy<decltype(v.asDiagonal())>);
static_assert(lazy<decltype(a.triangularView<Eigen::Upper>())>);
static_assert(lazy<decltype(a.diagonal())>);
static_assert(lazy<decltype(v.reshaped(1, 1))>);
static_assert(lazy<decltype(v(Eigen::seq(0, 2)).cwiseAbs())>);
static_assert(lazy<Eigen::SparseMatrix<double>>);

template <class A>
constexpr bool other = !tl::is_lazy_eigen<A> && !tl::container<A>;
static_assert(other<Eigen::VectorXcd>);
static_assert(other<Eigen::Matrix<bool, 2, 2>>);
static_assert(other<Eigen::Map<Eigen::VectorXcd>>);
static_assert(other<double> && other<void> && other<int()> && other<double[]>);

static_assert(!tl::is_lazy_eigen<Eigen::MatrixXd> && !tl::is_lazy_eigen<const Eigen::VectorXd&>);
static_assert(tl::container<const Eigen::MatrixXd&> && tl::container<Eigen::Vector3d&&>);
static_assert(tl::container<decltype(a.transpose())> && tl::container<decltype(a.row(0))>);
static_assert(tl::container<decltype(v.array())> && tl::container<decltype(v.head(2))>);

}  // namespace

TEST_CASE("matrices and arrays") {
  CHECK(agrees(Eigen::VectorXd(4)));
  CHECK(agrees(Eigen::VectorXd()));
  CHECK(agrees(Eigen::VectorXf(1)));
  CHECK(agrees(Eigen::RowVectorXd(3)));
  CHECK(agrees(Eigen::Vector3d()));
  CHECK(agrees(Eigen::RowVector4f()));
  CHECK(agrees(Eigen::Matrix<double, 1, 1>()));
  CHECK(agrees(Eigen::ArrayXi(3)));
  CHECK(agrees(Eigen::MatrixXd(3, 4)));
  CHECK(agrees(Eigen::MatrixXd(1, 4)));
  CHECK(agrees(Eigen::MatrixXd(4, 1)));
  CHECK(agrees(Eigen::MatrixXd(0, 4)));
  CHECK(agrees(Eigen::MatrixXd()));
  CHECK(agrees(row_major(3, 4)));
  CHECK(agrees(row_major(4, 0)));
  CHECK(agrees(Eigen::ArrayXXd(2, 3)));
  CHECK(agrees(Eigen::Matrix<double, 2, 3>()));
  CHECK(agrees(Eigen::Matrix<double, 2, Dynamic, Eigen::RowMajor>(2, 3)));
  CHECK(agrees(Eigen::Matrix<double, Dynamic, 2>(3, 2)));
  CHECK(agrees(derived(1, 2, 3)));
}

TEMPLATE_TEST_CASE("blocks, transposes and references", "", Eigen::MatrixXd, row_major,
                   Eigen::ArrayXXd, (Eigen::Matrix<double, 4, 5>),
                   (Eigen::Matrix<double, 4, 5, Eigen::RowMajor>)) {
  TestType m(4, 5);
  const TestType& c = m;
  CHECK(agrees(m.block(1, 2, 2, 3)));
  CHECK(agrees(m.block(1, 2, 0, 3)));
  CHECK(agrees(c.block(1, 2, 2, 3)));
  CHECK(agrees(m.template block<2, 3>(1, 2)));
  CHECK(agrees(m.template block<1, 3>(1, 2)));
  CHECK(agrees(m.template block<1, 1>(1, 2)));
  CHECK(agrees(m.row(2)));
  CHECK(agrees(c.col(3)));
  CHECK(agrees(m.row(2).segment(1, 3)));
  CHECK(agrees(m.col(2).template tail<2>()));
  CHECK(agrees(m.topRows(2).rightCols(3)));
  CHECK(agrees(m.block(1, 1, 3, 3).block(1, 0, 2, 2).row(1)));
  CHECK(agrees(m.transpose()));
  CHECK(agrees(c.transpose()));
  CHECK(agrees(m.row(1).transpose()));
  CHECK(agrees(m.transpose().block(1, 1, 2, 2).col(1)));
  CHECK(agrees(Eigen::Ref<TestType, 0, Eigen::Stride<Dynamic, Dynamic>>(m)));
  CHECK(agrees(Eigen::Ref<const TestType, 0, Eigen::OuterStride<>>(m)));

  // Each kind of element is written through the pointer that the traits give.
  m.setZero();
  auto row = m.row(2);
  using row_traits = traits<decltype(row)>;
  row_traits::data(row)[3 * row_traits::stride(row, 0)] = 7;
  CHECK(m(2, 3) == 7);
}

TEST_CASE("maps") {
  double numbers[40] = {};
  CHECK(agrees(Eigen::Map<Eigen::VectorXd>(numbers, 40)));
  CHECK(agrees(Eigen::Map<const Eigen::RowVectorXd>(numbers, 0)));
  CHECK(agrees(Eigen::Map<Eigen::MatrixXd>(numbers, 5, 8)));
  CHECK(agrees(Eigen::Map<row_major>(numbers, 5, 8)));
  CHECK(agrees(Eigen::Map<Eigen::Matrix3d>(numbers)));
  CHECK(agrees(map<Eigen::VectorXd, Eigen::InnerStride<>>(numbers, 13, Eigen::InnerStride<>(3))));
  CHECK(agrees(map<Eigen::VectorXd, Eigen::InnerStride<3>>(numbers, 13)));
  CHECK(agrees(map<Eigen::RowVector3d, Eigen::InnerStride<4>>(numbers)));
  CHECK(agrees(map<Eigen::MatrixXd, Eigen::OuterStride<>>(numbers, 3, 4, Eigen::OuterStride<>(7))));
  CHECK(agrees(map<row_major, Eigen::OuterStride<9>>(numbers, 3, 4)));
  CHECK(agrees(map<Eigen::Matrix3d, Eigen::InnerStride<2>>(numbers)));
  CHECK(agrees(map<Eigen::MatrixXd, Eigen::InnerStride<2>>(numbers, 3, 4)));
  using strided = map<row_major, Eigen::Stride<Dynamic, Dynamic>>;
  const strided gaps(numbers, 3, 4, Eigen::Stride<Dynamic, Dynamic>(11, 2));
  CHECK(agrees(gaps));
  CHECK(agrees(gaps.row(1)));
  CHECK(agrees(gaps.col(1)));
  CHECK(agrees(gaps.block(1, 1, 2, 2)));
  CHECK(agrees(gaps.transpose()));
  CHECK(agrees(strided(numbers + 39, 3, 4, Eigen::Stride<Dynamic, Dynamic>(-11, -2))));
}

TEST_CASE("wrappers") {
  Eigen::MatrixXd m(3, 4);
  Eigen::ArrayXd x(3);
  CHECK(agrees(m.array()));
  CHECK(agrees(m.row(1).array()));
  CHECK(agrees(x.matrix()));
  CHECK(agrees(x.matrix().transpose()));
}

TEST_CASE("a matrix is resized, and one of the same form is made") {
  const std::ptrdiff_t sizes[] = {2, 3};

  Eigen::VectorXd line;
  traits<Eigen::VectorXd>::resize(line, sizes);
  CHECK(line.size() == 2);
  Eigen::RowVectorXd across;
  traits<Eigen::RowVectorXd>::resize(across, sizes);
  CHECK(across.size() == 2);
  Eigen::Matrix<double, 2, Dynamic> half;
  traits<Eigen::Matrix<double, 2, Dynamic>>::resize(half, sizes);
  CHECK(half.cols() == 3);

  CHECK(traits<Eigen::Ref<Eigen::VectorXf>>::make<double>(sizes).size() == 2);
  CHECK(traits<Eigen::Vector2f>::make<double>(sizes).size() == 2);
  const row_major rows = traits<Eigen::Map<row_major>>::make<double>(sizes);
  CHECK((rows.rows() == 2 && rows.cols() == 3));
  const auto block = traits<Eigen::Block<Eigen::ArrayXXf>>::make<double>(sizes);
  CHECK((block.rows() == 2 && block.cols() == 3));
}
