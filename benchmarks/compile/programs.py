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


# ---- loops over data: {name: (parameters, header and call of the hand-written twin, library)} -----

X = "const double* x, std::size_t n, double* g"
XY = "const double* x, const double* y, std::size_t n, double* g"
XYZ = "const double* x, const double* y, const double* z, std::size_t n, double* g"
MATRIX = "const double* w, const double* X, const double* y, std::size_t n, std::size_t m, double* g"
OUT = "auto out = tl::view(g, n);\n  "
ONE = OUT + "return tl::value_and_grad({loss}{{}}{policy}).into(out)(tl::view(x, n));"
THREE = (OUT + "return tl::value_and_grad<0>({loss}{{}}{policy})\n"
         "      .into(out)(tl::view(x, n), tl::view(y, n), tl::view(z, n));")
LOOPS = {
    "sum": (X, "sum::packet(x, n, g)", ONE.replace("{loss}", "sum_of")),
    "product": (X, "product::packet(x, n, g)", ONE.replace("{loss}", "product_of")),
    "carried": (X, "carried::packet(x, n, g)", ONE.replace("{loss}", "carried_loss")),
    "log_sum_exp": (X, "log_sum_exp::packet(x, n, g)", ONE.replace("{loss}", "log_sum_exp_of")),
    "rosenbrock": (X, "rosenbrock::packet(x, n, g)", ONE.replace("{loss}", "rosenbrock_loss")),
    "normal": (
        "double mean, double scale, const double* y, std::size_t n, double* g",
        "normal::packet(mean, scale, y, n, g)",
        """return tl::value_and_grad<0, 1>(normal_log_density{{}}{policy})
      .into(g[0], g[1])(mean, scale, tl::view(y, n));"""),
    "huber": (
        XY, "huber::packet(x, y, n, g)",
        OUT + """return tl::value_and_grad<0>(huber_loss{{}}{policy})
      .into(out)(tl::view(x, n), tl::view(y, n));"""),
    "regression": (
        MATRIX, "regression::packet(w, X, y, n, m, g)",
        """auto out = tl::view(g, m);
  return tl::value_and_grad<0>(regression_loss{{}}{policy})
      .into(out)(tl::view(w, m), tl::view(X, n, m), tl::view(y, n));"""),
    "gather": (
        "const double* b, std::size_t groups, const int* id, const double* y, std::size_t n, "
        "double* g",
        "gather::packet(b, groups, id, y, n, g)",
        """auto out = tl::view(g, groups);
  return tl::value_and_grad<0>(gather_loss{{}}{policy})
      .into(out)(tl::view(b, groups), tl::view(id, n), tl::view(y, n));"""),
    "stochastic_volatility": (
        "const double* h, const double* p, const double* y, std::size_t n, double* g",
        "stochastic_volatility::packet(h, p, y, n, g, g + n)",
        OUT + """return tl::value_and_grad<0, 1, 2, 3>(stochastic_volatility_log_density{{}}{policy})
      .into(out, g[n], g[n + 1], g[n + 2])(tl::view(h, n), p[0], p[1], p[2], tl::view(y, n));"""),
    "body_16": (XYZ, "body_16::packet(x, y, z, n, g)", THREE.replace("{loss}", "body_16_loss")),
    "body_32": (XYZ, "body_32::packet(x, y, z, n, g)", THREE.replace("{loss}", "body_32_loss")),
    "recurrent": (
        "const double* W, const double* U, const double* b, const double* h0, const double* x, "
        "std::size_t steps, double* of_W, double* of_U, double* of_b, double* of_h0, double* work, "
        "tapeless::workspace& memory",
        "recurrent::packet(W, U, b, h0, x, 16, 8, steps, of_W, of_U, of_b, of_h0, work)",
        """auto to_W = tl::view(of_W, 16, 16), to_U = tl::view(of_U, 16, 8);
  auto to_b = tl::view(of_b, 16), to_h0 = tl::view(of_h0, 16);
  return tl::value_and_grad<0, 1, 2, 3>(recurrent_loss{{}}{policy})
      .into(to_W, to_U, to_b, to_h0)(memory, tl::view(W, 16, 16), tl::view(U, 16, 8),
                                     tl::view(b, 16), tl::view(h0, 16), tl::view(x, steps, 8));"""),
    "k_means": (
        "const double* c, const double* points, std::size_t n, std::size_t d, std::size_t k, "
        "double* g",
        "k_means::scalar(c, points, n, d, k, g)",
        """auto out = tl::view(g, k, d);
  return tl::value_and_grad<0>(k_means_loss{{}}{policy})
      .into(out)(tl::view(c, k, d), tl::view(points, n, d));"""),
    "gaussian_mixture": (
        "const double* alphas, const double* means, const double* q, const double* below, "
        "const double* x, std::size_t n, std::size_t d, std::size_t k, double* of_alphas, "
        "double* of_means, double* of_q, double* of_below, double* work",
        "gaussian_mixture::scalar(alphas, means, below, x, n, d, k, 0.8, 2, of_alphas, of_means, "
        "of_below, work)",
        """auto to_alphas = tl::view(of_alphas, k);
  auto to_means = tl::view(of_means, k, d), to_q = tl::view(of_q, k, d);
  auto to_below = tl::view(of_below, k * d, d);
  return tl::value_and_grad<0, 1, 2, 3>(gaussian_mixture_loss{{}}{policy})
      .into(to_alphas, to_means, to_q, to_below)(
          tl::view(alphas, k), tl::view(means, k, d), tl::view(q, k, d), tl::view(below, k * d, d),
          tl::view(x, n, d), 0.8, 2.0);"""),
}
USING = "\nusing namespace bench::loops;\n"
NOTHING = "void run(const double*, double*) {}\n"


def loop_twin(name):
    """By hand in packets; a plain loop where there is no such version, with the same includes."""
    parameters, call, _ = LOOPS[name]
    includes = ("#include <cstddef>\n#include <loops/packet.hpp>\n"
                f"#include <loops/{call.split('::')[0]}.hpp>\n")
    parameters = parameters.replace("tapeless::workspace& memory", "void*")
    return f"{includes}{USING}double run({parameters}) {{\n  return {call};\n}}\n"


def loop_library(name, packets):
    parameters, _, body = LOOPS[name]
    body = body.replace("{policy}", ", tl::simd" if packets else "")
    body = body.replace("{{", "{").replace("}}", "}")
    return loop_includes(name, packets) + USING + f"double run({parameters}) {{\n  {body}\n}}\n"


# Their loops have no functions: the smallest of the headers for packets is enough.
ARITHMETIC = ("sum", "product", "carried", "rosenbrock", "normal", "huber", "regression", "gather",
              "k_means", "sum_of_product", "linear")


def packet_header(name, packets):
    """The smallest that the function needs, or simd.hpp, which has them all from xsimd."""
    header = ("simd" if packets == "xsimd" else
              "simd_arithmetic" if name in ARITHMETIC else "simd_libmvec")
    return f"#include <tapeless/interop/{header}.hpp>\n"


def loop_includes(name, packets):
    return "#include <cstddef>\n#include <loops/losses.hpp>\n" + (
        packet_header(name, packets) if packets else "")


def loop_twin_empty():
    return "#include <cstddef>\n#include <loops/packet.hpp>\n" + NOTHING


def loop_library_empty(name, packets):
    return loop_includes(name, packets) + NOTHING


# ---- whole arrays: {name: (parameters, call of the gradient by hand with Eigen, library)} ---------

ARRAYS = {
    "sum_of_product": (
        "const by_columns& A, const by_columns& B, vector& columns, vector& rows, "
        "by_columns& of_A, by_columns& of_B",
        "sum_of_product(A, B, columns, rows, of_A, of_B)",
        "value_and_grad<0, 1>(sum_of_product{policy}).into(of_A, of_B)(A, B)"),
    "linear": (
        "const vector& w, const by_columns& X, const vector& y, vector& r, vector& of_w",
        "linear(w, X, y, r, of_w)",
        "value_and_grad<0>(linear_loss{policy}).into(of_w)(w, X, y)"),
    "logistic": (
        "const vector& w, const by_columns& X, const vector& y, vector& z, vector& p, vector& of_w",
        "logistic(w, X, y, z, p, of_w)",
        "value_and_grad<0>(logistic_loss{policy}).into(of_w)(w, X, y)"),
    "network": (
        "const by_columns& U, const vector& b, const by_columns& V, const vector& c, "
        "const by_columns& X, const by_columns& Y, by_columns& H, by_columns& R, by_columns& D, "
        "by_columns& of_U, vector& of_b, by_columns& of_V, vector& of_c",
        "network(U, b, V, c, X, Y, H, R, D, of_U, of_b, of_V, of_c, by_hand::tanh_by_exp)",
        "value_and_grad<0, 1, 2, 3>(network_loss{policy})\n"
        "      .into(of_U, of_b, of_V, of_c)(U, b, V, c, X, Y)"),
    "layers": (
        "const vector& s, const by_columns& X, vector& s1, vector& s2, vector& s3, vector& q, "
        "vector& of_s",
        "layers(s, X, s1, s2, s3, q, of_s, by_hand::tanh_by_exp)",
        "value_and_grad<0>(layers_loss{policy}).into(of_s)(s, X)"),
    "cross_entropy": (
        "const by_columns& W, const vector& b, const by_columns& X, const by_columns& T, "
        "by_columns& Z, vector& row, by_columns& of_W, vector& of_b",
        "cross_entropy(W, b, X, T, Z, row, of_W, of_b)",
        "value_and_grad<0, 1>(cross_entropy{policy}).into(of_W, of_b)(W, b, X, T)"),
}


def array_source(includes, parameters, call):
    return (f"{includes}\nusing namespace bench::arrays;\n"
            f"double run({parameters}) {{\n  return {call};\n}}\n")


def array_twin(name):
    parameters, call, _ = ARRAYS[name]
    return array_source("#include <arrays/by_hand.hpp>\n", parameters, f"by_hand::{call}")


def array_library(name, packets):
    parameters, _, call = ARRAYS[name]
    call = call.replace("{policy}", "{}, tl::simd" if packets else "{}")
    return array_source(array_includes(name, packets), parameters, f"tl::{call}")


def array_includes(name, packets):
    return ("#include <arrays/by_hand.hpp>\n#include <arrays/losses.hpp>\n"
            "#include <tapeless/interop/eigen.hpp>\n" +
            (packet_header(name, packets) if packets else ""))


def array_twin_empty():
    return "#include <arrays/by_hand.hpp>\n" + NOTHING


def array_library_empty(name, packets):
    return array_includes(name, packets) + NOTHING
