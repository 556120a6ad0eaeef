#include "casework/attribute_copies.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "casework/copies.h"
#include "casework/investigate.h"
#include "numbering/plan.h"
#include "staff_case.h"

using namespace sendh;
using test::must;

namespace {

std::string issue(Case& c, const test::Folder& folder, const std::string& to, const std::string& where = "") {
    IssueOptions options;
    options.recipient = to;
    options.where = where;
    const auto issued = must(issue_copy(c, options, folder / (to + where + ".csv")));
    return issued.record.name;
}

// The numbers of an issued file, in its order.
std::vector<PhoneNumber> numbers_in(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::vector<PhoneNumber> out;
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        const ParsedNumber number = parse_number(line.substr(0, line.find(',')), Region::india);
        if (number.number_class == NumberClass::mobile) out.push_back(number.number);
    }
    return out;
}

std::vector<CampaignHit> dialled(const std::vector<PhoneNumber>& numbers) {
    std::vector<CampaignHit> hits;
    Micros time{1'764'000'000'000'000};
    for (const PhoneNumber number : numbers) {
        hits.push_back({number, time, 1});
        time.value += 61 * micros_per_second;
    }
    return hits;
}

Finding told(Case& c, const std::vector<CampaignHit>& hits, double alpha = 0.01) {
    Finding f;
    const RegisterRecord reg = must(register_or_only(c, ""));
    must(CopyAttribution::of(c, reg, hits)).tell(alpha, f);
    return f;
}

bool says(const std::vector<Statement>& statements, std::string_view code) {
    for (const Statement& s : statements) {
        if (s.code == code) return true;
    }
    return false;
}

const CopyLine& line(const Finding& f, const std::string& id) {
    for (const CopyLine& copy : f.copies) {
        if (copy.id == id) return copy;
    }
    FAIL("no such copy");
    return f.copies.front();
}

}  // namespace

TEST_CASE("the copy that was dialled from top to bottom is named, and no other") {
    test::StaffCase staff;
    std::vector<std::string> ids;
    for (const char* to : {"Alpha", "Beta", "Gamma", "Delta"})
        ids.push_back(issue(*staff.c, staff.folder, to));
    const auto list = numbers_in(staff.folder / "Gamma.csv");
    REQUIRE(list.size() > 40);
    const Finding f = told(*staff.c, dialled(list));
    REQUIRE(f.copies.size() == 4);
    CHECK(f.copies.front().id == ids[2]);
    CHECK(f.copies.front().recipient == "Gamma");
    for (const std::string& id : ids) CHECK(line(f, id).named == (id == ids[2]));
    CHECK(line(f, ids[2]).log10_threshold == doctest::Approx(std::log10(4 / .01)));
    CHECK(line(f, ids[2]).canaries > 1);
    CHECK(line(f, ids[2]).row_order > 3);
    CHECK(line(f, ids[2]).in_confidence_set);
    CHECK(says(f.copy_reasons, "copy_named"));
    CHECK(f.leak.planted_log10_e > 2);
    REQUIRE(f.dialled.size() >= 1);
    CHECK(f.dialled.front().copy == ids[2]);
    for (std::size_t i = 0; i < f.dialled.front().positions.size(); ++i)
        CHECK(f.dialled.front().positions[i] == i);
}

TEST_CASE("calls in the register's own order name no copy") {
    test::StaffCase staff;
    for (const char* to : {"Alpha", "Beta", "Gamma"}) issue(*staff.c, staff.folder, to);
    std::vector<PhoneNumber> numbers;
    for (int i = 0; i < 40; ++i)
        numbers.push_back(parse_number("98765" + std::to_string(10'000 + i * 7), Region::india).number);
    const Finding f = told(*staff.c, dialled(numbers));
    for (const CopyLine& copy : f.copies) CHECK_FALSE(copy.named);
    CHECK(says(f.copy_reasons, "no_copy_named"));
    CHECK(says(f.copy_needs, "need_more_marked_hits"));
    CHECK(f.leak.planted_log10_e < std::log10(20));
}

TEST_CASE("two copies of one recipient are tested apart by their orders") {
    test::StaffCase staff;
    issue(*staff.c, staff.folder, "Alpha");
    issue(*staff.c, staff.folder, "Beta");
    const std::string second = issue(*staff.c, staff.folder, "Alpha", "office=Office 1|Office 2");
    const auto list = numbers_in(staff.folder / "Alphaoffice=Office 1|Office 2.csv");
    REQUIRE(list.size() > 20);
    const Finding f = told(*staff.c, dialled(list));
    CHECK(f.copies.front().id == second);
    CHECK(line(f, second).log10_threshold == doctest::Approx(std::log10(4 / .01)));
    CHECK(line(f, second).named);
}

TEST_CASE("two copies with the same rows and no marks cannot be told apart, and that is said") {
    test::StaffCase staff;
    ListImport how;
    how.name = "staff";
    for (const char* to : {"Epsilon", "Zeta"}) {
        how.recipient = to;
        must(record_copy(*staff.c, staff.folder / "people.csv", how));
        std::ofstream(staff.folder / "people.csv", std::ios::app) << "\n";
    }
    const Finding f = told(*staff.c, dialled(numbers_in(staff.folder / "people.csv")));
    REQUIRE(f.copies.size() == 2);
    CHECK(f.copies[0].copy_class == f.copies[1].copy_class);
    CHECK(says(f.copy_reasons, "copies_alike"));
}

TEST_CASE("what stands in no copy came from elsewhere, and that is said") {
    test::StaffCase staff;
    issue(*staff.c, staff.folder, "Alpha", "office=Office 0");
    const std::string beta = issue(*staff.c, staff.folder, "Beta", "office=Office 1");
    std::vector<PhoneNumber> office_2;
    for (int i = 2; i < 40; i += 3)
        office_2.push_back(parse_number("98765" + std::to_string(10'000 + i * 7), Region::india).number);
    const Finding f = told(*staff.c, dialled(office_2));
    CHECK(says(f.copy_reasons, "hits_in_no_copy"));
    CHECK(line(f, beta).hits == 0);
    CHECK(line(f, beta).dialled_at_most < .4);
    const Finding in_copy = told(*staff.c, dialled(numbers_in(staff.folder / "Betaoffice=Office 1.csv")));
    CHECK_FALSE(says(in_copy.copy_reasons, "hits_in_no_copy"));
    CHECK(line(in_copy, beta).dialled_at_most == 1);
}

TEST_CASE("two copies that were dialled together explain more than either") {
    test::StaffCase staff;
    std::vector<PhoneNumber> both;
    for (const char* office : {"office=Office 0", "office=Office 1"}) {
        const std::string to = office;
        issue(*staff.c, staff.folder, to.substr(7), office);
        for (const PhoneNumber number : numbers_in(staff.folder / (to.substr(7) + office + ".csv")))
            both.push_back(number);
    }
    issue(*staff.c, staff.folder, "All");
    const Finding f = told(*staff.c, dialled(both));
    CHECK(says(f.copy_reasons, "several_sources"));
    const Finding one = told(*staff.c, dialled(numbers_in(staff.folder / "All.csv")));
    CHECK_FALSE(says(one.copy_reasons, "several_sources"));
}

TEST_CASE("of copies that nothing tells apart it is said which call would") {
    test::StaffCase staff;
    issue(*staff.c, staff.folder, "Alpha");
    issue(*staff.c, staff.folder, "Beta");
    const PhoneNumber one = parse_number("9876510000", Region::india).number;
    CHECK(says(told(*staff.c, dialled({one})).copy_needs, "need_separating_hit"));
}

TEST_CASE("copies without marks are listed, never named, and it is said why") {
    test::StaffCase staff;
    ListImport how;
    how.name = "staff";
    how.recipient = "Epsilon";
    must(record_copy(*staff.c, staff.folder / "people.csv", how));
    const auto list = numbers_in(staff.folder / "people.csv");
    const Finding f = told(*staff.c, dialled(list));
    REQUIRE(f.copies.size() == 1);
    CHECK_FALSE(f.copies.front().named);
    CHECK(f.copies.front().log10_e == 0);
    CHECK(says(f.copy_reasons, "copies_without_marks"));
    CHECK(says(f.copy_needs, "need_marked_copies"));
}

TEST_CASE("a campaign without hits in the register leaves all copies as they were") {
    test::StaffCase staff;
    issue(*staff.c, staff.folder, "Alpha");
    issue(*staff.c, staff.folder, "Beta");
    const Finding f = told(*staff.c, dialled({parse_number("9000000001", Region::india).number}));
    REQUIRE(f.copies.size() == 2);
    for (const CopyLine& copy : f.copies) {
        CHECK(copy.log10_e == 0);
        CHECK(copy.in_confidence_set);
        CHECK_FALSE(copy.named);
    }
}

TEST_CASE("next are the people of a dialled copy in its order, also behind canaries") {
    test::StaffCase staff;
    for (const char* to : {"Alpha", "Beta", "Gamma"}) issue(*staff.c, staff.folder, to);
    const auto list = numbers_in(staff.folder / "Beta.csv");
    const std::vector<PhoneNumber> first(list.begin(), list.begin() + 25);
    const RegisterRecord reg = must(register_or_only(*staff.c, ""));
    const auto copies = must(CopyAttribution::of(*staff.c, reg, dialled(first)));
    CHECK(copies.no_copy() < .01);
    std::vector<std::pair<double, std::size_t>> next;
    must(staff.c->catalogue().scan_entries(reg.id, [&](const EntryRecord& entry) -> Done {
        const PhoneNumber number = must(staff.c->tokeniser().open(entry.token));
        const auto at = static_cast<std::size_t>(std::find(list.begin(), list.end(), number) - list.begin());
        if (at >= first.size() && at < list.size()) next.emplace_back(-copies.next_hit({entry.row}), at);
        return done();
    }));
    std::sort(next.begin(), next.end());
    std::vector<std::size_t> order;
    for (const auto& [share, at] : next) {
        if (order.size() < 5) order.push_back(at);
    }
    REQUIRE(order.size() > 2);
    CHECK(std::is_sorted(order.begin(), order.end()));
}
