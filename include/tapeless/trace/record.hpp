// SPDX-License-Identifier: BSL-1.0
#pragma once

// Structures with parts of their own types: std::tuple, std::pair, hana::tuple, and aggregates
// adapted with BOOST_HANA_DEFINE_STRUCT or BOOST_HANA_ADAPT_STRUCT, which are called records here.

#include <tapeless/primitive/text_view.hpp>
#include <tapeless/trace/container.hpp>
#include <tapeless/trace/misuse.hpp>

#include <boost/hana/accessors.hpp>
#include <boost/hana/fwd/at.hpp>
#include <boost/hana/fwd/pair.hpp>
#include <boost/hana/fwd/tuple.hpp>

#include <array>
#include <tuple>
#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What a body sees for a record: its parts by structured binding and by get<"name">. C++20 can not
/// make the same structure of other types, unless it is a template (see leaf_form).
template <class Form, class... T>
struct traced_record;

/// How a structure is made of parts of other types.
struct tuple_form {
  template <class... T>
  using of = std::tuple<T...>;
};
/// That of std::tuple is void in shapes: names of types, and messages, are shorter.
template <class Form>
using maker_of = std::conditional_t<std::is_void_v<Form>, tuple_form, Form>;
struct hana_tuple_form {
  template <class... T>
  using of = boost::hana::tuple<T...>;
};
template <int N>
struct repeated_form {
  template <class T, class...>
  using of = std::array<T, static_cast<std::size_t>(N)>;
};
template <class S>
struct members_by_get_or_binding {
  template <class... T>
  using of = traced_record<members_by_get_or_binding, T...>;
};

namespace detail {

template <class S>
using accessors = decltype(boost::hana::accessors_impl<S>::apply());

/// Names and accessors of the members of a record.
template <class Accessors>
struct members {
  static constexpr bool exist = false;
};
template <class... Name, class... Access>
struct members<boost::hana::tuple<boost::hana::pair<Name, Access>...>> {
  static constexpr bool exist = true;
  static constexpr std::size_t size = sizeof...(Name);
  template <std::size_t I>
  using name = std::tuple_element_t<I, std::tuple<Name...>>;
  template <std::size_t I>
  using access = std::tuple_element_t<I, std::tuple<Access...>>;
};

template <class S>
concept with_accessors = std::is_class_v<S> && !symbolic<S> && requires { typename accessors<S>; };
template <class S>
using members_of = members<accessors<S>>;

template <template <char...> class Text, char... C>
constexpr bool is_named(Text<C...>*, text_view name) {
  const char text[]{C..., 0};
  return name == text_view(text, sizeof...(C));
}

}  // namespace detail

/// An adapted aggregate.
template <class S>
inline constexpr bool is_record = false;
template <detail::with_accessors S>
inline constexpr bool is_record<S> = detail::members_of<S>::exist;

/// The parts of structures that are no std::tuple and no std::pair.
template <class T>
struct record_parts;
template <class S>
  requires is_record<S>
struct record_parts<S> {
  using members = detail::members_of<S>;
  static constexpr std::size_t size = members::size;
  template <std::size_t I, class R>
  TAPELESS_KERNEL static constexpr decltype(auto) get(R& r) {
    return typename members::template access<I>{}(r);
  }
};
template <class... T>
struct record_parts<boost::hana::tuple<T...>> {
  static constexpr std::size_t size = sizeof...(T);
  template <std::size_t I, class R>
  TAPELESS_KERNEL static constexpr decltype(auto) get(R& r) {
    return boost::hana::at_c<I>(r);
  }
};
template <class Form, class... T>
struct record_parts<traced_record<Form, T...>> {
  static constexpr std::size_t size = sizeof...(T);
  template <std::size_t I, class R>
  TAPELESS_KERNEL static constexpr auto& get(R& r) {
    return std::get<I>(r.parts);
  }
};

template <class T>
inline constexpr bool is_hana_tuple = false;
template <class... T>
inline constexpr bool is_hana_tuple<boost::hana::tuple<T...>> = true;
template <class T>
inline constexpr bool is_traced_record = false;
template <class Form, class... T>
inline constexpr bool is_traced_record<traced_record<Form, T...>> = true;

/// Structures whose parts have types of their own.
template <class T>
inline constexpr bool is_tuple_like = is_record<T>;
template <class... T>
inline constexpr bool is_tuple_like<boost::hana::tuple<T...>> = true;
template <class Form, class... T>
inline constexpr bool is_tuple_like<traced_record<Form, T...>> = true;
template <class... T>
inline constexpr bool is_tuple_like<std::tuple<T...>> = true;
template <class A, class B>
inline constexpr bool is_tuple_like<std::pair<A, B>> = true;

/// Arrays of containers and of records: what a body sees for them is an array too.
template <int Rank, bool Integers>
class traced_view;
template <class T>
inline constexpr bool is_whole =
    container<T> || is_hana_tuple<T> || is_traced_record<T> || is_record<T>;
template <int Rank, bool Integers>
inline constexpr bool is_whole<traced_view<Rank, Integers>> = true;
template <class T, std::size_t N>
inline constexpr bool is_whole<std::array<T, N>> = N > 0 && is_whole<T>;
template <class T, std::size_t N>
inline constexpr bool is_tuple_like<std::array<T, N>> = N > 0 && is_whole<T>;

template <class T>
inline constexpr bool is_standard_tuple = false;
template <class... T>
inline constexpr bool is_standard_tuple<std::tuple<T...>> = true;
template <class A, class B>
inline constexpr bool is_standard_tuple<std::pair<A, B>> = true;
template <class T, std::size_t N>
inline constexpr bool is_standard_tuple<std::array<T, N>> = true;

template <class T>
struct part_counter : std::tuple_size<T> {};
template <class T>
  requires(is_tuple_like<T> && !is_standard_tuple<T>)
struct part_counter<T> : std::integral_constant<std::size_t, record_parts<T>::size> {};
/// Part number I of any of them, or of a std::array.
template <std::size_t I, class T>
TAPELESS_KERNEL constexpr decltype(auto) part_of(T& t) {
  using plain = std::remove_cv_t<T>;
  if constexpr (!is_standard_tuple<plain> && is_tuple_like<plain>) {
    return record_parts<plain>::template get<I>(t);
  } else {
    return std::get<I>(t);
  }
}
template <class T>
using part_indices = std::make_index_sequence<part_counter<T>::value>;

template <std::size_t I, class T>
struct part_type_of : std::tuple_element<I, T> {};
template <std::size_t I, class T>
  requires(is_tuple_like<T> && !is_standard_tuple<T>)
struct part_type_of<I, T> {
  using type = std::remove_cvref_t<decltype(record_parts<T>::template get<I>(std::declval<T&>()))>;
};
template <std::size_t I, class T>
using part_type = typename part_type_of<I, T>::type;

template <class Form, class... T>
struct traced_record {
  std::tuple<T...> parts;

  constexpr traced_record() = default;
  constexpr explicit traced_record(T... part)
    requires(sizeof...(T) > 0)
      : parts(std::move(part)...) {}
};
template <std::size_t I, class Form, class... T>
constexpr const auto& get(const traced_record<Form, T...>& r) {
  return std::get<I>(r.parts);
}
template <std::size_t I, class Form, class... T>
constexpr auto& get(traced_record<Form, T...>& r) {
  return std::get<I>(r.parts);
}
template <std::size_t I, class Form, class... T>
constexpr auto&& get(traced_record<Form, T...>&& r) {
  return std::get<I>(std::move(r.parts));
}

namespace detail {

template <class R>
struct named_members;
template <class R>
  requires is_record<R>
struct named_members<R> : members_of<R> {};
template <class S, class... T>
struct named_members<traced_record<members_by_get_or_binding<S>, T...>> : members_of<S> {};
template <class R>
concept has_names = requires { named_members<R>::size; };

template <class Members, std::size_t... I>
constexpr std::size_t position_of_member(text_view name, std::index_sequence<I...>) {
  std::size_t found = sizeof...(I);
  ((is_named(static_cast<typename Members::template name<I>*>(nullptr), name) ? found = I : 0),
   ...);
  return found;
}

}  // namespace detail

/// The name of a member that does not exist, readable in all compilers' messages.
template <char... Name>
struct name;
template <fixed_string Name, std::size_t... I>
constexpr auto name_of_text(std::index_sequence<I...>) -> name<Name.text[I]...>*;
template <class Name, class Record>
constexpr auto no_member(Name*, const Record&) {
  static_assert(never<Record>,
                "tapeless::get<name>(p): 'p' has no member of this name: the name<...> of "
                "no_member, below");
  return 0;
}
template <class T>
constexpr auto no_names() {
  static_assert(never<T>,
                "tapeless::get<name>(p): 'p' is no structure with names, BOOST_HANA_DEFINE_STRUCT; "
                "parts of std::tuple, std::pair and std::array: get<0>(p), auto [a, b] = p");
  return 0;
}
/// In its place: what everything can be done with, or what becomes anything.
struct any_value {
  template <class T>
  constexpr operator T() const {
    return T();
  }
};
template <class R>
using missing_member = std::conditional_t<is_record<R> || std::same_as<R, any_value>, any_value,
                                          typename stand_in<R>::type>;

/// get<"W">(p): a member of an adapted aggregate, also of what a function's body sees for one.
/// Errors:   compile error if it has no member of this name
template <fixed_string Name, class R>
  requires detail::has_names<std::remove_const_t<R>>
TAPELESS_INLINE constexpr decltype(auto) get(R& r) {
  using members = detail::named_members<std::remove_const_t<R>>;
  constexpr std::size_t i =
      detail::position_of_member<members>(Name.view(), std::make_index_sequence<members::size>{});
  if constexpr (i == members::size) {
    using text = decltype(name_of_text<Name>(std::make_index_sequence<Name.view().size()>{}));
    no_member(text{}, r);
    return missing_member<std::remove_const_t<R>>{};
  } else {
    return (part_of<i>(r));
  }
}
template <fixed_string Name, class R>
  requires(detail::has_names<R> && !std::is_lvalue_reference_v<R>)
TAPELESS_INLINE constexpr auto get(R&& r) {
  return get<Name>(r);
}
template <fixed_string Name, class R>
  requires(!detail::has_names<std::remove_cvref_t<R>>)
constexpr auto get(R&&) {
  using plain = std::remove_cvref_t<R>;
  using result = missing_member<plain>;
  if constexpr (!std::same_as<plain, result>) no_names<plain>();
  return result{};
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless

template <class Form, class... T>
struct std::tuple_size<tapeless::traced_record<Form, T...>>
    : std::integral_constant<std::size_t, sizeof...(T)> {};
template <std::size_t I, class Form, class... T>
struct std::tuple_element<I, tapeless::traced_record<Form, T...>> {
  using type = std::tuple_element_t<I, std::tuple<T...>>;
};
