// Result<T>: a value or a Fault. Every step of the system that can fail returns one; nothing throws
// across a room's border.
//
// A Fault says what is wrong, where (file:line, file:byte or a path) and what to do, and is printed as
// `what: where: what to do`. It never holds a full phone number: whoever builds one passes text that
// came from an input through `without_numbers` (base/text.h).
//
// Thread rule: value types, no shared state.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace sendh {

enum class FaultKind : unsigned char {
    usage,        // the command was called in a way that cannot work
    input,        // what was delivered cannot be read or contradicts itself
    missing,      // a file, case, register, campaign ... that was named is not there
    io,           // the machine refused: disk full, read-only, no permission
    corrupt,      // bytes of ours are damaged, or were made by a newer version
    key,          // key missing, wrong, or too widely readable
    interrupted,  // the user stopped it
};
inline constexpr int fault_kinds = 7;

// "input", "missing" ... for JSON and tests.
[[nodiscard]] std::string_view name_of(FaultKind kind);

struct Fault {
    FaultKind kind = FaultKind::input;
    std::string what;
    std::string where;
    std::string to_do;

    // `what: where: what to do`, empty parts left out.
    [[nodiscard]] std::string message() const;
};

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Fault fault) : state_(std::in_place_index<1>, std::move(fault)) {}

    [[nodiscard]] bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    // REQUIRES: ok().
    [[nodiscard]] T& value() & { return std::get<0>(state_); }
    [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
    [[nodiscard]] T value() && { return std::get<0>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T operator*() && { return std::get<0>(std::move(state_)); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    // REQUIRES: !ok().
    [[nodiscard]] const Fault& fault() const& { return std::get<1>(state_); }
    [[nodiscard]] Fault fault() && { return std::get<1>(std::move(state_)); }

private:
    std::variant<T, Fault> state_;
};

struct Nothing {};
// The result of a step that has no value to give.
using Done = Result<Nothing>;
inline Done done() { return Nothing{}; }

}  // namespace sendh

#define SENDH_JOIN_(a, b) a##b
#define SENDH_JOIN(a, b) SENDH_JOIN_(a, b)

// SENDH_TRY(auto x, expr): x becomes the value of expr, or the enclosing function returns its fault.
#define SENDH_TRY(declaration, expression) \
    SENDH_TRY_IMPL(SENDH_JOIN(sendh_try_, __LINE__), declaration, expression)
#define SENDH_TRY_IMPL(temporary, declaration, expression) \
    auto temporary = (expression);                         \
    if (!temporary.ok()) {                                 \
        return std::move(temporary).fault();               \
    }                                                      \
    declaration = std::move(temporary).value()

// SENDH_CHECK(expr): the enclosing function returns the fault of expr, if it has one.
#define SENDH_CHECK(expression) SENDH_CHECK_IMPL(SENDH_JOIN(sendh_check_, __LINE__), expression)
#define SENDH_CHECK_IMPL(temporary, expression)  \
    do {                                         \
        auto temporary = (expression);           \
        if (!temporary.ok()) {                   \
            return std::move(temporary).fault(); \
        }                                        \
    } while (false)
