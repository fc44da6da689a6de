// SPDX-License-Identifier: BSL-1.0
// Optimisers beside numbers that others have published. Where a formula of theirs differs from the
// library's, it is said; where a default does, it is set.

#include "support/catch.hpp"

#include <tapeless/optimize.hpp>
#include <tapeless/tapeless.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace tl = tapeless;

namespace {

// ---- PyTorch: a network of two inputs, three hidden units and one output
// -------------------------
//
// The tests of its C++ interface hold the parameters after steps 1, 101 ... 1001 as its Python
// interface computes them:
// https://github.com/pytorch/pytorch/blob/main/test/cpp/api/optim_baseline.h, options and network
// in https://github.com/pytorch/pytorch/blob/main/test/cpp/api/optim.cpp. The loss is the sum of
// the outputs of three samples.

/// 0.weight, 0.bias, 2.weight, 2.bias.
using parameters = std::array<double, 13>;

/// optim.cpp has four digits of them. These are LBFGS_with_line_search, which makes no step.
constexpr parameters start{
    -0.2108988568338871,  -0.4975560466422629,  -0.14129216202471762, -0.3420288967865903,
    -0.2523635082803723,  0.6975570255493777,   -0.10853121966252377, -0.297948499687533,
    0.6892015099955717,   -0.05080313011597659, -0.39413518751058996, -0.28433759745928844,
    -0.07113812430174116,
};

constexpr auto sum_of_outputs = [](auto p, auto samples) {
  decltype(p[0] + p[1]) sum = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    auto z = p[12];
    for (std::size_t j = 0; j < 3; ++j) {
      z += p[9 + j] *
           tl::logistic(p[2 * j] * samples[2 * i] + p[2 * j + 1] * samples[2 * i + 1] + p[6 + j]);
    }
    sum += tl::logistic(z);
  }
  return sum;
};

void require_equal(const parameters& p, const parameters& published) {
  for (std::size_t k = 0; k < p.size(); ++k) {
    REQUIRE(p[k] == Approx(published[k]).epsilon(1e-9).margin(1e-12));
  }
}

template <class Optimizer>
void compare(const Optimizer& opt, const parameters& after_101, const parameters& after_1001) {
  const std::array samples{0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
  parameters p = start;
  auto state = opt.init(p);
  const auto step = [&] { opt.update(p, tl::grad<0>(sum_of_outputs)(p, samples), state); };
  while (state.step < 101) step();
  require_equal(p, after_101);
  while (state.step < 1001) step();
  require_equal(p, after_1001);
}

}  // namespace

TEST_CASE("published: PyTorch's SGD") {
  // SGD
  compare(tl::sgd({.learning_rate = 0.1}),
          {-0.15543131540224012, -0.42351103963720343, -0.04196796248622072, -0.20952231780684988,
           -0.16031407286541022, 0.8209742464453325, 0.0772434360716014, 0.03387529472490231,
           1.0028793648054941, -0.8213382425894498, -1.1570800333254736, -1.6154760331657425,
           -1.873409073108485},
          {-0.07583232846497831, -0.3172360102461862, 0.06309179259248046, -0.06926361352067163,
           -0.07274510848082802, 0.9392004636935606, 0.34400386060915455, 0.38586478679967207,
           1.3094518934419668, -1.3272851146877218, -1.695273130850265, -2.4301754289421593,
           -2.877716472882302});
  // SGD_with_weight_decay_and_momentum
  compare(tl::sgd({.learning_rate = 0.1, .momentum = 0.9, .weight_decay = 1e-2}),
          {0.005611848725195473, -0.0710915563059199, 0.07701400891926036, 0.047067327035013866,
           0.0428654052972598, 0.4352977220593751, 0.23834837300214828, 0.3236638250370418,
           0.712832101663469, -1.041947788394885, -1.1730950187020548, -1.7648205873351157,
           -2.3359277661920594},
          {0.17948886155124505, 0.24230096332204806, 0.17957117450689372, 0.242415213133214,
           0.17982712042628354, 0.24278620392248687, 0.6281635672171683, 0.6284667582211863,
           0.6294549191500092, -1.4115305541843781, -1.4119772978756442, -1.413429652281864,
           -2.0634616066978615});
  // SGD_with_weight_decay_and_nesterov_momentum
  compare(tl::sgd({.learning_rate = 0.1, .momentum = 0.9, .weight_decay = 1e-6, .nesterov = true}),
          {-0.1262387113548655, -0.3844658218758334, 0.03124406856508885, -0.1117053215242578,
           -0.09823268522398329, 0.9040698525178972, 0.17551336074135096, 0.27976614792027166,
           1.2138399680985128, -1.592840413595591, -1.8986806244521564, -2.966181914454827,
           -3.7728444542017687},
          {-0.07326215742204906, -0.31339589848358795, 0.09201816976416922, -0.03022421717885477,
           -0.04795031746059936, 0.9713800632469923, 0.35396614509118257, 0.48529852449498895,
           1.3920431643924076, -1.8125038126190638, -2.146734711618823, -3.3176778240157505,
           -4.192162739857097});
}

TEST_CASE("published: PyTorch's Adagrad") {
  // Adagrad
  compare(tl::adagrad({.learning_rate = 1}),
          {2.4079229696892583, 2.2346803754764286, 1.6967885588547365, 1.552279695827649,
           1.2259044248443602, 2.221279696180243, 2.9334079162217193, 1.7619824934767887,
           2.3464577179091473, -2.221396083069719, -2.549950976011168, -1.9709315957317095,
           -1.5858816837541876},
          {2.7098389356033783, 2.5833548721723747, 1.9841994925173085, 1.8723468731726323,
           1.4228158926355312, 2.4421305315945085, 3.4096859099156673, 2.178143852041279,
           2.6375854547611364, -2.9509704554208467, -3.2994581338995044, -2.3899651139415874,
           -1.8922653655195538});
  // Adagrad_with_weight_decay_and_lr_decay
  compare(tl::adagrad({.learning_rate = 1, .learning_rate_decay = 1e-3, .weight_decay = 1e-6}),
          {2.346218944110103, 2.191939439502003, 1.683355201740813, 1.5405520021635604,
           1.2137800230828062, 2.205283463717303, 2.9090564593404, 1.7509657336815554,
           2.336166413186925, -2.206159683368316, -2.5344318233445415, -1.9622783535807609,
           -1.5796101463783623},
          {2.2458961718688957, 2.2525031725114775, 1.8886034384961112, 1.7908930341267952,
           1.3307102435291205, 2.323647497600462, 3.230036385413078, 2.1065407459636134,
           2.5642349249609664, -2.83151249424399, -3.1751926295316566, -2.3219682378974036,
           -1.8434843744626483});
}

TEST_CASE("published: PyTorch's RMSprop") {
  // RMSprop
  compare(tl::rmsprop({.learning_rate = 0.1}),
          {2.448571858277443, 2.2809152044417678, 1.7346424449151965, 1.5940004770230667,
           1.250761131839982, 2.248993270255382, 2.994661478530102, 1.8150485290864256,
           2.382542610897819, -2.3036981738757825, -2.6337299521275646, -2.018370122358821,
           -1.620787559800898},
          {3.017515620579049, 2.9452004251453268, 2.291469925522962, 2.2217217025782916,
           1.6544730927621272, 2.705431441204422, 3.9190041004420166, 2.651317624465938,
           2.993736489599992, -4.053111559341913, -4.450801801162238, -3.0271845519131957,
           -2.3539498905973444});
  // RMSprop_with_weight_decay_and_centered
  compare(tl::rmsprop({.learning_rate = 0.1, .weight_decay = 1e-6, .centered = true}),
          {2.3762999876885833, 2.239095829416783, 1.726175067071914, 1.5891569459230444,
           1.2410074108588462, 2.2345431036725723, 2.990896455635836, 1.8152108764849464,
           2.377985429759037, -2.3071822180635286, -2.636859516619699, -2.0198181394256642,
           -1.622583045791722},
          {0.4875468895095056, 0.6878747871467128, 0.7787871237567606, 1.0462592546102176,
           0.4416468896022397, 0.8122992916762792, 2.1078734515587483, 2.17034337037527,
           2.0666325968568535, -3.9782695475825216, -4.352093055115415, -3.0377809502927033,
           -2.403496388200805});
  // RMSprop_with_weight_decay_and_centered_and_momentum
  compare(
      tl::rmsprop({.learning_rate = 0.1, .weight_decay = 1e-6, .momentum = 0.9, .centered = true}),
      {11.587263945492355, 12.552112516667206, 10.773002960161074, 10.782117868337808,
       9.675467654064093, 10.830689360054789, 15.298238342006444, 11.252244653209866,
       11.423905295074075, -11.287147147258441, -11.673871066494183, -11.143068139029769,
       -10.744790465364126},
      {0.10393820340367545, 0.13982074666181732, 0.0831407198272949, 0.10183584198629944,
       0.13949594516972202, 0.17822672100147108, 0.340394645020639, 0.24860888862359687,
       0.3191404515531066, -4.174294597914298, -4.037528929635062, -6.297198700024484,
       -7.182093090194918});
}

TEST_CASE("published: PyTorch's Adam") {
  // Adam
  compare(
      tl::adam({.learning_rate = 1}),
      {8.233039313231828, 7.971150747377481, 6.6436209506776, 6.470977407900541, 6.170125488259256,
       7.1507391033435015, 8.417695070103735, 6.597188212844593, 7.23175710827678,
       -6.729624357635757, -7.09743493108154, -6.753301896575352, -6.435639096011218},
      {8.233424610733326, 7.971537374835737, 6.643920162329225, 6.471278087343659,
       6.170405885031416, 7.151021097110483, 8.418084806356743, 6.597493183569867,
       7.232043752079749, -6.729918693213275, -7.097730573032567, -6.753585069969552,
       -6.43591674438434});
  // Adam_with_weight_decay
  compare(tl::adam({.learning_rate = 1, .weight_decay = 1e-2}),
          {0.17835734655765323, 0.2542117171890537, 0.19681971909229715, 0.23522651199260597,
           0.17806083719648957, 0.22943655675307303, 0.6227676931552837, 0.6058596954431213,
           0.6077176546857177, -1.4259755901844118, -1.4333355461952704, -1.408545526635006,
           -2.0710783081666215},
          {0.1796366609840692, 0.24250882442244046, 0.17963666098407022, 0.24250882442244082,
           0.17963666098407, 0.24250882442244104, 0.6287216343837063, 0.6287216343837068,
           0.6287216343837067, -1.4123467490671708, -1.4123467490671706, -1.4123467490671708,
           -2.0633690434349052});
  // AdamW, whose weight decay is 1e-2 there too
  compare(tl::adamw({.learning_rate = 1}),
          {3.3165329599188507, 3.223120441823618, 2.665544565239194, 2.6044341406663225,
           2.479859063483047, 2.836831717112226, 3.3885192024669744, 2.6544147219174556,
           2.8709245656887328, -2.70172647102137, -2.836731459490802, -2.69652471546253,
           -2.575239255076019},
          {2.0576784836825315, 2.3496934395759377, 1.4878413407927933, 1.6428612479757005,
           1.4483225979568104, 1.5914034339763325, 3.163383747232199, 2.101446878895216,
           2.012344413569353, -3.246000281299229, -3.338904166978488, -1.8037666936489785,
           -1.3517884775416527});
}

// ---- Zhang, Lipton, Li, Smola: Dive into deep learning
// -------------------------------------------
//
// 20 steps from (-5, -2), six digits: https://d2l.ai/chapter_optimization/momentum.html and
// https://d2l.ai/chapter_optimization/adagrad.html. Its Adagrad divides by sqrt(s + 1e-6), which
// changes the last digit by one at most. Its RMSprop does so too, where it changes more: left out.

namespace {

constexpr auto valley = [](auto x) { return 0.1 * x[0] * x[0] + 2 * x[1] * x[1]; };

template <class Optimizer>
void twenty_steps(const Optimizer& opt, double first, double second) {
  std::array x{-5.0, -2.0};
  auto state = opt.init(x);
  for (int step = 0; step < 20; ++step) opt.update(x, tl::grad(valley)(x), state);
  REQUIRE(std::abs(x[0] - first) < 1e-6);
  REQUIRE(std::abs(x[1] - second) < 1e-6);
}

}  // namespace

TEST_CASE("published: Dive into deep learning") {
  twenty_steps(tl::sgd({.learning_rate = 0.4}), -0.943467, -0.000073);
  twenty_steps(tl::sgd({.learning_rate = 0.6, .momentum = 0.5}), 0.007188, 0.002553);
  twenty_steps(tl::sgd({.learning_rate = 0.6, .momentum = 0.25}), -0.126340, -0.186632);
  twenty_steps(tl::adagrad({.learning_rate = 0.4}), -2.382563, -0.158591);
  twenty_steps(tl::adagrad({.learning_rate = 2}), -0.002295, -0.000000);
}

// ---- TensorFlow: the examples of its pages
// -------------------------------------------------------
//
// One step from 10 of w^2 / 2, and of SGD two from 1:
// https://www.tensorflow.org/api_docs/python/tf/keras/optimizers/legacy/RMSprop, .../Adam, .../SGD.
// The defaults of RMSprop are another decay and epsilon, of Adam another epsilon.

TEST_CASE("published: TensorFlow's examples") {
  constexpr auto half_square = [](auto w) { return w * w / 2; };
  const auto after = [&](const auto& opt, double w, int steps) {
    auto state = opt.init(w);
    for (int step = 0; step < steps; ++step) opt.update(w, tl::grad(half_square)(w), state);
    return w;
  };
  REQUIRE(after(tl::rmsprop({.learning_rate = 0.1, .decay = 0.9, .epsilon = 1e-7}), 10, 1) ==
          Approx(9.683772).epsilon(1e-7));
  REQUIRE(after(tl::adam({.learning_rate = 0.1, .epsilon = 1e-7}), 10, 1) ==
          Approx(9.9).epsilon(1e-7));
  const auto momentum = tl::sgd({.learning_rate = 0.1, .momentum = 0.9});
  REQUIRE(after(momentum, 1, 1) == Approx(0.9));
  REQUIRE(after(momentum, 1, 1) - after(momentum, 1, 2) == Approx(0.18));
}
