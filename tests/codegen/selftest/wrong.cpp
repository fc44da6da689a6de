// SPDX-License-Identifier: BSL-1.0
// Every check here is wrong, and the driver must say so.
// LEVELS: -O1
// CHECK: product == 2: arithmetic
// CHECK: product < product: arithmetic
// CHECK: symbols <= 3
extern "C" double product(double x, double y) { return x * y; }
