// What holds for every BER layout, whatever the bytes.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "ber_builder.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;
using namespace sendh::test::build;

namespace {

const std::vector<std::string> layout_names = {"ts32298", "tap3", "nrtrde"};

std::string whole_file(const std::string& layout, Length form) {
    if (layout == "tap3")
        return tap_batch(tap_mo(app(407, bcd(foreigner))) + app_of(14, "") + tap_mt(app(405, bcd(foreigner))),
                         3, form);
    if (layout == "nrtrde")
        return nrtrde(nrtrde_event(3, app(27, foreigner)) + nrtrde_event(4, app(22, foreigner)), 2, form);
    return mo_call(address(0, "9876500010"), "", form) + std::string(20, '\0') + mt_call() + inc_gateway();
}

void check_books(const Reading& r, std::string_view bytes) {
    RC_ASSERT(!r.fault);
    RC_ASSERT(r.summary.rows == r.summary.accepted + r.summary.rejected);
    RC_ASSERT(r.summary.rejected == r.rejects.size());
    RC_ASSERT(r.summary.accepted == r.calls.size());
    for (const KeptReject& reject : r.rejects) {
        RC_ASSERT(reject.line == 0);
        RC_ASSERT(!reject.raw.empty());
        RC_ASSERT(bytes.substr(reject.offset).starts_with(reject.raw));
    }
    for (std::size_t i = 0; i < r.calls.size(); ++i) {
        RC_ASSERT(r.calls.offset[i] < bytes.size());
        RC_ASSERT(!r.calls.callee[i].is_none());
        RC_ASSERT(r.calls.duration[i] >= -1);
    }
}

}  // namespace

TEST_CASE("a file with any octets changed, put in or taken out keeps its books, in pieces of any size") {
    for (const std::string& layout : layout_names) {
        CHECK(rc::check([&] {
            std::string bytes = whole_file(
                layout, *rc::gen::element(Length::shortest, Length::indefinite, Length::long_form));
            const auto slips = *rc::gen::inRange(1, 6);
            for (int i = 0; i < slips; ++i) {
                const auto where = *rc::gen::inRange<std::size_t>(0, bytes.size());
                const auto value =
                    *rc::gen::element('\0', '\x80', '\xFF', '\x30', '\xA0', '\x01', '\x7F', 'x');
                switch (*rc::gen::inRange(0, 3)) {
                    case 0: bytes[where] = value; break;
                    case 1: bytes.insert(where, 1, value); break;
                    default: bytes.erase(where, 1); break;
                }
            }
            const Reading r = read_layout(layout, bytes);
            const Reading again = read_layout(layout, bytes, {}, *rc::gen::inRange<std::size_t>(1, 40));
            RC_ASSERT(again.fault.has_value() == r.fault.has_value());
            if (r.fault) {  // nothing of the layout was left, or a length now runs over the end of the file
                RC_ASSERT((is_cut(r) || r.fault->what.starts_with("there is no ")));
                return;
            }
            check_books(r, bytes);
            RC_ASSERT(again.rejects == r.rejects);
            RC_ASSERT(again.calls.callee == r.calls.callee);
            RC_ASSERT(again.calls.offset == r.calls.offset);
            RC_ASSERT(again.summary.notes == r.summary.notes);
            (void)recognise(head_of(bytes));
        }));
    }
}

TEST_CASE("every layout balances its books on the files of the others, and none shows a number in a note") {
    for (const std::string& layout : layout_names) {
        for (const std::string& other : layout_names) {
            const std::string bytes = whole_file(other, Length::shortest) + "919876500010";
            const Reading r = read_layout(layout, bytes);
            if (other != layout && is_cut(r)) continue;  // the digits look like a record that was cut off
            REQUIRE_FALSE(r.fault);
            CHECK(r.summary.rows == r.summary.accepted + r.summary.rejected);
            for (const std::string& note : r.summary.notes) {
                CHECK(note.find("9876500010") == std::string::npos);
                CHECK(note.find("971500000001") == std::string::npos);
            }
        }
    }
}

TEST_CASE("a file of another layout is no empty report, and the fault names its own") {
    const auto fault = [](const std::string& layout, const std::string& bytes) {
        const Reading r = read_layout(layout, bytes);
        return r.fault ? r.fault->message() : std::string();
    };
    const std::string report = whole_file("nrtrde", Length::shortest);
    CHECK(fault("tap3", report).find("not of layout 'tap3'") != std::string::npos);
    CHECK(fault("tap3", report).find("that of layout 'nrtrde'") != std::string::npos);
    const std::string batch = whole_file("tap3", Length::indefinite);
    CHECK(fault("nrtrde", batch).find("that of layout 'tap3'") != std::string::npos);
    CHECK(fault("nrtrde", app_of(1, "")).find("no known layout begins like this") != std::string::npos);
    // Padding alone, and a data file without a list.
    for (const std::string& layout : layout_names)
        CHECK(fault(layout, std::string(512, '\0')).find("no empty report of it either") !=
              std::string::npos);
    CHECK(fault("ts32298", element(0, true, 16, ctx_of(0, ctx(0, "x")))).find("no record in the file") !=
          std::string::npos);
}

TEST_CASE("a file that ends inside its first record says so, with the byte") {
    for (const std::string& layout : layout_names) {
        const std::string bytes = whole_file(layout, Length::shortest);
        const Reading r = read_layout(layout, bytes.substr(0, 40));
        REQUIRE(is_cut(r));
        CHECK(r.fault->where == "byte 40");
        CHECK(r.fault->to_do.find("cut off") != std::string::npos);
    }
    // A length that no file can have is not a cut.
    const Reading lie = read_layout("ts32298", "\x30\x88" + std::string(8, '\xFF') + "xxxx");
    REQUIRE_FALSE(lie.fault);
    CHECK(lie.summary.rejected == 1);
    // Nor is a record that runs over its list: what holds it is whole.
    const Reading over = read_layout("nrtrde", nrtrde("\x63\x7Fxx", 1));
    REQUIRE_FALSE(over.fault);
    CHECK(over.summary.rejected == 1);
}

TEST_CASE("recognition goes by structure: each layout takes its own, and no text is BER") {
    for (const std::string& layout : layout_names) {
        for (const Length form :
             {Length::shortest, Length::long_form, Length::eight_octets, Length::indefinite}) {
            const auto found = recognise(head_of(whole_file(layout, form)));
            REQUIRE(found.ok());
            CHECK((*found)->name == layout);
        }
    }
    CHECK(rc::check([] {
        const auto text = *rc::gen::container<std::string>(rc::gen::inRange(' ', '\x7F'));
        for (const char first : {'a', 'b', '0', '\n'}) {
            for (const std::string& layout : layout_names)
                RC_ASSERT(find_layout(layout)->recognise(head_of(first + text)) == 0);
        }
    }));
}

TEST_CASE("a sink that refuses stops the reading of BER with its fault") {
    const Fault full = {FaultKind::io, "disk full", "", ""};
    const CallSink no_calls = {[&](CallBatch&) -> Done { return full; },
                               [](const Reject&) { return done(); }};
    const CallSink no_rejects = {[](CallBatch&) { return done(); },
                                 [&](const Reject&) -> Done { return full; }};
    for (const std::string& layout : layout_names) {
        NameTable names;
        const std::string good = whole_file(layout, Length::shortest);
        const std::string bad = good + "\x04\x7F";
        CHECK_FALSE(find_layout(layout)->read(head_of(good), memory_source(good), {}, names, no_calls).ok());
        CHECK_FALSE(find_layout(layout)->read(head_of(bad), memory_source(bad), {}, names, no_rejects).ok());
        const ByteSource torn = [](std::span<char>) -> Result<std::size_t> {
            return Fault{FaultKind::io, "torn", "", ""};
        };
        const CallSink sink = {[](CallBatch&) { return done(); }, [](const Reject&) { return done(); }};
        CHECK(find_layout(layout)->read(head_of(good), torn, {}, names, sink).fault().what == "torn");
    }
}
