// SPDX-License-Identifier: BSL-1.0
#pragma once

// The first lanes of a register, to and from memory: at least one of them. No memory is touched for
// the others, which are zero.

#include <tapeless/interop/packet_registers.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

#if defined(__AVX512F__)
TAPELESS_KERNEL void load_first(register_of_doubles& to, const double* from, int count) {
  to = __builtin_ia32_loadupd512_mask(from, register_of_doubles{},
                                      static_cast<unsigned char>((1u << count) - 1));
}
TAPELESS_KERNEL void load_first(register_of_floats& to, const float* from, int count) {
  to = __builtin_ia32_loadups512_mask(from, register_of_floats{},
                                      static_cast<unsigned short>((1u << count) - 1));
}
TAPELESS_KERNEL void store_first(double* to, const register_of_doubles& x, int count) {
  __builtin_ia32_storeupd512_mask(to, x, static_cast<unsigned char>((1u << count) - 1));
}
TAPELESS_KERNEL void store_first(float* to, const register_of_floats& x, int count) {
  __builtin_ia32_storeups512_mask(to, x, static_cast<unsigned short>((1u << count) - 1));
}
#elif defined(__AVX__)
// Not AVX's masked moves: AMD's first Zen takes as long for one as for a whole row of a small
// matrix, and what has been stored through a mask, or by less than what is loaded, has to reach the
// cache before it can be loaded.
typedef double half_of_doubles __attribute__((vector_size(16)));
typedef float half_of_floats __attribute__((vector_size(16)));

template <class Part, class T>
TAPELESS_KERNEL Part part_at(const T* from) {
  Part x;
  __builtin_memcpy(&x, from, sizeof(x));
  return x;
}
/// As a shuffle, which takes this processor longer, g++ would not know it for what it is.
template <class Half, class Register>
TAPELESS_KERNEL Half upper_half(const Register& x) {
  Half halves[2];
  __builtin_memcpy(halves, &x, sizeof(x));
  return halves[1];
}
TAPELESS_KERNEL void load_few(half_of_doubles& to, const double* from, int count) {
  to = count == 1 ? half_of_doubles{from[0], 0} : part_at<half_of_doubles>(from);
}
TAPELESS_KERNEL void store_few(double* to, const half_of_doubles& x, int count) {
  if (count == 1) {
    to[0] = x[0];
  } else {
    __builtin_memcpy(to, &x, sizeof(x));
  }
}
TAPELESS_KERNEL void load_few(half_of_floats& to, const float* from, int count) {
  if (count == 4) {
    to = part_at<half_of_floats>(from);
  } else if (count == 1) {
    to = half_of_floats{from[0], 0, 0, 0};
  } else {
    // Two of them, as the one number of twice their size that it can be loaded as.
    to = (half_of_floats)half_of_doubles{part_at<double>(from), 0};
    if (count == 3) {
      to = __builtin_shufflevector(to, half_of_floats{from[2], 0, 0, 0}, 0, 1, 4, 5);
    }
  }
}
TAPELESS_KERNEL void store_few(float* to, const half_of_floats& x, int count) {
  if (count == 4) {
    __builtin_memcpy(to, &x, sizeof(x));
  } else if (count == 1) {
    to[0] = x[0];
  } else {
    const double two = ((half_of_doubles)x)[0];
    __builtin_memcpy(to, &two, sizeof(two));
    if (count == 3) to[2] = x[2];
  }
}
TAPELESS_KERNEL void load_first(register_of_doubles& to, const double* from, int count) {
  half_of_doubles some;
  if (count > 2) {
    load_few(some, from + 2, count - 2);
    to = __builtin_shufflevector(part_at<half_of_doubles>(from), some, 0, 1, 2, 3);
  } else {
    load_few(some, from, count);
    to = __builtin_shufflevector(some, half_of_doubles{}, 0, 1, 2, 3);
  }
}
TAPELESS_KERNEL void load_first(register_of_floats& to, const float* from, int count) {
  half_of_floats some;
  if (count > 4) {
    load_few(some, from + 4, count - 4);
    to = __builtin_shufflevector(part_at<half_of_floats>(from), some, 0, 1, 2, 3, 4, 5, 6, 7);
  } else {
    load_few(some, from, count);
    to = __builtin_shufflevector(some, half_of_floats{}, 0, 1, 2, 3, 4, 5, 6, 7);
  }
}
TAPELESS_KERNEL void store_first(double* to, const register_of_doubles& x, int count) {
  const half_of_doubles low = __builtin_shufflevector(x, x, 0, 1);
  if (count > 2) {
    __builtin_memcpy(to, &low, sizeof(low));
    store_few(to + 2, upper_half<half_of_doubles>(x), count - 2);
  } else {
    store_few(to, low, count);
  }
}
TAPELESS_KERNEL void store_first(float* to, const register_of_floats& x, int count) {
  const half_of_floats low = __builtin_shufflevector(x, x, 0, 1, 2, 3);
  if (count > 4) {
    __builtin_memcpy(to, &low, sizeof(low));
    store_few(to + 4, upper_half<half_of_floats>(x), count - 4);
  } else {
    store_few(to, low, count);
  }
}
#else
template <class Register, class T>
TAPELESS_KERNEL void load_first(Register& to, const T* from, int count) {
  to = Register{};
  for (int l = 0; l < count; ++l) to[l] = from[l];
}
template <class Register, class T>
TAPELESS_KERNEL void store_first(T* to, const Register& x, int count) {
  for (int l = 0; l < count; ++l) to[l] = x[l];
}
#endif

}  // namespace TAPELESS_ABI
}  // namespace tapeless
