#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "calls/switch_words.h"
#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

struct Specimen {
    std::string_view layout;
    std::string bytes;
};

const std::vector<Specimen>& specimens() {
    static const std::vector<Specimen> all = [] {
        const auto thrice = [](const std::string& head, const std::string& row) {
            return head + row + row + row;
        };
        return std::vector<Specimen>{
            {"asterisk",
             thrice(
                 "",
                 R"("","971500000001","9876500010","in","""N"" <971500000001>","SIP/gw-0001","SIP/7-0002","Dial",)"
                 R"("SIP/7,60","2025-01-23 14:17:12",,"2025-01-23 14:17:50",38,30,"ANSWERED","DOCUMENTATION")"
                 "\n")},
            {"freeswitch",
             thrice(
                 "",
                 R"("N","971500000001","9876500010","public","2025-01-23 14:17:12","","2025-01-23 14:17:50",)"
                 R"("38","0","NO_ANSWER","d80e22e0-4c15-11ea-97a0-9dd79410affb","","","PCMU","PCMU")"
                 "\n")},
            {"freeswitch_json",
             thrice(
                 "",
                 R"({"variables":{"start_uepoch":"1737622032250000","billsec":"3"},"callflow":[)"
                 R"({"caller_profile":{"caller_id_number":"971500000001","destination_number":"9876500010"}}]})"
                 "\n")},
            {"cucm",
             thrice("\"dateTimeOrigination\",\"callingPartyNumber\",\"finalCalledPartyNumber\",\"duration\"\n"
                    "INTEGER,VARCHAR(50),VARCHAR(50),INTEGER\n",
                    "1737622032,\"971500000001\",\"9876500010\",30\n")},
            {"cgrates", thrice("",
                               "c,default,*voice,o,*rated,*out,t,call,971500000001,1001,9876500010,"
                               "2025-01-23 08:47:12 +0000 UTC,2025-01-23 08:47:20 +0000 UTC,10s,1.01\n")},
            {"cgrates", thrice(":Tenant,ToR,Account,Subject,Destination,SetupTime,AnswerTime,Usage\n",
                               "t,*voice,971500000001,1001,9876500010,2025-01-23T08:47:12Z,2025-01-23T08:47:"
                               "20Z,10000000000\n")},
            {"msc",
             thrice("A_MSISDN;B_MSISDN;ORIG_START_TIME;EVENT_DURATION;RECORD_TYPE;TRUNK_IN;TRUNK_OUT\n",
                    "971500000001;919876500010;250123141712;30;MTC;T1;_N\n")}};
    }();
    return all;
}

// Damage of the kinds that files suffer: bytes changed, lost, doubled, cut off.
std::string damaged(std::string bytes) {
    const int wounds = *rc::gen::inRange(0, 6);
    for (int i = 0; i < wounds && !bytes.empty(); ++i) {
        const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
        const auto n = *rc::gen::inRange<std::size_t>(1, 30);
        switch (*rc::gen::inRange(0, 5)) {
            case 0: bytes[at] = *rc::gen::arbitrary<char>(); break;
            case 1: bytes.erase(at, n); break;
            case 2: bytes.insert(at, bytes.substr(at, n)); break;
            case 3: bytes.resize(at); break;
            default:
                bytes.insert(at, *rc::gen::element<std::string>("\"", "\n", ",", ";", "\r\n", "9.1E+11", "{",
                                                                "}", "_N"));
                break;
        }
    }
    return bytes;
}

}  // namespace

TEST_CASE("the books of every switch's reader balance under random damage, in pieces of any size") {
    for (const Specimen& specimen : specimens()) {
        CAPTURE(specimen.layout);
        REQUIRE(read_layout(specimen.layout, specimen.bytes).summary.accepted == 3);
        CHECK(rc::check([&] {
            const std::string bytes = damaged(specimen.bytes);
            const Reading whole = read_layout(specimen.layout, bytes);
            const Reading pieces =
                read_layout(specimen.layout, bytes, {}, *rc::gen::inRange<std::size_t>(1, 64));
            RC_ASSERT(whole.fault.has_value() == pieces.fault.has_value());
            if (whole.fault) {
                RC_ASSERT(whole.fault->message().find("9876500010") == std::string::npos);
                return;
            }
            RC_ASSERT(whole.summary.rows == whole.summary.accepted + whole.summary.rejected);
            RC_ASSERT(whole.summary.accepted == whole.calls.size());
            RC_ASSERT(whole.summary.rejected == whole.rejects.size());
            RC_ASSERT(whole.rejects == pieces.rejects);
            RC_ASSERT(whole.calls.time == pieces.calls.time);
            RC_ASSERT(whole.calls.callee == pieces.calls.callee);
            RC_ASSERT(whole.calls.offset == pieces.calls.offset);
            RC_ASSERT(whole.summary.notes == pieces.summary.notes);
            for (const KeptReject& reject : whole.rejects)
                RC_ASSERT(std::string_view(bytes).substr(reject.offset).starts_with(reject.raw));
        }));
    }
}

TEST_CASE("arbitrary bytes are answered by every switch's reader") {
    CHECK(rc::check([](const std::string& bytes) {
        for (const Specimen& specimen : specimens()) {
            for (const std::string& text : {bytes, specimen.bytes + bytes}) {
                (void)find_layout(specimen.layout)->recognise(head_of(text));
                const Reading r = read_layout(specimen.layout, text);
                RC_ASSERT(r.fault || r.summary.rows == r.calls.size() + r.rejects.size());
            }
        }
    }));
}

TEST_CASE("every layout knows its own files and no other's") {
    for (const Specimen& specimen : specimens()) {
        CAPTURE(specimen.layout);
        const FileHead head = head_of(specimen.bytes);
        REQUIRE(recognise(head).ok());
        CHECK((*recognise(head))->name == specimen.layout);
        for (const Layout& layout : layouts()) {
            CAPTURE(layout.name);
            if (layout.name != specimen.layout) CHECK(layout.recognise(head) < 50);
        }
        // The beginning of a long file is enough.
        std::string longer;
        while (longer.size() < 5000) longer += specimen.bytes;
        const auto found = recognise(head_of(longer, 2000));
        REQUIRE(found.ok());
        CHECK((*found)->name == specimen.layout);
    }
    for (const auto& [file, layout] : std::vector<std::pair<std::string, std::string_view>>{
             {"asterisk_master_variants.csv", "asterisk"},
             {"freeswitch_cdr_csv_example_template.csv", "freeswitch"},
             {"cucm_cdr_sample.csv", "cucm"},
             {"cgrates_ers_default.csv", "cgrates"},
             {"cgrates_ers_header.csv", "cgrates"},
             {"airtel_lea_layout.csv", ""},
             {"bsnl_lea_layout.csv", ""},
             {"ild_layout.csv", ""},
             {"jio_lea_layout.csv", ""},
             {"vi_lea_layout.csv", ""},
             {"robocall_toolkit_call_events_sample.csv", ""},
             {"synthetic_indian_cdr_yashnishad.csv", ""}}) {
        const std::string name = file;
        const auto bytes = sample(name);
        if (!bytes) {
            MESSAGE("skipped: no shared data");
            return;
        }
        CAPTURE(name);
        for (const std::string_view of_switch :
             {"asterisk", "freeswitch", "freeswitch_json", "cucm", "cgrates", "msc"}) {
            CAPTURE(of_switch);
            const int score = find_layout(of_switch)->recognise(head_of(*bytes));
            if (of_switch == layout) {
                CHECK(score >= 80);
            } else {
                CHECK(score == 0);
            }
        }
    }
}

TEST_CASE("a file that starts with a byte order mark is read the same") {
    for (const Specimen& specimen : specimens()) {
        CAPTURE(specimen.layout);
        const std::string bytes = "\xEF\xBB\xBF" + specimen.bytes;
        const auto found = recognise(head_of(bytes));
        REQUIRE(found.ok());
        CHECK((*found)->name == specimen.layout);
        CHECK(read_layout(specimen.layout, bytes).summary.accepted == 3);
    }
}

TEST_CASE("trunks in names of FreeSWITCH's channels") {
    CHECK(trunk_of_freeswitch("sofia/external/971500000001@10.0.0.9") == "external");
    CHECK(trunk_of_freeswitch("sofia/gateway/carrier-a/971500000001") == "carrier-a");
    CHECK(trunk_of_freeswitch("FreeTDM/1:1/971500000001") == "FreeTDM/1");
    CHECK(trunk_of_freeswitch("verto.rtc/7001") == "verto.rtc");
    CHECK(trunk_of_freeswitch("loopback/7001-a").empty());
    CHECK(trunk_of_freeswitch("sofia").empty());
    CHECK(trunk_of_freeswitch("").empty());
}
