// SPDX-License-Identifier: BSL-1.0
// Every block breaks one rule of the driver; `complaint:` is what the driver must say.
template <int N>
struct type {};

#ifdef MISTAKE_1  // EXPECT: first
// complaint: 2 errors
static_assert(false, "first");
static_assert(false, "second");
#endif

#ifdef MISTAKE_2  // EXPECT: another text
// complaint: first line lacks: another text
static_assert(false, "this text");
#endif

#ifdef MISTAKE_3  // EXPECT: anything
// complaint: compiles
int no_mistake = 0;
#endif

#ifdef MISTAKE_4  // EXPECT: this text
// ALSO: other words
// complaint: output lacks: other words
static_assert(false, "this text");
#endif

#ifdef MISTAKE_5  // EXPECT: overloaded
// complaint: lines
#define OVERLOADS(n)          \
  void overloaded(type<n>);   \
  void overloaded(type<-n>);  \
  void overloaded(type<-n>*); \
  void overloaded(type<n>*)
OVERLOADS(1);
OVERLOADS(2);
OVERLOADS(3);
OVERLOADS(4);
void call() { overloaded(5); }
#endif

#ifdef MISTAKE_6  // EXPECT: tapeless
// complaint: columns
#define FIVE(text) text text text text text
static_assert(false, FIVE(FIVE(FIVE("tapeless"))));
#endif

#ifdef MISTAKE_7  // EXPECT: as it stands
#else
// complaint: does not compile cleanly
int unclean() {}
#endif
