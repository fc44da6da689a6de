// SPDX-License-Identifier: BSL-1.0
// The library's columns of the table of loops.
#pragma once
#include "group.hpp"

#include <tapeless/tapeless.hpp>
// After the core, which it does not include.
#if defined(TAPELESS_BENCHMARK_LIBMVEC)
#include <tapeless/interop/simd_libmvec.hpp>
#else
#include <tapeless/interop/simd.hpp>
#endif

namespace bench::loops {

namespace tl = tapeless;

/// `library(gradient, policies...)` calls the library with these policies: a column for each
/// choice of them.
template <class Library, class Finish, class... Policies>
void add_column(group& g, const char* label, Library library, Finish finish, Policies... policies) {
  g.add(label, [=](double* gradient) { return library(gradient, policies...); }, finish);
}

template <class Library, class Finish>
void add_library(group& g, Library library, Finish finish) {
  add_column(g, "tapeless", library, finish);
  add_column(g, "tapeless_simd", library, finish, tl::simd);
}
template <class Library>
void add_library(group& g, Library library) {
  add_library(g, library, [](double*) {});
}

}  // namespace bench::loops
