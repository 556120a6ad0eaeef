#include <doctest/doctest.h>

#include "reading.h"

using namespace sendh;
using namespace sendh::test;

namespace {

std::string fault_of(std::string_view bytes) {
    const auto layout = recognise(head_of(bytes));
    return layout.ok() ? "" : layout.fault().message();
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("an empty file, and what is not text, is named with the byte") {
    CHECK(has(fault_of(""), "empty"));
    CHECK(has(fault_of(" \n\n"), "empty"));
    CHECK(has(fault_of("\xEF\xBB\xBF\n"), "empty"));
    CHECK(has(fault_of(std::string_view("\xFF\xFE"
                                        "C\0A\0",
                                        6)),
              "UTF-16"));
    CHECK(has(fault_of(std::string_view("C\0A\0", 4)), "byte 1"));
    CHECK(has(fault_of("PK\x03\x04rest"), "workbook"));
    CHECK(has(fault_of("%PDF-1.7"), "PDF"));
}

TEST_CASE("a binary file of no layout is called so, with the layouts that were tried") {
    const std::string ber("\xA0\x80\xA1\x80\x80\x02yo\x81\x02lo\0\0\0\0", 16);
    for (const std::string& bytes :
         {ber, ber + std::string(500, '\0'), std::string("\x08\x88\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0", 11)}) {
        const std::string fault = fault_of(bytes);
        CHECK(has(fault, "binary"));
        CHECK(has(fault, "tried: ts32298, tap3, nrtrde, sip"));
        CHECK_FALSE(has(fault, "CSV"));
        CHECK(has(read_layout("ild", bytes).fault->message(), "the file is binary, not text"));
    }
    // Text stays text: a stray zero byte, UTF-16 without its mark, Latin-1, a control character.
    CHECK(has(fault_of(std::string("CALL_TIME,CALL_DATE\n\0,x\n", 24)), "a zero byte"));
    CHECK(has(fault_of(std::string("C\0A\0L\0L\0", 8)), "UTF-16"));
    CHECK_FALSE(has(fault_of("Stra\xDF"
                             "e,Ort,Zeit\nx,y,z\n"),
                    "binary"));
    CHECK_FALSE(has(fault_of("a\x01"
                             "b\x01"
                             "c\n1\x01"
                             "2\x01"
                             "3\n"),
                    "binary"));
}

TEST_CASE("lists given as calls are sent where they belong") {
    CHECK(has(fault_of("name,mobile,district\nA,9876500001,Bhopal\n"), "sendh register add"));
    CHECK(has(fault_of("Phone Number,joined,left\n9876500001,2020-01-01,\n"), "sendh register add"));
    CHECK(has(fault_of("9876500001\n9876500002\n"), "sendh register add"));
    CHECK(has(fault_of("number,time,cli,text,link\n9876500001,2025-01-01,,x,\n"), "sendh reports import"));
    CHECK(has(fault_of("trunk,carrier,ingress\nT1,A,international\n"), "sendh trunks add"));
}

TEST_CASE("unknown columns are named, with the nearest layout and what it lacks") {
    const std::string fault =
        fault_of("CALL_TIME,CALL_DATE,A_NUMBER,B_NUMBER\n14:17:12,01/01/2025,971500000001,9876500010\n");
    CHECK(has(fault, "CALL_TIME, CALL_DATE, A_NUMBER, B_NUMBER"));
    CHECK(has(fault, "the nearest layout is ild, which needs CALLING_PARTY_NUMBER, CALLED_PARTY_NUMBER"));
    CHECK(has(fault, "--layout MAPPING.toml"));
    CHECK(has(fault_of("timestamp,ani,dnis\n2026-07-01T08:00:00Z,+15550100,+15550101\n"),
              "timestamp, ani, dnis"));
}

TEST_CASE("no fault shows a phone number") {
    for (const char* bytes :
         {"971500000001,9876500010,14:17,01/01/2025\n", "9876500010;971500000001;x;2025-01-01 10:20:20\n",
          "9876500001\n", "name 9876500001,mobile\n"}) {
        const std::string fault = fault_of(bytes);
        CHECK_FALSE(fault.empty());
        CHECK_FALSE(has(fault, "9876500010"));
        CHECK_FALSE(has(fault, "9876500001"));
        CHECK_FALSE(has(fault, "971500000001"));
    }
}

TEST_CASE("layouts are found by name, and codes have stable names") {
    CHECK(find_layout("ild")->name == "ild");
    for (const char* name : {"airtel", "jio", "vi", "bsnl", "common"}) CHECK(find_layout(name)->name == name);
    CHECK(find_layout("nonsense") == nullptr);
    CHECK(layouts().size() >= 6);
    CHECK(name_of(RejectCode::broken_row) == "broken_row");
    CHECK(name_of(RejectCode::bad_value) == "bad_value");
    CHECK(name_of(DateOrder::day_first) == "day_first");
    CHECK(name_of(Direction::transit) == "transit");
    CHECK(name_of(Disposition::failed) == "failed");
    CHECK(name_of(Service::other) == "other");
}

TEST_CASE("every shared sample is recognised as its own layout, or refused with help") {
    struct Sample {
        const char* name;
        const char* layout;
    };
    const std::vector<Sample> samples = {
        {"ild_layout.csv", "ild"},
        {"airtel_lea_layout.csv", "airtel"},
        {"jio_lea_layout.csv", "jio"},
        {"vi_lea_layout.csv", "vi"},
        {"bsnl_lea_layout.csv", "bsnl"},
        {"asterisk_master_variants.csv", "asterisk"},
        {"freeswitch_cdr_csv_example_template.csv", "freeswitch"},
        {"cucm_cdr_sample.csv", "cucm"},
        {"cgrates_ers_default.csv", "cgrates"},
        {"cgrates_ers_header.csv", "cgrates"},
        {"robocall_toolkit_call_events_sample.csv", nullptr},
        {"synthetic_indian_cdr_yashnishad.csv", nullptr},
    };
    for (const Sample& one : samples) {
        const auto bytes = sample(one.name);
        if (!bytes) {
            MESSAGE("skipped: no shared data");
            return;
        }
        CAPTURE(one.name);
        const auto found = recognise(head_of(*bytes));
        if (one.layout == nullptr) {
            CHECK(has(fault_of(*bytes), "MAPPING.toml"));
            continue;
        }
        REQUIRE(found.ok());
        CHECK((*found)->name == one.layout);
        for (const Layout& other : layouts())
            CHECK((other.name == one.layout) == (other.recognise(head_of(*bytes)) >= 60));
    }
}

TEST_CASE("a table of calls without an operator's layout is read with a mapping file") {
    const auto events = sample("robocall_toolkit_call_events_sample.csv");
    const auto analysed = sample("synthetic_indian_cdr_yashnishad.csv");
    if (!events || !analysed) {
        MESSAGE("skipped: no shared data");
        return;
    }
    const Reading e = read_by("[columns]\ntime = \"timestamp\"\ncli = \"ani\"\ncallee = \"dnis\"\n", *events);
    REQUIRE_FALSE(e.fault);
    CHECK(e.summary.accepted == 3);
    const Reading a = read_by(
        "[columns]\ndate = \"Call Date\"\ntime_of_day = \"Call Time\"\ncli = \"Calling Number\"\n"
        "callee = \"Called Number\"\nduration = \"Duration\"\ndirection = \"Call Type\"\n"
        "service = \"Call Type\"\n"
        "[direction]\nincoming = [\"Incoming\", \"SMS-MT\"]\noutgoing = [\"Outgoing\", \"SMS-MO\"]\n"
        "[service]\nvoice = [\"Incoming\", \"Outgoing\"]\nsms = [\"SMS-MT\", \"SMS-MO\"]\n",
        *analysed);
    REQUIRE_FALSE(a.fault);
    CHECK(a.summary.rows == a.summary.accepted);
    CHECK(a.summary.rows > 100);
    CHECK(a.summary.notes.empty());
}
