// SPDX-License-Identifier: BSL-1.0
#pragma once

// Every compiler workaround and every switch of the library, each with its reason.
//
// User switches (define before the first include, the same in all files that exchange types):
//   TAPELESS_NO_CONTRACTION   do not let a * b + c become one fused operation inside programs
//   TAPELESS_MAX_NODES        nodes a graph may hold (default 65536)
//   TAPELESS_MAX_TREE         nodes an expression type may hold (default 4096)
//   TAPELESS_PLAIN_CALLS      leave inlining to the compiler: builds without optimisation compile
//   in
//                             two thirds of the time, with sanitizers in half, and run slower

#include <version>

#define TAPELESS_VERSION_MAJOR 0
#define TAPELESS_VERSION_MINOR 1
#define TAPELESS_VERSION_PATCH 0

#ifndef TAPELESS_MAX_NODES
#define TAPELESS_MAX_NODES 65536
#endif
#ifndef TAPELESS_MAX_TREE
#define TAPELESS_MAX_TREE 4096
#endif

// Functions that carry an expression type in their signature must leave no symbol behind: their
// names would be as long as the expression. Kernels are also hidden from the debugger, which
// halves the cost of -g on large programs. What clang may not drop as soon as it has been inlined
// everywhere, because other files could share it, it would fill with all that is inlined into it.
#if defined(TAPELESS_PLAIN_CALLS) || !defined(__GNUC__)
#define TAPELESS_INLINE inline
#define TAPELESS_KERNEL inline
#elif defined(__clang__)
#define TAPELESS_INLINE [[gnu::always_inline, clang::internal_linkage]] inline
#define TAPELESS_KERNEL [[gnu::always_inline, gnu::nodebug, clang::internal_linkage]] inline
#else
#define TAPELESS_INLINE [[gnu::always_inline]] inline
#define TAPELESS_KERNEL [[gnu::always_inline, gnu::artificial]] inline
#endif

// Lambdas inside such functions, behind their parameter list.
#if defined(TAPELESS_PLAIN_CALLS) || !defined(__GNUC__)
#define TAPELESS_LAMBDA
#else
#define TAPELESS_LAMBDA __attribute__((always_inline))
#endif

// clang contracts only inside one source expression; every kernel is one operation, so without
// the pragma every fused multiply-add of the hand-written twin would be lost.
#if defined(__clang__) && !defined(TAPELESS_NO_CONTRACTION)
#define TAPELESS_CONTRACT _Pragma("clang fp contract(fast)")
#else
#define TAPELESS_CONTRACT
#endif

// A product that must not be contracted into the sum that uses it. clang contracts only where the
// pragma allows it; g++ contracts everywhere but across this barrier.
#if defined(__GNUC__) && !defined(__clang__)
#define TAPELESS_SEPARATE(product) __builtin_assoc_barrier(product)
#else
#define TAPELESS_SEPARATE(product) (product)
#endif

// Products of inputs that g++ would compute one by one: it vectorises what goes to memory side by
// side, and these go into a sum.
#if defined(__GNUC__) && !defined(__clang__)
#define TAPELESS_VECTOR(bytes) __attribute__((vector_size(bytes)))
#endif

// g++ vectorises stores in groups from the first one on: the value in front of a gradient, which is
// computed differently, would split all groups at the wrong places. It is not to know that they are
// neighbours.
#if defined(__GNUC__) && !defined(__clang__)
#define TAPELESS_FORGET(pointer) asm("" : "+r"(pointer))
#endif

// g++ computes a value that is used once where it is used: all of a long sum where its last link
// is, and keeps the terms in memory until then. A number that went through this one is computed
// here.
#if defined(__GNUC__) && !defined(__clang__) && defined(__SSE2__)
#if defined(__AVX512VL__)
#define TAPELESS_PIN(number) asm("" : "+v"(number))
#else
#define TAPELESS_PIN(number) asm("" : "+x"(number))
#endif
#endif

// A variable of which compilers do not know any more where it comes from, so that they compute no
// other one from there as well.
#if defined(__GNUC__)
#define TAPELESS_OPAQUE(variable) __asm__("" : "+r"(variable))
#else
#define TAPELESS_OPAQUE(variable) ((void)(variable))
#endif

// A hint that what lies at an address, valid or not, will be read soon.
#if defined(__GNUC__)
#define TAPELESS_FETCH(address) __builtin_prefetch(reinterpret_cast<const void*>(address))
#else
#define TAPELESS_FETCH(address) ((void)(address))
#endif

// g++ searches constant arrays from their beginning, so long ones are arrays of rows. clang finds
// an element at once, but examines each subscript and each sum in it for each instruction: what
// begins later in a table has a pointer of its own.
#if defined(__GNUC__) && !defined(__clang__)
#define TAPELESS_ROWS 64
#define TAPELESS_ELEMENT(all, i) (all).of[(i) / TAPELESS_ROWS][(i) % TAPELESS_ROWS]
#define TAPELESS_TABLE(all, first) (&(all))
#define TAPELESS_ENTRY(table, first, i) TAPELESS_ELEMENT(*(table), (first) + (i))
#else
#define TAPELESS_ELEMENT(all, i) (all).of[i]
#define TAPELESS_TABLE(all, first) ((all).of + (first))
#define TAPELESS_ENTRY(table, first, i) (table)[i]
#endif

// The inline namespace is the ABI tag: translation units compiled for different instruction sets
// or with different arithmetic never share a symbol. One letter a property, because compilers
// repeat the name in every line of an error.
#if defined(__AVX512F__)
#define TAPELESS_ABI_ISA c
#elif defined(__AVX2__)
#define TAPELESS_ABI_ISA b
#elif defined(__AVX__)
#define TAPELESS_ABI_ISA a
#else
#define TAPELESS_ABI_ISA
#endif
#if defined(__FMA__)
#define TAPELESS_ABI_FMA f
#else
#define TAPELESS_ABI_FMA
#endif
#if defined(__FAST_MATH__)
#define TAPELESS_ABI_MATH m
#elif defined(TAPELESS_NO_CONTRACTION)
#define TAPELESS_ABI_MATH x
#else
#define TAPELESS_ABI_MATH
#endif
#define TAPELESS_ABI_JOIN2(isa, fma, math) v0##isa##fma##math
#define TAPELESS_ABI_JOIN(isa, fma, math) TAPELESS_ABI_JOIN2(isa, fma, math)
#define TAPELESS_ABI TAPELESS_ABI_JOIN(TAPELESS_ABI_ISA, TAPELESS_ABI_FMA, TAPELESS_ABI_MATH)

namespace tapeless {
inline namespace TAPELESS_ABI {}
}  // namespace tapeless
