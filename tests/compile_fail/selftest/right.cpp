// SPDX-License-Identifier: BSL-1.0
#ifdef MISTAKE_1  // EXPECT: a plain message
// ALSO: right.cpp
static_assert(false, "a plain message");
#endif
#if defined(MISTAKE_2)  // EXPECT: undeclared_name
int second = undeclared_name;
#endif
