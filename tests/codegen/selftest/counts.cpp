// SPDX-License-Identifier: BSL-1.0
// Functions whose machine code is plain, to test the counting.
#include <cmath>

// CHECK: product == 1: arithmetic
// CHECK: product == 0: calls loads stores heap spills reloads
extern "C" double product(double x, double y) { return x * y; }

// CHECK: stored == 2: arithmetic loads stores
// CHECK: product < stored: arithmetic stores
extern "C" void stored(const double* in, double* __restrict sum, double* __restrict product) {
  *sum = in[0] + in[1];
  *product = in[0] * in[1];
}

// CHECK: tail == 1: calls
// CHECK: tail == 0: arithmetic heap
extern "C" double tail(double x) { return std::sin(x); }

// CHECK: inner == 1: calls constants arithmetic
extern "C" double inner(double x) { return std::exp(x) + 0.7; }

// CHECK: allocating == 1: calls heap
extern "C" int* allocating() { return new int; }

// CHECK: near == 1: calls
static __attribute__((noinline)) void callee(int* x) { *x += 1; }
extern "C" void near(int* x) {
  callee(x);
  *x *= 3;
}

// CHECK: through_pointer == 1: calls
extern "C" double through_pointer(double (*f)(double)) { return f(1.0) + 1.0; }

// CHECK: sign == 1: arithmetic
extern "C" double sign(double x) { return -x; }

// CHECK: zero == 0: arithmetic
extern "C" double zero() { return 0.0; }

// CHECK: symbols <= 20
