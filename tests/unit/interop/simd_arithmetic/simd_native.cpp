// SPDX-License-Identifier: BSL-1.0
// FLAGS: -march=native
// Packets of arithmetic once more, with the instructions that this machine has: registers of
// another size, their parts through masks or by halves.
#include <support/packet_arithmetic.hpp>

TEST_CASE("programs of arithmetic in this machine's packets") {
  check_programs<double>();
  check_programs<float>();
}

TEST_CASE("instructions of this machine's packets") {
  check_packets<double>();
  check_packets<float>();
}
