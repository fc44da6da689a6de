// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>
