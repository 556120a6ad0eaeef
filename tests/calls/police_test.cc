// What holds for every layout of reports to law enforcement. What one of them has alone is in its own test.
#include "police_reports.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

const PhoneNumber target = PhoneNumber::from_e164(919876500001);
const PhoneNumber party = PhoneNumber::from_e164(919876500002);

// Runs the checks for each layout, with its name in every message.
template <class Checks>
void for_each_layout(const Checks& checks) {
    for (const ReportLayout& layout : report_layouts()) {
        CAPTURE(layout.name);
        checks(layout);
    }
}

Reading read_calls(const ReportLayout& layout, const std::vector<ReportedCall>& calls,
                   const ReadOptions& options = {}) {
    return read_layout(layout.name, report_of(layout, calls), options);
}

// It is recognised as this layout, and no other layout finds its required columns in it.
void check_is(const ReportLayout& layout, const std::string& bytes) {
    const auto found = recognise(head_of(bytes));
    REQUIRE(found.ok());
    CHECK((*found)->name == layout.name);
    for (const Layout& other : layouts()) {
        CAPTURE(other.name);
        if (other.name == layout.name) {
            CHECK(other.recognise(head_of(bytes)) >= 60);
        } else {
            CHECK(other.recognise(head_of(bytes)) < 60);
        }
    }
    const Reading r = read_layout(layout.name, bytes);
    REQUIRE_FALSE(r.fault);
    CHECK(r.summary.rows == 2);
    REQUIRE(r.summary.accepted == 2);
    CHECK(r.calls.cli == std::vector{party, target});
    CHECK(r.calls.callee == std::vector{target, party});
}

std::vector<ReportedCall> both_ways() {
    ReportedCall out;
    out.incoming = false;
    return {{}, out};
}

}  // namespace

TEST_CASE("a report is recognised as its own layout and as no other, in any dress") {
    for_each_layout([](const ReportLayout& layout) {
        const std::vector<ReportedCall> calls = both_ways();
        const std::string whole = report_of(layout, calls);
        check_is(layout, whole);
        check_is(layout, "\xEF\xBB\xBF" + whole);
        check_is(layout, whole.substr(layout.preamble.size()));

        std::vector<std::string> columns = layout.columns;
        std::reverse(columns.begin(), columns.end());
        const auto table = [&](char delimiter) {
            std::string out = line_of(columns, delimiter);
            for (const ReportedCall& call : calls) out += row_of(layout, call, columns, delimiter);
            return out;
        };
        check_is(layout, layout.preamble + table(','));
        check_is(layout, layout.preamble + table('\t'));
        check_is(layout, table(';'));
        columns = layout.needed;
        check_is(layout, layout.preamble + table(','));
        check_is(layout, table('\t'));

        std::string letter;
        for (int i = 1; i <= 30; ++i) letter += "line " + std::to_string(i) + " of a letter, with a comma\n";
        check_is(layout, letter + whole);
        check_is(layout, letter + table(','));

        std::string windows;
        for (const char c : whole) windows += c == '\n' ? "\r\n" : std::string(1, c);
        check_is(layout, windows);
    });
}

TEST_CASE("an operator that is named in a report does not make it that operator's report") {
    for (const std::string place : {"BHARTI AIRTEL LIMITED", "VODAFONE IDEA CALL DATA RECORDS",
                                    "Reliance Jio Infocomm", "Search Criteria : MSISDN"}) {
        for_each_layout([&](const ReportLayout& layout) {
            std::vector<ReportedCall> calls = both_ways();
            for (ReportedCall& call : calls) call.place = place;
            std::vector<std::string> columns = layout.needed;
            columns.insert(columns.begin(), "First BTS Location");
            std::string bytes = line_of(columns);
            for (const ReportedCall& call : calls) bytes += row_of(layout, call, columns);
            check_is(layout, bytes);
        });
    }
    const std::string gateway =
        "ORIG_CARR_NAME,CALL_TIME,CALL_DATE,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER\n"
        "Bharti Airtel,14:17:12,23/01/2025,971500000001,9876500010\n";
    CHECK((*recognise(head_of(gateway)))->name == "ild");
    CHECK_FALSE(recognise(head_of("carrier,start,a,b\nBharti Airtel,2025-01-23 14:17,9715000,98765\n")).ok());
}

TEST_CASE("who called whom, when, how long and over which trunks") {
    for_each_layout([](const ReportLayout& layout) {
        std::vector<ReportedCall> calls = both_ways();
        ReportedCall message;
        message.sms = true;
        message.duration = "0";
        calls.push_back(message);
        message.incoming = false;
        calls.push_back(message);
        ReportedCall unanswered;
        unanswered.duration = "0";
        calls.push_back(unanswered);
        const Reading r = read_calls(layout, calls);
        REQUIRE(r.summary.accepted == 5);
        CHECK(r.calls.cli == std::vector{party, target, party, target, party});
        CHECK(r.calls.callee == std::vector{target, party, target, party, target});
        CHECK(r.calls.direction == std::vector{Direction::incoming, Direction::outgoing, Direction::incoming,
                                               Direction::outgoing, Direction::incoming});
        CHECK(r.calls.service ==
              std::vector{Service::voice, Service::voice, Service::sms, Service::sms, Service::voice});
        CHECK(r.calls.disposition == std::vector{Disposition::answered, Disposition::answered,
                                                 Disposition::unknown, Disposition::unknown,
                                                 Disposition::unanswered});
        CHECK(r.calls.time[0] == at("2026-04-15T09:42:17"));
        CHECK(r.calls.duration[0] == 41);
        CHECK(r.names.name(r.calls.trunk_in[0]) == (layout.trunks ? "TGIN1" : ""));
        CHECK(r.names.name(r.calls.trunk_out[0]) == (layout.trunks ? "TGOUT1" : ""));
        CHECK(r.summary.date_order == DateOrder::day_first);
        CHECK(r.summary.notes.empty());
    });
}

TEST_CASE("a number that a spreadsheet has destroyed is refused, wherever it stands") {
    for_each_layout([](const ReportLayout& layout) {
        for (const bool incoming : {true, false}) {
            ReportedCall party_gone, target_gone, redirect_gone;
            party_gone.party = "9.19877E+11";
            target_gone.target = "9.19877E+11";
            redirect_gone.redirect = "9.19877E+11";
            for (ReportedCall* call : {&party_gone, &target_gone, &redirect_gone}) call->incoming = incoming;
            const Reading r = read_calls(layout, {party_gone, target_gone, redirect_gone});
            REQUIRE(r.rejects.size() == 3);
            for (const KeptReject& reject : r.rejects) CHECK(reject.code == RejectCode::scientific);
            CHECK(r.rejects[0].column != r.rejects[1].column);
            CHECK(r.rejects[2].column == layout.redirect_column);
        }
    });
}

TEST_CASE("numbers in the dress of spreadsheets are the same numbers") {
    for_each_layout([](const ReportLayout& layout) {
        std::vector<ReportedCall> calls;
        for (const std::string dressed :
             {"9876500002.0", "'9876500002'", "'919876500002'", "+919876500002", "09876500002",
              "\"9876500002\"", "=\"9876500002\"", "' 98765 00002 '"}) {
            ReportedCall call;
            call.party = dressed;
            call.redirect = dressed;
            call.duration = "'41'";
            call.date = "'15/04/2026'";
            calls.push_back(call);
        }
        calls[0].duration = "41.0";
        if (layout.name == "common") {
            for (ReportedCall& call : calls) call.date = "15/04/2026";
        }
        const Reading r = read_calls(layout, calls);
        REQUIRE(r.summary.accepted == calls.size());
        CHECK(r.calls.cli == std::vector(calls.size(), party));
        CHECK(r.calls.redirect == std::vector(calls.size(), party));
        CHECK(r.calls.duration == std::vector(calls.size(), 41));
    });
}

TEST_CASE("a sender id is kept as text, a short code as a number, and a withheld number as none") {
    for_each_layout([](const ReportLayout& layout) {
        ReportedCall sender, code, withheld, to_code, to_sender, to_nobody;
        sender.sms = true;
        sender.party = "'AD-Firma-S'";
        code.party = "57575";
        withheld.party = "-";
        to_code.party = "57575";
        to_sender.party = "AD-Firma-S";
        to_nobody.party = "";
        for (ReportedCall* call : {&to_code, &to_sender, &to_nobody}) call->incoming = false;
        const Reading r = read_calls(layout, {sender, code, withheld, to_code, to_sender, to_nobody});
        REQUIRE(r.summary.accepted == 4);
        CHECK(r.calls.cli_class == std::vector{NumberClass::not_digits, NumberClass::short_code,
                                               NumberClass::none, NumberClass::mobile});
        CHECK(r.names.name(r.calls.cli_text[0]) == "AD-Firma-S");
        CHECK(r.calls.callee_class[3] == NumberClass::short_code);
        REQUIRE(r.rejects.size() == 2);
        CHECK(r.rejects[0].code == RejectCode::bad_callee);
        CHECK(r.rejects[1].code == RejectCode::bad_callee);
    });
}

TEST_CASE("a report without records is evidence: no rows, and a note that says so") {
    for_each_layout([](const ReportLayout& layout) {
        std::vector<std::string> whole = {
            layout.preamble + header_of(layout), layout.preamble + header_of(layout) + "No records found\n",
            header_of(layout) + "\"No Record Found\"" + std::string(layout.columns.size() - 1, ',') + "\n",
            layout.preamble + "Note : No records found for the request\n" + header_of(layout) +
                layout.trailer};
        if (!layout.preamble.empty()) {
            whole.push_back(layout.preamble + "No records found\n");
            whole.push_back(layout.preamble + "*** END OF REPORT ***\nCDR COUNT : 0\n");
        }
        for (const std::string& bytes : whole) {
            CAPTURE(bytes);
            const auto found = recognise(head_of(bytes));
            REQUIRE(found.ok());
            CHECK((*found)->name == layout.name);
            const Reading r = read_layout(layout.name, bytes);
            REQUIRE_FALSE(r.fault);
            CHECK(r.summary.rows == 0);
            CHECK(r.summary.notes.size() == 1);
        }
        const Reading alone = read_layout(layout.name, "No records found\n");
        REQUIRE_FALSE(alone.fault);
        CHECK(alone.has_note("no records were found"));
    });
}

TEST_CASE("a preamble without header or records is a fault that helps") {
    for_each_layout([](const ReportLayout& layout) {
        if (layout.preamble.empty()) return;
        const Reading r = read_layout(layout.name, layout.preamble);
        REQUIRE(r.fault);
        CHECK(r.fault->message().find("layout " + layout.name) != std::string::npos);
        CHECK(r.fault->message().find("9876500001") == std::string::npos);
    });
}

TEST_CASE("a report that lacks a required column names it") {
    for_each_layout([](const ReportLayout& layout) {
        for (const std::string& needed : layout.needed) {
            if (needed == "Call Type" && layout.name == "jio") continue;
            std::vector<std::string> columns = layout.columns;
            columns.erase(std::find(columns.begin(), columns.end(), needed));
            const std::string bytes = layout.preamble + line_of(columns) + row_of(layout, {}, columns);
            const auto found = recognise(head_of(bytes));
            REQUIRE(found.ok());
            CHECK((*found)->name == layout.name);
            const Reading r = read_layout(layout.name, bytes);
            REQUIRE(r.fault);
            CHECK(r.fault->what.find(needed) != std::string::npos);
        }
    });
}

TEST_CASE("the same row twice is two calls with one content") {
    for_each_layout([](const ReportLayout& layout) {
        const Reading r = read_calls(layout, {{}, {}});
        REQUIRE(r.summary.accepted == 2);
        CHECK(r.calls.time[0] == r.calls.time[1]);
        CHECK(r.calls.cli[0] == r.calls.cli[1]);
        CHECK(r.calls.offset[0] != r.calls.offset[1]);
    });
}

TEST_CASE("tickets joined into one file are one table") {
    for_each_layout([](const ReportLayout& layout) {
        const std::string one = report_of(layout, {{}}) + layout.trailer;
        const Reading r = read_layout(layout.name, one + one + one);
        REQUIRE_FALSE(r.fault);
        CHECK(r.summary.rows == 3);
        CHECK(r.summary.accepted == 3);
        CHECK(r.has_note("the header stands again"));
        CHECK(r.summary.notes.size() == 1);
    });
}

TEST_CASE("the order of day and month is decided for the file") {
    const auto on = [](const std::string& date) {
        ReportedCall call;
        call.date = date;
        return call;
    };
    for_each_layout([&](const ReportLayout& layout) {
        const Reading by_month = read_calls(layout, {on("04/03/2026"), on("04/15/2026")});
        REQUIRE(by_month.summary.accepted == 2);
        CHECK(by_month.calls.time[0] == at("2026-04-03T09:42:17"));
        CHECK(by_month.summary.date_order == DateOrder::month_first);

        const Reading both = read_calls(layout, {on("15/04/2026"), on("04/15/2026")});
        REQUIRE(both.fault);
        CHECK(both.fault->what.find("two orders") != std::string::npos);

        const Reading open = read_calls(layout, {on("04/03/2026")});
        if (layout.name == "common") {
            REQUIRE(open.fault);
            CHECK(open.fault->to_do.find("--date-order") != std::string::npos);
        } else {
            REQUIRE(open.summary.accepted == 1);
            CHECK(open.calls.time[0] == at("2026-03-04T09:42:17"));
            CHECK(open.summary.date_evidence == "the layout writes the day first");
        }
        ReadOptions stated;
        stated.date_order = DateOrder::month_first;
        const Reading said = read_calls(layout, {on("04/03/2026"), on("15/04/2026")}, stated);
        REQUIRE(said.summary.accepted == 1);
        CHECK(said.calls.time[0] == at("2026-04-03T09:42:17"));
        REQUIRE(said.rejects.size() == 1);
        CHECK(said.rejects[0].code == RejectCode::bad_time);

        const Reading plain =
            read_calls(layout, {on("2026-04-03"), on("03-Apr-2026"), on("31/02/2026"), on("")});
        REQUIRE(plain.summary.accepted == 2);
        CHECK(plain.calls.time[0] == plain.calls.time[1]);
        REQUIRE(plain.rejects.size() == 2);
        CHECK(plain.rejects[1].code == RejectCode::bad_time);
    });
}

TEST_CASE("times of 24 and of 12 hours, with and without an offset") {
    const auto in = [](const std::string& time) {
        ReportedCall call;
        call.time = time;
        return call;
    };
    for_each_layout([&](const ReportLayout& layout) {
        const Reading r = read_calls(
            layout, {in("14:17:12"), in("2:17:12 PM"), in("02:17:12 pm"), in("08:47:12Z"),
                     in("08:47:12 +00:00"), in("14:17:12+05:30"), in("9:17"), in("24:17:12"), in("noon")});
        REQUIRE(r.summary.accepted == 7);
        for (std::size_t i = 0; i < 6; ++i) CHECK(r.calls.time[i] == at("2026-04-15T14:17:12"));
        CHECK(r.calls.time[6] == at("2026-04-15T09:17:00"));
        REQUIRE(r.rejects.size() == 2);
        for (const KeptReject& reject : r.rejects) CHECK(reject.code == RejectCode::bad_time);

        ReadOptions utc;
        utc.zone = Zone{0};
        const Reading elsewhere = read_calls(layout, {in("14:17:12"), in("14:17:12+05:30")}, utc);
        REQUIRE(elsewhere.summary.accepted == 2);
        CHECK(elsewhere.calls.time[0] == *parse_iso("2026-04-15T14:17:12Z", Zone{}));
        CHECK(elsewhere.calls.time[1] == at("2026-04-15T14:17:12"));
    });
}

TEST_CASE("durations in seconds and in hours, minutes and seconds; blank ones are unknown") {
    const auto lasts = [](const std::string& duration) {
        ReportedCall call;
        call.duration = duration;
        return call;
    };
    for_each_layout([&](const ReportLayout& layout) {
        const Reading r = read_calls(layout, {lasts("65"), lasts("00:01:05"), lasts("1:05"), lasts(""),
                                              lasts("-"), lasts("a minute"), lasts("-5")});
        REQUIRE(r.summary.accepted == 5);
        CHECK(r.calls.duration == std::vector{65, 65, 65, -1, -1});
        CHECK(r.calls.disposition[3] == Disposition::unknown);
        REQUIRE(r.rejects.size() == 2);
        for (const KeptReject& reject : r.rejects) CHECK(reject.code == RejectCode::bad_duration);
    });
}

TEST_CASE("an IMEI of any length breaks no row") {
    for_each_layout([](const ReportLayout& layout) {
        std::vector<ReportedCall> calls;
        for (const char* imei :
             {"86000000000000", "860000000000001", "8600000000000012", "8.6E+14", "", "-", "x"}) {
            ReportedCall call;
            call.imei = imei;
            calls.push_back(call);
        }
        CHECK(read_calls(layout, calls).summary.accepted == calls.size());
    });
}

TEST_CASE("a redirecting number is kept; what is none is said") {
    for_each_layout([](const ReportLayout& layout) {
        std::vector<ReportedCall> calls;
        for (const char* redirect : {"'9876500003'", "-", "", "0", "NA", "YES"}) {
            ReportedCall call;
            call.redirect = redirect;
            calls.push_back(call);
        }
        const Reading r = read_calls(layout, calls);
        REQUIRE(r.summary.accepted == calls.size());
        CHECK(r.calls.redirect[0] == PhoneNumber::from_e164(919876500003));
        for (std::size_t i = 1; i < calls.size(); ++i) CHECK(r.calls.redirect[i].is_none());
        REQUIRE(r.summary.notes.size() == 1);
        CHECK(r.has_note("1 row has an unknown word in " + layout.redirect_column));
    });
}

TEST_CASE("cells that are not UTF-8 are read as Latin-1 and counted") {
    for_each_layout([](const ReportLayout& layout) {
        ReportedCall call;
        call.sms = true;
        call.party = "CAF\xC9-S";
        const Reading r = read_calls(layout, {call});
        REQUIRE(r.summary.accepted == 1);
        CHECK(r.names.name(r.calls.cli_text[0]) == "CAF\xC3\x89-S");
        CHECK(r.has_note("read as Latin-1"));
    });
}

TEST_CASE("a row with too few cells, or with too many that hold something, is refused") {
    for_each_layout([](const ReportLayout& layout) {
        std::string few = row_of(layout, {});
        few = few.substr(0, few.rfind(',')) + "\n";
        std::string many = row_of(layout, {});
        many.insert(many.size() - 1, ",TGX9,TGX8");
        const Reading r = read_layout(layout.name, layout.preamble + header_of(layout) + row_of(layout, {}) +
                                                       few + many + "9876500001\n");
        CHECK(r.summary.rows == 4);
        REQUIRE(r.rejects.size() == 3);
        for (const KeptReject& reject : r.rejects) CHECK(reject.code == RejectCode::column_count);
    });
}

TEST_CASE("a delimiter at the end of every row, or of the header alone, changes nothing") {
    for_each_layout([](const ReportLayout& layout) {
        std::string rows;
        for (const ReportedCall& call : both_ways()) {
            rows += row_of(layout, call);
            rows.insert(rows.size() - 1, ",");
        }
        std::string header = header_of(layout);
        check_is(layout, layout.preamble + header + rows);
        header.insert(header.size() - 1, ",");
        check_is(layout, layout.preamble + header + rows);
        check_is(layout,
                 layout.preamble + header + row_of(layout, both_ways()[0]) + row_of(layout, both_ways()[1]));
    });
}

TEST_CASE(
    "a spreadsheet's date before the time of day is passed over, in every layout that has two columns") {
    for (const char* name : {"airtel", "jio", "vi", "bsnl"}) {
        CAPTURE(name);
        const ReportLayout& layout = report_layout(name);
        ReportedCall call;
        call.time = "2026-04-15 09:42:17";
        const Reading r = read_layout(name, report_of(layout, {call}));
        REQUIRE(r.summary.accepted == 1);
        CHECK(r.calls.time[0] == at("2026-04-15T09:42:17"));
        call.time = "2026-04-16 09:42:17";
        const Reading other = read_layout(name, report_of(layout, {call}));
        REQUIRE(other.rejects.size() == 1);
        CHECK(other.rejects[0].code == RejectCode::bad_time);
    }
}
