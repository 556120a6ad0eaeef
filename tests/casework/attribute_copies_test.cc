#include "casework/attribute_copies.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "casework/copies.h"
#include "casework/investigate.h"
#include "casework/issue_copy.h"
#include "numbering/plan.h"
#include "staff_case.h"

using namespace sendh;
using test::must;

namespace {

std::string issue(Case& c, const test::Folder& folder, const std::string& to, const std::string& where = "",
                  const std::string& date = "", std::optional<double> share = std::nullopt) {
    IssueOptions options;
    options.recipient = to;
    options.where = where;
    options.date = date;
    options.canary_share = share;
    const auto issued = must(issue_copy(c, options, folder / (to + where + date + ".csv")));
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

// The canaries among these numbers: the staff's series is another.
std::vector<PhoneNumber> canaries_of(const std::vector<PhoneNumber>& numbers) {
    std::vector<PhoneNumber> out;
    std::copy_if(numbers.begin(), numbers.end(), std::back_inserter(out),
                 [](PhoneNumber number) { return unveil(number) / 100'000 % 100'000 == 98'111; });
    return out;
}

// The first sixteen of each, one from the one, one from the other.
std::vector<PhoneNumber> in_turn(const std::vector<PhoneNumber>& a, const std::vector<PhoneNumber>& b) {
    std::vector<PhoneNumber> out;
    for (std::size_t i = 0; i < 16; ++i) {
        for (const PhoneNumber number : {a[i], b[i]}) {
            if (std::find(out.begin(), out.end(), number) == out.end()) out.push_back(number);
        }
    }
    return out;
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

TEST_CASE("days without a time of day show no order: whoever wrote them down may have followed a copy") {
    test::StaffCase staff;
    for (const char* to : {"Alpha", "Beta", "Gamma"}) issue(*staff.c, staff.folder, to);
    auto hits = dialled(numbers_in(staff.folder / "Beta.csv"));
    std::erase_if(hits, [&](const CampaignHit& hit) { return !canaries_of({hit.number}).empty(); });
    CHECK(told(*staff.c, hits).copies.front().row_order > 3);
    for (CampaignHit& hit : hits) hit.in_order = false;
    const Finding f = told(*staff.c, hits);
    for (const CopyLine& copy : f.copies) {
        CHECK(copy.row_order == 0);
        CHECK_FALSE(copy.named);
    }
    CHECK(f.dialled.empty());
}

TEST_CASE(
    "a canary counts until it was burnt; burning those that rang, or did not, changes nothing that was") {
    test::StaffCase staff;
    for (const char* to : {"Alpha", "Beta", "Gamma"}) issue(*staff.c, staff.folder, to);
    const auto rang = dialled(canaries_of(numbers_in(staff.folder / "Beta.csv")));
    const Finding before = told(*staff.c, rang);
    REQUIRE(before.copies.front().recipient == "Beta");
    const double evidence = before.copies.front().canaries;
    REQUIRE(evidence > 2);
    const auto pool = must(canary_pool(*staff.c));
    const auto burn = [&](bool those_that_rang) {
        for (const CanaryRecord& canary : pool) {
            const bool hit = std::any_of(rang.begin(), rang.end(), [&](const CampaignHit& h) {
                return staff.c->tokeniser().seal(h.number) == canary.token;
            });
            if (hit == those_that_rang)
                must(set_canary_state(*staff.c, "N" + std::to_string(canary.id), "burnt", "seen"));
        }
    };
    burn(true);
    CHECK(told(*staff.c, rang).copies.front().canaries == evidence);
    burn(false);
    CHECK(told(*staff.c, rang).copies.front().canaries == evidence);
    // Calls after that are calls to published numbers.
    auto later = rang;
    for (CampaignHit& hit : later) hit.time = Micros{now().value + micros_per_day};
    for (const CopyLine& copy : told(*staff.c, later).copies) CHECK(copy.canaries == 0);
}

TEST_CASE("a copy that came after the calls takes nothing from the earlier one of its recipient") {
    test::StaffCase staff;
    const std::string first = issue(*staff.c, staff.folder, "Alpha", "", "2025-01-10");
    issue(*staff.c, staff.folder, "Beta", "", "2025-01-10");
    issue(*staff.c, staff.folder, "Gamma", "", "2025-01-10");
    auto hits = dialled(canaries_of(numbers_in(staff.folder / "Alpha2025-01-10.csv")));
    const double evidence = line(told(*staff.c, hits), first).log10_e;
    REQUIRE(evidence > 2.5);
    const std::string later = issue(*staff.c, staff.folder, "Alpha", "", "2026-05-01");
    const Finding f = told(*staff.c, hits);
    CHECK(f.copies.front().id == first);
    CHECK(line(f, first).log10_e == evidence);
    CHECK(line(f, later).log10_e == 0);
    CHECK_FALSE(line(f, later).in_confidence_set);
    CHECK(says(f.copy_reasons, "copies_later"));
    // Of calls that go on after it was given out, either may be the source.
    for (std::size_t i = hits.size() / 2; i < hits.size(); ++i) hits[i].time.value += 300 * micros_per_day;
    const Finding both = told(*staff.c, hits);
    CHECK(line(both, first).log10_e < evidence);
    CHECK(line(both, first).log10_e > 0);
    CHECK_FALSE(says(both.copy_reasons, "copies_later"));
}

TEST_CASE("strangers in a recorded copy do not make it larger") {
    test::StaffCase staff;
    ListImport how;
    how.name = "staff";
    std::string half = "number\n";
    std::vector<PhoneNumber> numbers;
    for (int i = 0; i < 20; ++i) {
        half += "98765" + std::to_string(10'000 + i * 7) + "\n";
        numbers.push_back(parse_number("98765" + std::to_string(10'000 + i * 7), Region::india).number);
    }
    test::write_file(staff.folder / "half.csv", half);
    for (int i = 0; i < 20; ++i) half += "98222" + std::to_string(10'000 + i * 7) + "\n";
    test::write_file(staff.folder / "mixed.csv", half);
    for (const char* file : {"half.csv", "mixed.csv", "people.csv"}) {
        how.recipient = file;
        must(record_copy(*staff.c, staff.folder / file, how));
    }
    const Finding f = told(*staff.c, dialled(numbers));
    const double clean = line(f, "K1").natural_log10_lr;
    CHECK(clean > 2);
    CHECK(line(f, "K2").natural_log10_lr == doctest::Approx(clean));
    CHECK(line(f, "K3").natural_log10_lr == doctest::Approx(0));
}

TEST_CASE("a canary counts once, whatever shares the copies have") {
    test::StaffCase staff;
    issue(*staff.c, staff.folder, "Alpha", "", "", 0.2);
    issue(*staff.c, staff.folder, "Beta", "", "", 0.3);
    issue(*staff.c, staff.folder, "Gamma", "", "", 0.5);
    test::write_file(staff.folder / "more.csv", "number\n9811190001\n");
    ListImport how;
    how.name = "staff";
    must(add_canaries(*staff.c, staff.folder / "more.csv", how));
    auto numbers = canaries_of(numbers_in(staff.folder / "Gamma.csv"));
    numbers.push_back(parse_number("9811190001", Region::india).number);
    const Finding f = told(*staff.c, dialled(numbers));
    CHECK(f.copies.front().recipient == "Gamma");
    for (const Statement& s : f.copy_reasons) {
        if (s.code == "canaries_rang_unplanted")
            CHECK(s.numbers[1] == static_cast<double>(numbers.size() - 1));
    }
    CHECK(says(f.copy_reasons, "canaries_rang_unplanted"));
}

TEST_CASE("a list older than the first change on record is dated before it, with an open beginning") {
    test::StaffCase staff;
    std::vector<PhoneNumber> first;
    for (int i = 0; i < 40; ++i)
        first.push_back(parse_number("98765" + std::to_string(10'000 + i * 7), Region::india).number);
    for (int change = 1; change <= 3; ++change) {
        std::string people = "number,name,office\n";
        for (int i = 12 * change; i < 40 + 12 * change; ++i)
            people += "98765" + std::to_string(10'000 + i * 7) + ",Person " + std::to_string(i) + ",Office " +
                      std::to_string(i % 3) + "\n";
        test::write_file(staff.folder / "now.csv", people);
        ListImport how;
        how.name = "staff";
        how.date = "2025-0" + std::to_string(change + 2) + "-01";
        must(apply_update(*staff.c, must(plan_update(*staff.c, staff.folder / "now.csv", how))));
    }
    const Finding f = told(*staff.c, dialled(first));
    REQUIRE(f.snapshot);
    CHECK(f.snapshot->first.empty());
    CHECK(f.snapshot->second == "2025-02-28");
}

TEST_CASE("where two copies are named the next of both come first, and it is said that there are two") {
    test::StaffCase staff;
    for (const char* to : {"Alpha", "Beta", "Gamma"}) issue(*staff.c, staff.folder, to);
    const auto both = in_turn(numbers_in(staff.folder / "Alpha.csv"), numbers_in(staff.folder / "Gamma.csv"));
    const Finding f = told(*staff.c, dialled(both), .2);
    REQUIRE(line(f, "K1").named);
    REQUIRE(line(f, "K3").named);
    CHECK(says(f.copy_reasons, "several_named"));
}

TEST_CASE("looking again gives the same bytes as looking for the first time") {
    test::StaffCase staff;
    for (const char* to : {"Alpha", "Beta", "Gamma"}) issue(*staff.c, staff.folder, to);
    issue(*staff.c, staff.folder, "Beta", "office=Office 1", "");
    const auto all = dialled(numbers_in(staff.folder / "Beta.csv"));
    const RegisterRecord reg = must(register_or_only(*staff.c, ""));
    auto watched = must(CopyAttribution::of(*staff.c, reg, {}));
    for (std::size_t n = 0; n <= all.size(); n += 5) {
        const std::vector<CampaignHit> so_far(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n));
        must(watched.look_again(*staff.c, reg, so_far));
        Finding f;
        watched.tell(.01, f);
        CHECK(to_json(f) == to_json(told(*staff.c, so_far)));
    }
    // An earlier call that came in late, another copy, a burnt canary: all begins anew.
    std::vector<CampaignHit> other(all.rbegin(), all.rend());
    must(watched.look_again(*staff.c, reg, other));
    issue(*staff.c, staff.folder, "Delta");
    must(watched.look_again(*staff.c, reg, other));
    Finding f;
    watched.tell(.01, f);
    CHECK(to_json(f) == to_json(told(*staff.c, other)));
}

TEST_CASE("by a false discovery rate, copies that are strong together are named sooner") {
    test::StaffCase staff;
    for (const char* to : {"Alpha", "Beta", "Gamma", "Delta"}) issue(*staff.c, staff.folder, to);
    const auto both = in_turn(numbers_in(staff.folder / "Alpha.csv"), numbers_in(staff.folder / "Gamma.csv"));
    const auto hits = dialled(both);
    const auto copies = must(CopyAttribution::of(*staff.c, must(register_or_only(*staff.c, "")), hits));
    Finding strict;
    copies.tell(.2, strict);
    Finding rate;
    copies.tell(.2, rate, CopyAttribution::Naming::false_discovery_rate);
    CHECK(says(rate.copy_reasons, "named_by_discovery_rate"));
    CHECK_FALSE(says(strict.copy_reasons, "named_by_discovery_rate"));
    CHECK(rate.copies.front().log10_threshold ==
          doctest::Approx(strict.copies.front().log10_threshold - std::log10(2)));
}
