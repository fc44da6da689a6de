# SPDX-License-Identifier: BSL-1.0
"""The sources that the compile benchmark compiles."""
import random

INCLUDES = "#include <tapeless/tapeless.hpp>\n\n#include <array>\n"


def rosenbrock(n):
    """Value and gradient of the chained Rosenbrock function, by the library."""
    return INCLUDES + f"""
constexpr auto rosenbrock = [](const auto& x) {{
  decltype(1.0 * x[0]) sum = 0;
  for (int i = 0; i + 1 < {n}; ++i) sum += 100 * square(x[i + 1] - x[i] * x[i]) + square(1 - x[i]);
  return sum;
}};
double run(const std::array<double, {n}>& x, std::array<double, {n}>& g) {{
  return tapeless::value_and_grad(rosenbrock).into(g)(x);
}}
"""


def rosenbrock_empty():
    return INCLUDES + "\nvoid run(const double*, double*) {}\n"


def twin(n):
    """The same as straight-line code: the forward pass, then the reverse pass, one operation a
    statement. The reverse pass has the operations that are left when constants are multiplied. The
    gradient is stored when all of x has been read, because it may be the array that x is."""
    lines = []
    for i in range(n - 1):
        lines += [f"const double q{i} = x[{i}] * x[{i}];",
                  f"const double d{i} = x[{i + 1}] - q{i};",
                  f"const double e{i} = d{i} * d{i};",
                  f"const double f{i} = 100 * e{i};",
                  f"const double u{i} = 1 - x[{i}];",
                  f"const double w{i} = u{i} * u{i};",
                  f"const double t{i} = f{i} + w{i};",
                  f"const double s{i} = s{i - 1} + t{i};" if i else "const double s0 = t0;"]
    for i in reversed(range(n - 1)):
        lines += [f"const double m{i} = 200 * d{i};",
                  f"const double k{i + 1} = " + (f"h{i + 1} + m{i};" if i + 2 < n else f"m{i};"),
                  f"const double a{i} = -2 * u{i};",
                  f"const double b{i} = 400 * d{i};",
                  f"const double c{i} = x[{i}] * b{i};",
                  f"const double h{i} = a{i} - c{i};"]
    lines += ["g[0] = h0;", *(f"g[{i}] = k{i};" for i in range(1, n)), f"return s{n - 2};"]
    return "double run(const double* x, double* g) {\n  " + "\n  ".join(lines) + "\n}\n"


def twin_empty():
    return "void run(const double*, double*) {}\n"


def formula(operations, generator):
    """A random formula in a, b, c, d with so many operations."""
    if operations == 0:
        return generator.choice("abcd")
    if generator.random() < 0.15:
        return f"{generator.choice(['sin', 'exp'])}({formula(operations - 1, generator)})"
    left = generator.randrange(operations)
    right = operations - 1 - left
    sign = generator.choice("+-*")
    return f"({formula(left, generator)} {sign} {formula(right, generator)})"


def formula_lambda(operations):
    return INCLUDES + f"""
double run(double p, double q, double r, double s, std::array<double, 4>& g) {{
  constexpr auto f = [](auto a, auto b, auto c, auto d) {{
    return {formula(operations, random.Random(1))};
  }};
  return tapeless::value_and_grad(f).into(g[0], g[1], g[2], g[3])(p, q, r, s);
}}
"""


def formula_expression(operations):
    return INCLUDES + f"""
constexpr tapeless::variable<"a"> a;
constexpr tapeless::variable<"b"> b;
constexpr tapeless::variable<"c"> c;
constexpr tapeless::variable<"d"> d;
constexpr auto f = {formula(operations, random.Random(1))};
double run(double p, double q, double r, double s, std::array<double, 4>& g) {{
  return tapeless::value_and_grad<a, b, c, d>(f).into(g[0], g[1], g[2], g[3])(a = p, b = q, c = r,
                                                                              d = s);
}}
"""
