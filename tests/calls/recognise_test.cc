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
    CHECK(find_layout("airtel")->name == "airtel");
    CHECK(find_layout("nonsense") == nullptr);
    CHECK(layouts().size() >= 2);
    CHECK(name_of(RejectCode::broken_row) == "broken_row");
    CHECK(name_of(RejectCode::bad_value) == "bad_value");
    CHECK(name_of(DateOrder::day_first) == "day_first");
    CHECK(name_of(Direction::transit) == "transit");
    CHECK(name_of(Disposition::failed) == "failed");
    CHECK(name_of(Service::other) == "other");
}

TEST_CASE("the shared samples of other layouts are refused with help, not misread") {
    for (const char* name :
         {"jio_lea_layout.csv", "bsnl_lea_layout.csv", "vi_lea_layout.csv", "cucm_cdr_sample.csv",
          "robocall_toolkit_call_events_sample.csv", "synthetic_indian_cdr_yashnishad.csv",
          "cgrates_ers_header.csv", "asterisk_master_variants.csv"}) {
        const auto bytes = sample(name);
        if (!bytes) {
            MESSAGE("skipped: no shared data");
            return;
        }
        CAPTURE(name);
        const std::string fault = fault_of(*bytes);
        CHECK(has(fault, "MAPPING.toml"));
    }
}
