#include <doctest/doctest.h>

#include <memory>
#include <set>
#include <string>

#include "base/result.h"

using namespace sendh;

namespace {

Result<int> half(int n) {
    if (n % 2 != 0) return Fault{FaultKind::input, "odd", "here", "give an even one"};
    return n / 2;
}

Result<int> quarter(int n) {
    SENDH_TRY(const int h, half(n));
    SENDH_TRY(const int q, half(h));
    return q;
}

Done twice_even(int n) {
    SENDH_CHECK(half(n));
    SENDH_CHECK(half(n / 2));
    return done();
}

}  // namespace

TEST_CASE("a fault reads what: where: what to do, and leaves out what is empty") {
    CHECK(Fault{FaultKind::io, "cannot write", "a/b", "free some space"}.message() ==
          "cannot write: a/b: free some space");
    CHECK(Fault{FaultKind::io, "cannot write", "", "free some space"}.message() ==
          "cannot write: free some space");
    CHECK(Fault{FaultKind::io, "cannot write", "a/b", ""}.message() == "cannot write: a/b");
    CHECK(Fault{FaultKind::io, "cannot write", "", ""}.message() == "cannot write");
    CHECK(Fault{FaultKind::io, "", "a/b", "look"}.message() == "a/b: look");
    CHECK(Fault{}.message().empty());
}

TEST_CASE("every kind of fault has a name of its own") {
    std::set<std::string_view> names;
    for (int k = 0; k < fault_kinds; ++k) names.insert(name_of(static_cast<FaultKind>(k)));
    CHECK(names.size() == fault_kinds);
    CHECK_FALSE(names.contains(""));
    CHECK(name_of(FaultKind::usage) == "usage");
    CHECK(name_of(FaultKind::corrupt) == "corrupt");
    CHECK(name_of(FaultKind::interrupted) == "interrupted");
}

TEST_CASE("a step's fault ends the function that tries it, unchanged") {
    CHECK(*quarter(12) == 3);
    const auto failed = quarter(6);
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.fault().message() == "odd: here: give an even one");
    CHECK(twice_even(4).ok());
    CHECK_FALSE(twice_even(2).ok());
    CHECK_FALSE(twice_even(3).ok());
}

TEST_CASE("a result moves what cannot be copied") {
    const auto make = [](bool good) -> Result<std::unique_ptr<int>> {
        if (!good) return Fault{};
        return std::make_unique<int>(7);
    };
    const auto use = [&](bool good) -> Result<int> {
        SENDH_TRY(const std::unique_ptr<int> p, make(good));
        return *p;
    };
    CHECK(*use(true) == 7);
    CHECK_FALSE(use(false).ok());
    CHECK(*std::move(make(true)).value() == 7);
}

TEST_CASE("a result of Fault's neighbours is told apart from a fault") {
    const Result<std::string> text = std::string("fault");
    CHECK(text.ok());
    CHECK(text->size() == 5);
    CHECK(static_cast<bool>(text));
}
