// SPDX-License-Identifier: BSL-1.0
// What does the gradient of a reprojection residual cost? A camera with axis-angle rotation,
// translation, focal length and two radial distortion terms, and a point: 12 numbers.
#include "support/rivals.hpp"
#include "support/row.hpp"

#include <tapeless/tapeless.hpp>

namespace tl = tapeless;
using namespace tl::literals;

namespace {

// camera: rotation 0-2, translation 3-5, focal length 6, distortion 7-8; point 9-11; and the
// observed coordinate, which is passive
using input = bench::input<12, 1>;
using result = bench::result<12>;

// The model of "Bundle Adjustment in the Large" (Agarwal, Snavely, Seitz, Szeliski, 2010). The
// rotation is Rodrigues' formula; the cameras of this row are turned, so its limit for no rotation
// is left out, in all variants.
constexpr auto residual = [](const auto& p, const auto& observed) -> decltype(auto) {
  using T = std::remove_cvref_t<decltype(p[0])>;
  using std::cos;
  using std::sin;
  using std::sqrt;
  const T angle = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
  const T cosine = cos(angle);
  const T sine = sin(angle);
  const T inverse_angle = 1 / angle;
  const T a0 = p[0] * inverse_angle;
  const T a1 = p[1] * inverse_angle;
  const T a2 = p[2] * inverse_angle;
  const T along = (a0 * p[9] + a1 * p[10] + a2 * p[11]) * (1 - cosine);
  const T q0 = p[9] * cosine + (a1 * p[11] - a2 * p[10]) * sine + a0 * along + p[3];
  const T q1 = p[10] * cosine + (a2 * p[9] - a0 * p[11]) * sine + a1 * along + p[4];
  const T q2 = p[11] * cosine + (a0 * p[10] - a1 * p[9]) * sine + a2 * along + p[5];
  const T scale = -1 / q2;
  const T u = q0 * scale;
  const T v = q1 * scale;
  const T r2 = u * u + v * v;
  return p[6] * (1 + r2 * (p[7] + p[8] * r2)) * u - observed;
};

constexpr tl::variable<"w0"> w0;
constexpr tl::variable<"w1"> w1;
constexpr tl::variable<"w2"> w2;
constexpr tl::variable<"t0"> t0;
constexpr tl::variable<"t1"> t1;
constexpr tl::variable<"t2"> t2;
constexpr tl::variable<"focal"> focal;
constexpr tl::variable<"k1"> k1;
constexpr tl::variable<"k2"> k2;
constexpr tl::variable<"x0"> x0;
constexpr tl::variable<"x1"> x1;
constexpr tl::variable<"x2"> x2;
constexpr tl::variable<"observed"> observed;

constexpr auto project = [](auto q0, auto q1, auto q2) {
  return tl::let(-1_c / q2, [=](auto scale) {
    return tl::let(q0 * scale, [=](auto u) {
      return tl::let(q1 * scale, [=](auto v) {
        return tl::let(u * u + v * v,
                       [=](auto r2) { return focal * (1_c + r2 * (k1 + k2 * r2)) * u - observed; });
      });
    });
  });
};

constexpr auto rotate = [](auto a0, auto a1, auto a2, auto cosine, auto sine) {
  return tl::let((a0 * x0 + a1 * x1 + a2 * x2) * (1_c - cosine), [=](auto along) {
    return project(x0 * cosine + (a1 * x2 - a2 * x1) * sine + a0 * along + t0,
                   x1 * cosine + (a2 * x0 - a0 * x2) * sine + a1 * along + t1,
                   x2 * cosine + (a0 * x1 - a1 * x0) * sine + a2 * along + t2);
  });
};

constexpr auto residual_expression = tl::let(sqrt(w0 * w0 + w1 * w1 + w2 * w2), [](auto angle) {
  return tl::let(1_c / angle, [=](auto inverse) {
    return tl::let(w0 * inverse, [=](auto a0) {
      return tl::let(w1 * inverse, [=](auto a1) {
        return tl::let(w2 * inverse, [=](auto a2) {
          return tl::let(cos(angle), [=](auto cosine) {
            return tl::let(sin(angle), [=](auto sine) { return rotate(a0, a1, a2, cosine, sine); });
          });
        });
      });
    });
  });
});

result hand_written(const input& in) {
  const auto [r0, r1, r2, s0, s1, s2, f, d1, d2, p0, p1, p2] = in.active;
  const double angle = std::sqrt(r0 * r0 + r1 * r1 + r2 * r2);
  const double cosine = std::cos(angle);
  const double sine = std::sin(angle);
  const double inverse = 1 / angle;
  const double a0 = r0 * inverse;
  const double a1 = r1 * inverse;
  const double a2 = r2 * inverse;
  const double dot = a0 * p0 + a1 * p1 + a2 * p2;
  const double versine = 1 - cosine;
  const double along = dot * versine;
  const double c0 = a1 * p2 - a2 * p1;
  const double c1 = a2 * p0 - a0 * p2;
  const double c2 = a0 * p1 - a1 * p0;
  const double q0 = p0 * cosine + c0 * sine + a0 * along + s0;
  const double q1 = p1 * cosine + c1 * sine + a1 * along + s1;
  const double q2 = p2 * cosine + c2 * sine + a2 * along + s2;
  const double scale = -1 / q2;
  const double u = q0 * scale;
  const double v = q1 * scale;
  const double square = u * u + v * v;
  const double slope = d1 + d2 * square;
  const double distortion = 1 + square * slope;
  const double magnified = f * distortion;

  const double fu = f * u;
  const double fu_square = fu * square;
  const double square_bar = fu * (slope + square * d2);
  const double u_bar = magnified + 2 * square_bar * u;
  const double v_bar = 2 * square_bar * v;
  const double q0_bar = u_bar * scale;
  const double q1_bar = v_bar * scale;
  const double q2_bar = (u_bar * q0 + v_bar * q1) * scale * scale;
  const double along_bar = q0_bar * a0 + q1_bar * a1 + q2_bar * a2;
  const double dot_bar = along_bar * versine;
  const double c0_bar = q0_bar * sine;
  const double c1_bar = q1_bar * sine;
  const double c2_bar = q2_bar * sine;
  const double sine_bar = q0_bar * c0 + q1_bar * c1 + q2_bar * c2;
  const double cosine_bar = q0_bar * p0 + q1_bar * p1 + q2_bar * p2 - along_bar * dot;
  const double a0_bar = q0_bar * along + dot_bar * p0 - c1_bar * p2 + c2_bar * p1;
  const double a1_bar = q1_bar * along + dot_bar * p1 + c0_bar * p2 - c2_bar * p0;
  const double a2_bar = q2_bar * along + dot_bar * p2 - c0_bar * p1 + c1_bar * p0;
  const double inverse_bar = a0_bar * r0 + a1_bar * r1 + a2_bar * r2;
  const double angle_bar = sine_bar * cosine - cosine_bar * sine - inverse_bar * inverse * inverse;
  const double from_angle = angle_bar * inverse;
  return {magnified * u - in.passive[0],
          {a0_bar * inverse + from_angle * r0, a1_bar * inverse + from_angle * r1,
           a2_bar * inverse + from_angle * r2, q0_bar, q1_bar, q2_bar, distortion * u, fu_square,
           fu_square * square, q0_bar * cosine + dot_bar * a0 + c1_bar * a2 - c2_bar * a1,
           q1_bar * cosine + dot_bar * a1 - c0_bar * a2 + c2_bar * a0,
           q2_bar * cosine + dot_bar * a2 + c0_bar * a1 - c1_bar * a0}};
}

}  // namespace

int main(int argc, char** argv) {
  bench::uniform random(7);
  bench::points<input> inputs;
  for (input& in : inputs)
    in = {{random(0.1, 0.6), random(-0.6, -0.1), random(0.1, 0.4), random(-0.5, 0.5),
           random(-0.5, 0.5), random(-6, -4), random(300, 600), random(-0.3, 0.1),
           random(-0.1, 0.1), random(-1, 1), random(-1, 1), random(-1, 1)},
          {random(-100, 100)}};

  bench::row<input> row("reprojection", inputs);
  row.hand_written([](const input& in) { return hand_written(in); });
  row.add(
      "tapeless_function",
      [](const input& in) { return tl::value_and_grad<0>(residual)(in.active, in.passive[0]); },
      [](const auto& out) {
        const auto& [value, gradient] = out;
        bench::flat all{value};
        for (std::size_t i = 0; i < 12; ++i) all.push_back(gradient[i]);
        return all;
      });
  row.add(
      "tapeless_expression",
      [](const input& in) {
        const auto& p = in.active;
        return tl::value_and_grad<w0, w1, w2, t0, t1, t2, focal, k1, k2, x0, x1, x2>(
            residual_expression)(w0 = p[0], w1 = p[1], w2 = p[2], t0 = p[3], t1 = p[4], t2 = p[5],
                                 focal = p[6], k1 = p[7], k2 = p[8], x0 = p[9], x1 = p[10],
                                 x2 = p[11], observed = in.passive[0]);
      },
      [](const auto& out) {
        const auto& [value, g] = out;
        return bench::flat{value,    g[w0], g[w1], g[w2], g[t0], g[t1], g[t2],
                           g[focal], g[k1], g[k2], g[x0], g[x1], g[x2]};
      });
  bench::add_rivals(row, inputs, [](const auto& p, const auto& passive) -> decltype(auto) {
    return residual(p, passive[0]);
  });
  return bench::run(argc, argv);
}
