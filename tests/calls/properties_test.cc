#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "police_reports.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

const std::string ild_header =
    "CALL_TIME,CALL_DATE,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER,CALL_DURATION_SEC,ORIG_SWITCH_ID,ORG_TRUNC_"
    "GROUP,"
    "TERM_TRUNC_GROUP,CALL_DIRECTION,CALL_TYPE,ORIG_CARR_NAME,TERM_CARR_NAME,Country\n";
const std::string airtel_header = "Target No,Call Type,B Party No,Date,Time\n";
constexpr std::string_view mapping = "[columns]\ntime = 1\ncli = 2\ncallee = 3\nduration = 4\n";

std::string mess(const std::vector<std::string>& signs) {
    std::string out;
    for (const auto i :
         *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, signs.size())))
        out += signs[i];
    return out;
}

const std::vector<std::string>& ild_signs() {
    static const std::vector<std::string> signs = {
        "14:17:12,23/01/2025,971500000001,9876500010,30,SW1,T1,T2,IN,VOICE,A,B,UAE\n",
        "14:17:12,03/04/2025,9876500001,9876500010,0,SW1,T1,T2,OUT,SMS,A,B,\n",
        "14:17:12,01/23/2025,",
        "971500000001,",
        ",",
        "\n",
        "\r\n",
        "\"",
        "9.19877E+11,",
        "x",
        "-----\n",
        "\xE9",
        "\xC3\xA9",
        "'",
        ild_header,
        "Total Records : 2\n",
        "No records found\n",
        "14:17:12,23/01/2025,,,,,,,,,,,\n"};
    return signs;
}

void check_books(const Reading& r, std::string_view bytes) {
    if (r.fault) {
        RC_ASSERT(!r.fault->what.empty());
        return;
    }
    RC_ASSERT(r.summary.rows == r.summary.accepted + r.summary.rejected);
    RC_ASSERT(r.summary.rejected == r.rejects.size());
    RC_ASSERT(r.summary.accepted == r.calls.size() + r.complaints.size());
    for (const KeptReject& reject : r.rejects) {
        RC_ASSERT(bytes.substr(reject.offset).starts_with(reject.raw));
        RC_ASSERT(reject.line >= 1);
    }
    for (std::size_t i = 0; i < r.calls.size(); ++i) {
        RC_ASSERT(r.calls.offset[i] < bytes.size());
        RC_ASSERT(r.calls.trunk_in[i] < r.names.size());
        RC_ASSERT(!r.calls.callee[i].is_none());
    }
}

bool same(const Reading& a, const Reading& b) {
    if (a.fault.has_value() != b.fault.has_value()) return false;
    if (a.fault) return a.fault->message() == b.fault->message();
    return a.summary.rows == b.summary.rows && a.summary.notes == b.summary.notes && a.rejects == b.rejects &&
           a.calls.time == b.calls.time && a.calls.cli == b.calls.cli && a.calls.callee == b.calls.callee &&
           a.calls.line == b.calls.line && a.calls.offset == b.calls.offset &&
           a.calls.trunk_in == b.calls.trunk_in && a.summary.date_evidence == b.summary.date_evidence;
}

}  // namespace

// Read in parts of any size, by a crew or alone.
ReadOptions cut_up() {
    static Crew crew(2);
    ReadOptions options;
    options.piece_size = *rc::gen::inRange<std::size_t>(1, 200);
    options.crew = *rc::gen::arbitrary<bool>() ? &crew : nullptr;
    return options;
}

TEST_CASE("rows = accepted + rejected for whatever stands behind a header, in pieces of any size") {
    CHECK(rc::check([] {
        const std::string bytes = ild_header + mess(ild_signs());
        const Reading whole = read_layout("ild", bytes);
        check_books(whole, bytes);
        RC_ASSERT(same(whole, read_layout("ild", bytes, cut_up(), *rc::gen::inRange<std::size_t>(1, 64))));
    }));
    CHECK(rc::check([] {
        const std::string bytes =
            airtel_header + mess({"'9876500001',IN,'9876500002','15/04/2026',09:42:17\n",
                                  "'9876500001',SMT,'AD-Airtel-S','15/04/2026',08:26:10\n", "OUT,", ",", "\n",
                                  "'", "\"", "12/13/2026", "BHARTI AIRTEL LIMITED\n", airtel_header});
        const Reading whole = read_layout("airtel", bytes);
        check_books(whole, bytes);
        RC_ASSERT(same(whole, read_layout("airtel", bytes, cut_up(), *rc::gen::inRange<std::size_t>(1, 64))));
    }));
    CHECK(rc::check([] {
        const std::string bytes = "t,a,b,d\n" + mess({"2025-01-23 10:20:30,971500000001,9876500010,5\n",
                                                      "23/01/2025 10:20:30,,1909,\n", ",", "\n", "\"", "x",
                                                      "t,a,b,d\n", "01/02/2025 9:10,1,9876500010,7\n"});
        const Reading whole = read_by(mapping, bytes);
        check_books(whole, bytes);
        RC_ASSERT(same(whole, read_by(mapping, bytes, cut_up(), *rc::gen::inRange<std::size_t>(1, 64))));
    }));
    CHECK(rc::check([] {
        const std::string bytes =
            "number,time,text,threat\n" + mess({"9876500010,2025-01-23,\"a\nb\",yes\n", "nobody,,,\n", ",",
                                                "\"", "\n", "9876500010,23/01/2025 10:20,x,?\n"});
        check_books(read_reports(bytes), bytes);
    }));
}

TEST_CASE("arbitrary bytes are answered, never dropped and never fatal") {
    CHECK(rc::check([](const std::string& bytes) {
        (void)recognise(head_of(bytes)).ok();
        for (const std::string& header : {std::string(), ild_header}) {
            const std::string text = header + bytes;
            check_books(read_layout("ild", text), text);
        }
        for (const ReportLayout& layout : report_layouts()) {
            const std::string text = header_of(layout) + bytes;
            check_books(read_layout(layout.name, text), text);
        }
        check_books(read_by(mapping, bytes), bytes);
        check_books(read_reports(bytes), bytes);
        (void)parse_mapping(bytes, "m.toml").ok();
    }));
}

TEST_CASE("the order of dates is decided for the file, not for a part of it") {
    CHECK(rc::check([] {
        std::string bytes = ild_header;
        const auto dates = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
            "05/05/2025", "05/05/2025", "06/01/2025", "05/13/2025", "13/05/2025", "2025-05-13"));
        for (const std::string& date : dates)
            bytes += "14:17:12," + date + ",971500000001,9876500010,30,SW1,T1,T2,IN,VOICE,A,B,UAE\n";
        // The head decides on as much of the file as it holds.
        const auto head = ild_header.size() + *rc::gen::inRange<std::size_t>(0, 200);
        const Reading whole = read_layout("ild", bytes, {}, 1 << 16, head);
        const Reading cut = read_layout("ild", bytes, cut_up(), 1 << 16, head);
        RC_ASSERT(whole.fault.has_value() == cut.fault.has_value());
        if (whole.fault) {
            RC_ASSERT(whole.fault->message() == cut.fault->message());
        } else {
            RC_ASSERT(same(whole, cut));
        }
    }));
}

TEST_CASE("a call's line and offset point at its row") {
    const std::string row = "14:17:12,23/01/2025,971500000001,9876500010,30,SW1,T1,T2,IN,VOICE,A,B,UAE";
    CHECK(rc::check([&] {
        std::string bytes = ild_header;
        std::vector<std::uint64_t> lines, offsets;
        std::uint64_t line = 2;
        const auto fillers = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4));
        for (const int filler : fillers) {
            if (filler == 0) bytes += "\r\n", ++line;
            if (filler == 1) bytes += "x\n", ++line;
            if (filler == 2) bytes += "\"a\nb\",c\n", line += 2;
            lines.push_back(line++);
            offsets.push_back(bytes.size());
            bytes += row + "\n";
        }
        const Reading r = read_layout("ild", bytes, cut_up(), *rc::gen::inRange<std::size_t>(1, 300));
        RC_ASSERT(r.calls.line == lines);
        RC_ASSERT(r.calls.offset == offsets);
    }));
}

TEST_CASE("reports to law enforcement keep their books under random damage, in pieces of any size") {
    for (const ReportLayout& layout : report_layouts()) {
        CAPTURE(layout.name);
        CHECK(rc::check([&] {
            ReportedCall out, message, destroyed;
            out.incoming = false;
            message.sms = true;
            message.party = "AD-Firma-S";
            destroyed.party = "9.19877E+11";
            const std::string good = row_of(layout, out);
            std::string bytes =
                report_of(layout, {{}}) +
                mess({good, row_of(layout, message), row_of(layout, destroyed), layout.preamble,
                      header_of(layout), layout.trailer, "Total Records :,2\n", "CDR COUNT : 1\n",
                      "No records found\n", "Note :- words, and more words\n", "-----\n",
                      good.substr(0, good.size() / 2), ",", "\n", "\"", "'", "\xE9"});
            const auto edits = *rc::gen::container<std::vector<std::pair<std::size_t, char>>>(
                rc::gen::pair(rc::gen::arbitrary<std::size_t>(),
                              rc::gen::element(',', '\n', '"', '\'', '-', '9', 'E', '.', ' ', '\xC3', 'x')));
            for (const auto& [at, sign] : edits) {
                const std::size_t i = at % (bytes.size() + 1);
                if (at % 3 == 0) {
                    bytes.insert(i, 1, sign);
                } else if (i < bytes.size() && at % 3 == 1) {
                    bytes[i] = sign;
                } else if (i < bytes.size()) {
                    bytes.erase(i, 1 + at % 7);
                }
            }
            (void)recognise(head_of(bytes)).ok();
            const Reading whole = read_layout(layout.name, bytes);
            check_books(whole, bytes);
            RC_ASSERT(
                same(whole, read_layout(layout.name, bytes, {}, *rc::gen::inRange<std::size_t>(1, 64))));
        }));
    }
}

TEST_CASE("commas in any cells of a report never give another number, time or trunk") {
    for (const ReportLayout& layout : report_layouts()) {
        CAPTURE(layout.name);
        ReportedCall call;
        call.duration = "1041";
        const Reading expected = read_layout(layout.name, report_of(layout, {call}));
        REQUIRE(expected.summary.accepted == 1);
        std::size_t taken = 0;
        CHECK(rc::check([&] {
            std::vector<std::string> cells;
            for (const std::string& column : layout.columns) cells.push_back(cell_of(layout, column, call));
            const int commas = *rc::gen::inRange(1, 5);
            for (int i = 0; i < commas; ++i) {
                const auto c = *rc::gen::inRange<std::size_t>(0, cells.size());
                std::string& cell = cells[c];
                const std::string whole = cell_of(layout, layout.columns[c], call);
                // Nobody writes commas into times, dates and cell identities.
                if (whole.find(':') != whole.npos || whole.find('/') != whole.npos || whole.find("404-") == 0)
                    continue;
                if (const auto number = parse_integer(whole)) {
                    cell = grouped(static_cast<std::uint64_t>(*number));  // 9,876,500,002
                } else {
                    cell.insert(*rc::gen::inRange<std::size_t>(0, cell.size() + 1), ",");
                }
            }
            std::string line = line_of(cells);
            const int more = *rc::gen::inRange(0, 3);
            line.insert(line.size() - 1, static_cast<std::size_t>(more), ',');
            const std::string bytes = layout.preamble + header_of(layout) + line;
            const Reading r = read_layout(layout.name, bytes);
            check_books(r, bytes);
            if (r.fault || r.calls.size() == 0) return;
            ++taken;
            RC_ASSERT(r.calls.cli == expected.calls.cli);
            RC_ASSERT(r.calls.callee == expected.calls.callee);
            RC_ASSERT(r.calls.redirect == expected.calls.redirect);
            RC_ASSERT(r.calls.time == expected.calls.time);
            RC_ASSERT(r.calls.duration == expected.calls.duration);
            RC_ASSERT(r.names.name(r.calls.trunk_in[0]) == expected.names.name(expected.calls.trunk_in[0]));
            RC_ASSERT(r.names.name(r.calls.trunk_out[0]) == expected.names.name(expected.calls.trunk_out[0]));
        }));
        CHECK(taken > 0);
    }
}
