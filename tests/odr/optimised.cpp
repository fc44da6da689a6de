// SPDX-License-Identifier: BSL-1.0
#include "program.hpp"

answer optimised() { return differentiate<1>(); }
