// SPDX-License-Identifier: BSL-1.0
#pragma once

// Structures of parameters as trees, and what makes a function of them smaller.

#include <tapeless/optimize/adagrad.hpp>
#include <tapeless/optimize/adam.hpp>
#include <tapeless/optimize/adamw.hpp>
#include <tapeless/optimize/finite.hpp>
#include <tapeless/optimize/flatten.hpp>
#include <tapeless/optimize/initialise.hpp>
#include <tapeless/optimize/layers.hpp>
#include <tapeless/optimize/losses.hpp>
#include <tapeless/optimize/norm.hpp>
#include <tapeless/optimize/objective.hpp>
#include <tapeless/optimize/rmsprop.hpp>
#include <tapeless/optimize/schedule.hpp>
#include <tapeless/optimize/sgd.hpp>
#include <tapeless/optimize/tree.hpp>
