// SPDX-License-Identifier: BSL-1.0
// Containers of numbers as the library sees them, views, and the matrix that owns.

#include "support/catch.hpp"

#include <tapeless/trace/container.hpp>
#include <tapeless/trace/view.hpp>

#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace tl = tapeless;

namespace {

template <class A>
using traits = tl::array_traits<A>;

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
template <class A, class T>
using owning = typename traits<A>::template owning<T>;
template <class A>
using pointer = decltype(traits<std::remove_cvref_t<A>>::data(std::declval<A&>()));

/// All of a container of rank 1, through its traits.
template <class A>
std::vector<double> elements(const A& a) {
  using t = traits<A>;
  std::vector<double> all;
  for (std::ptrdiff_t i = 0; i < t::extent(a, 0); ++i) {
    all.push_back(static_cast<double>(t::data(a)[i * t::stride(a, 0)]));
  }
  return all;
}
/// All of a container of rank 2, row by row.
template <class A>
std::vector<double> rows_of(const A& a) {
  using t = traits<A>;
  std::vector<double> all;
  for (std::ptrdiff_t i = 0; i < t::extent(a, 0); ++i) {
    for (std::ptrdiff_t j = 0; j < t::extent(a, 1); ++j) {
      all.push_back(static_cast<double>(t::data(a)[i * t::stride(a, 0) + j * t::stride(a, 1)]));
    }
  }
  return all;
}

/// An allocator whose size parameter keeps it from being rebound by its template alone.
template <class T, std::size_t Alignment>
struct aligned_allocator {
  using value_type = T;
  template <class U>
  struct rebind {
    using other = aligned_allocator<U, Alignment>;
  };
  aligned_allocator() = default;
  template <class U>
  explicit aligned_allocator(const aligned_allocator<U, Alignment>&) {}
  T* allocate(std::size_t n) {
    return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(Alignment)));
  }
  void deallocate(T* p, std::size_t) { ::operator delete(p, std::align_val_t(Alignment)); }
  friend bool operator==(aligned_allocator, aligned_allocator) { return true; }
};

/// An allocator that std::allocator_traits rebinds by its template.
template <class T, class Tag>
struct tagged_allocator : std::allocator<T> {
  tagged_allocator() = default;
  template <class U>
  explicit tagged_allocator(const tagged_allocator<U, Tag>&) {}
};

/// A container of the user's: a vector in reverse.
struct reversed {
  std::vector<double> numbers;
};

}  // namespace

template <>
struct tapeless::array_traits<reversed> {
  static constexpr bool is_array = true;
  using value_type = double;
  static constexpr int rank = 1;
  static constexpr std::ptrdiff_t extents[rank] = {dynamic};
  static constexpr std::ptrdiff_t strides[rank] = {-1};
  static auto* data(auto& a) { return a.numbers.empty() ? nullptr : &a.numbers.back(); }
  static std::ptrdiff_t extent(const reversed& a, int) {
    return static_cast<std::ptrdiff_t>(a.numbers.size());
  }
  static std::ptrdiff_t stride(const reversed&, int) { return -1; }
  template <class T>
  using owning = std::vector<T>;
  template <class T>
  static owning<T> make(const std::ptrdiff_t* sizes) {
    return owning<T>(static_cast<std::size_t>(sizes[0]));
  }
  static constexpr bool resizable = false;
};

namespace {

// ---- what is a container
// -------------------------------------------------------------------------

static_assert(tl::container<std::vector<double>>);
static_assert(tl::container<const std::vector<double>&>);
static_assert(tl::container<std::vector<float>&&>);
static_assert(tl::container<std::vector<unsigned char>>);
static_assert(tl::container<std::vector<long double, aligned_allocator<long double, 64>>>);
static_assert(tl::container<std::span<const double>>);
static_assert(tl::container<const std::span<double, 3>>);
static_assert(tl::container<double[5]>);
static_assert(tl::container<const double[5]>);
static_assert(tl::container<const double (&)[2][3]>);
static_assert(tl::container<tl::array_view<const int, 1>>);
static_assert(tl::container<tl::array_view<double, 2>>);
static_assert(tl::container<tl::array_view<double, 2, true>>);
static_assert(tl::container<tl::matrix<float>>);
static_assert(tl::container<reversed>);

static_assert(!tl::container<double>);
static_assert(!tl::container<void>);
static_assert(!tl::container<int()>);
static_assert(!tl::container<double*>);
static_assert(!tl::container<double[]>);
static_assert(!tl::container<double[2][3][4]>);
static_assert(!tl::container<bool[2]>);
static_assert(!tl::container<volatile double[2]>);
static_assert(!tl::container<std::array<double, 3>>);
static_assert(!tl::container<std::array<double, 3>[2]>);
static_assert(!tl::container<std::vector<bool>>);
static_assert(!tl::container<std::vector<std::string>>);
static_assert(!tl::container<std::vector<std::vector<double>>>);
static_assert(!tl::container<std::span<const bool>>);
static_assert(!tl::container<std::span<volatile double>>);
static_assert(!tl::container<std::deque<double>>);
static_assert(!tl::container<std::string>);
static_assert(!tl::container<std::pair<double, double>>);
static_assert(!tl::container<tl::matrix<std::string>>);
static_assert(!tl::is_lazy_eigen<std::vector<double>>);

// ---- extents, strides, elements
// ------------------------------------------------------------------

static_assert(has_layout<std::vector<double>>(tl::dynamic, 1));
static_assert(has_layout<std::span<double>>(tl::dynamic, 1));
static_assert(has_layout<std::span<double, 3>>(3, 1));
static_assert(has_layout<std::span<double, 0>>(0, 1));
static_assert(has_layout<double[5]>(5, 1));
static_assert(has_layout<double[2][3]>(2, 3, 3, 1));
static_assert(has_layout<tl::array_view<double, 1>>(tl::dynamic, 1));
static_assert(has_layout<tl::array_view<double, 2>>(tl::dynamic, tl::dynamic, tl::dynamic, 1));
static_assert(has_layout<tl::array_view<double, 2, true>>(tl::dynamic, tl::dynamic, tl::dynamic,
                                                          tl::dynamic));
static_assert(has_layout<reversed>(tl::dynamic, -1));
static_assert(has_layout<tl::matrix<double>>(tl::dynamic, tl::dynamic, tl::dynamic, 1));

static_assert(std::is_same_v<traits<std::vector<int>>::value_type, int>);
static_assert(std::is_same_v<traits<std::span<const float>>::value_type, float>);
static_assert(std::is_same_v<traits<std::span<const float, 2>>::value_type, float>);
static_assert(std::is_same_v<traits<tl::array_view<const double, 1>>::value_type, double>);
static_assert(std::is_same_v<traits<tl::array_view<const double, 2>>::value_type, double>);
static_assert(std::is_same_v<traits<std::remove_cv_t<const double[5]>>::value_type, double>);

static_assert(std::is_same_v<pointer<std::vector<double>>, double*>);
static_assert(std::is_same_v<pointer<const std::vector<double>>, const double*>);
static_assert(std::is_same_v<pointer<const std::span<double>>, double*>);
static_assert(std::is_same_v<pointer<std::span<const double>>, const double*>);
static_assert(std::is_same_v<pointer<double[5]>, double*>);
static_assert(std::is_same_v<pointer<const double[5]>, const double*>);
static_assert(std::is_same_v<pointer<double[2][3]>, double*>);
static_assert(std::is_same_v<pointer<const double[2][3]>, const double*>);
static_assert(std::is_same_v<pointer<const tl::array_view<double, 1>>, double*>);
static_assert(std::is_same_v<pointer<const tl::array_view<double, 2>>, double*>);
static_assert(std::is_same_v<pointer<tl::array_view<const double, 2, true>>, const double*>);
static_assert(std::is_same_v<pointer<tl::matrix<double>>, double*>);
static_assert(std::is_same_v<pointer<const tl::matrix<double>>, const double*>);

// ---- owning types
// --------------------------------------------------------------------------------

static_assert(std::is_same_v<owning<std::vector<int>, double>, std::vector<double>>);
static_assert(std::is_same_v<owning<std::vector<float, aligned_allocator<float, 64>>, double>,
                             std::vector<double, aligned_allocator<double, 64>>>);
static_assert(std::is_same_v<owning<std::vector<float, tagged_allocator<float, int>>, double>,
                             std::vector<double, tagged_allocator<double, int>>>);
static_assert(std::is_same_v<owning<std::span<const float>, double>, std::vector<double>>);
static_assert(std::is_same_v<owning<std::span<const float, 3>, double>, std::array<double, 3>>);
static_assert(std::is_same_v<owning<double[5], float>, std::array<float, 5>>);
static_assert(std::is_same_v<owning<double[2][3], double>, std::array<std::array<double, 3>, 2>>);
static_assert(std::is_same_v<owning<tl::array_view<const int, 1>, double>, std::vector<double>>);
static_assert(std::is_same_v<owning<tl::array_view<const int, 2>, double>, tl::matrix<double>>);
static_assert(std::is_same_v<owning<tl::array_view<double, 2, true>, float>, tl::matrix<float>>);
static_assert(std::is_same_v<owning<tl::matrix<int>, double>, tl::matrix<double>>);

static_assert(traits<std::vector<double>>::resizable);
static_assert(traits<tl::matrix<double>>::resizable);
static_assert(!traits<std::span<double>>::resizable);
static_assert(!traits<std::span<double, 2>>::resizable);
static_assert(!traits<double[2]>::resizable);
static_assert(!traits<double[2][2]>::resizable);
static_assert(!traits<tl::array_view<double, 1>>::resizable);
static_assert(!traits<tl::array_view<double, 2>>::resizable);
static_assert(!traits<reversed>::resizable);

// ---- constant evaluation
// -------------------------------------------------------------------------

constexpr double six[6] = {1, 2, 3, 4, 5, 6};
constexpr double table[2][3] = {{1, 2, 3}, {4, 5, 6}};
static_assert(traits<double[6]>::data(six)[5] == 6);
static_assert(traits<double[6]>::extent(six, 0) == 6);
static_assert(traits<double[2][3]>::data(table)[2] == 3);
static_assert(traits<double[2][3]>::extent(table, 1) == 3);
static_assert(traits<double[2][3]>::make<double>(nullptr)[1][2] == 0);
constexpr std::span<const double> span_of_six = six;
static_assert(traits<std::span<const double>>::data(span_of_six)[3] == 4);
static_assert(traits<std::span<const double>>::extent(span_of_six, 0) == 6);
static_assert(tl::view(six, 6)[5] == 6);
static_assert(tl::view(six, 2, 3)(1, 0) == 4);
static_assert(tl::view(six, 3, 2, 1, 3)(2, 1) == 6);  // the transpose

static_assert(std::is_same_v<decltype(tl::view(six, 6)), tl::array_view<const double, 1>>);
static_assert(std::is_same_v<decltype(tl::view(six, 2, 3)), tl::array_view<const double, 2>>);
static_assert(
    std::is_same_v<decltype(tl::view(six, 2, 3, 3, 1)), tl::array_view<const double, 2, true>>);
static_assert(std::is_trivially_copyable_v<tl::array_view<double, 2, true>>);

template <class T>
constexpr bool viewable = requires(T* p) { tl::view(p, 1); };
static_assert(viewable<double> && viewable<const int> && !viewable<bool> && !viewable<std::string>);

}  // namespace

TEST_CASE("traits read vectors, spans and C arrays") {
  const std::vector<double> numbers{1, 2, 3, 4, 5, 6};
  CHECK(elements(numbers) == numbers);
  CHECK(elements(std::vector<float>{0.5F}) == std::vector{0.5});
  CHECK(elements(std::vector<int>()).empty());
  CHECK(elements(std::span(numbers)) == numbers);
  CHECK(elements(std::span(numbers).first<2>()) == std::vector<double>{1, 2});
  CHECK(elements(std::span<const double>()).empty());
  CHECK(elements(std::span<double, 0>()).empty());
  CHECK(elements(six) == numbers);
  CHECK(rows_of(table) == numbers);
  CHECK(elements(reversed{{1, 2, 3}}) == std::vector<double>{3, 2, 1});
  CHECK(elements(reversed()).empty());
}

TEST_CASE("views read the memory they are given") {
  const std::vector<double> numbers{1, 2, 3, 4, 5, 6};
  CHECK(elements(tl::view(numbers.data(), numbers.size())) == numbers);
  CHECK(elements(tl::view(numbers.data(), 1)) == std::vector<double>{1});
  CHECK(elements(tl::view(static_cast<const double*>(nullptr), 0)).empty());
  CHECK(rows_of(tl::view(numbers.data(), 2, 3)) == numbers);
  CHECK(rows_of(tl::view(numbers.data(), 2U, 3L)) == numbers);
  CHECK(rows_of(tl::view(numbers.data(), 0, 3)).empty());
  CHECK(rows_of(tl::view(numbers.data(), 3, 0)).empty());
  const std::vector<double> transposed{1, 4, 2, 5, 3, 6};
  CHECK(rows_of(tl::view(numbers.data(), 3, 2, 1, 3)) == transposed);
  const std::vector<double> corner{2, 3, 5, 6};
  CHECK(rows_of(tl::view(numbers.data() + 1, 2, 2, 3, 1)) == corner);
  const std::vector<double> upside_down{4, 5, 6, 1, 2, 3};
  CHECK(rows_of(tl::view(numbers.data() + 3, 2, 3, -3, 1)) == upside_down);

  double sum = 0;
  for (double x : tl::view(numbers.data(), numbers.size())) sum += x;
  CHECK(sum == 21);
}

TEST_CASE("views of numbers that are not const write") {
  std::vector<double> numbers(6);
  const auto line = tl::view(numbers.data(), numbers.size());
  line[1] = 2;
  traits<tl::array_view<double, 1>>::data(line)[0] = 1;
  const auto rows = tl::view(numbers.data(), 2, 3);
  rows(1, 2) = 6;
  CHECK(numbers == std::vector<double>{1, 2, 0, 0, 0, 6});
}

TEST_CASE("a container is resized, and one of the same form is made") {
  const std::ptrdiff_t sizes[] = {2, 3};

  std::vector<double> line;
  traits<std::vector<double>>::resize(line, sizes);
  CHECK(line == std::vector<double>(2));
  CHECK(traits<std::vector<float>>::make<double>(sizes) == line);
  CHECK(traits<std::span<const float>>::make<double>(sizes) == line);
  CHECK(traits<tl::array_view<float, 1>>::make<double>(sizes) == line);
  CHECK(traits<std::span<float, 2>>::make<double>(sizes) == std::array{0.0, 0.0});
  CHECK(traits<float[2]>::make<double>(sizes) == std::array{0.0, 0.0});
  const auto aligned = traits<std::vector<int, aligned_allocator<int, 64>>>::make<double>(sizes);
  CHECK(aligned.size() == 2);

  tl::matrix<double> rows;
  traits<tl::matrix<double>>::resize(rows, sizes);
  CHECK(rows == tl::matrix<double>(2, 3));
  CHECK(traits<tl::matrix<float>>::make<double>(sizes) == rows);
  CHECK(traits<tl::array_view<float, 2>>::make<double>(sizes) == rows);
  CHECK(traits<tl::array_view<float, 2, true>>::make<double>(sizes) == rows);
}

TEST_CASE("a matrix owns its elements row by row") {
  tl::matrix<double> a(2, 3);
  CHECK(rows_of(a) == std::vector<double>(6));
  double next = 0;
  for (double& x : a) x = ++next;
  CHECK(rows_of(a) == std::vector<double>{1, 2, 3, 4, 5, 6});
  const tl::matrix<double> b = a;
  CHECK(b(1, 0) == 4);
  CHECK(b.data()[4] == 5);
  CHECK((b.rows() == 2 && b.cols() == 3));
  CHECK(a == b);
  a(1, 2) = 0;
  CHECK(a != b);
  CHECK(a != tl::matrix<double>(3, 2));
  tl::matrix<double> c = std::move(a);
  CHECK(a == tl::matrix<double>());
  CHECK(rows_of(c) == std::vector<double>{1, 2, 3, 4, 5, 0});
  a = b;
  CHECK(a == b);
  a = std::move(c);
  CHECK((a.rows() == 2 && a(1, 1) == 5));
  CHECK(tl::matrix<double>(2, 0) != tl::matrix<double>(0, 2));
  CHECK(rows_of(tl::matrix<double>()).empty());
  CHECK(rows_of(tl::matrix<int>(1, 1)) == std::vector<double>{0});
}
