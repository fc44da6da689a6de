// SPDX-License-Identifier: BSL-1.0
#pragma once

// Programs made visible: tl::to_string, tl::to_dot, tl::to_source and tl::graph_of. Apart from
// tl::graph_of, which the core has too, all of them write text and need <string>.

#include <tapeless/inspect/graph_of.hpp>
#include <tapeless/inspect/to_dot.hpp>
#include <tapeless/inspect/to_source.hpp>
#include <tapeless/inspect/to_string.hpp>
#include <tapeless/tapeless.hpp>
