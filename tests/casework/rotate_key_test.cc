#include "casework/rotate_key.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "base/folder.h"
#include "casework/canaries.h"
#include "casework/copies.h"
#include "casework/identify.h"
#include "casework/import_calls.h"
#include "casework/issue_copy.h"
#include "casework/staff_case.h"
#include "registers/marks.h"

using namespace sendh;
using namespace sendh::test;
namespace fs = std::filesystem;

namespace {

// The same with 200 calls, one of them twice.
struct World : StaffCase {
    World() {
        std::string calls =
            "CALL_TIME,CALL_DATE,CALLING_PARTY_NUMBER,CALLED_PARTY_NUMBER,CALL_DURATION_SEC,ORG_TRUNC_GROUP,"
            "CALL_DIRECTION\n";
        for (int i = 0; i < 200; ++i)
            calls += "10:" + std::to_string(10 + i % 199 / 10) + ":0" + std::to_string(i % 199 % 10) +
                     ",01/06/2025,971500000" + std::to_string(100 + i % 199 % 50) + ",98765" +
                     std::to_string(10'000 + i % 199 * 7) + ",5,TG91987650,IN\n";
        write_file(folder / "calls.csv", calls);
        ImportOptions options;
        options.quiet = true;
        must(import_calls(*c, folder / "calls.csv", options));
    }
    IssuedCopy issue(const std::string& recipient, const std::string& file,
                     const std::string& variants = "") {
        IssueOptions options;
        options.recipient = recipient;
        options.variants = variants;
        return must(issue_copy(*c, options, folder / file));
    }
    // As detection leaves it: every call in one of two campaigns, a report in the first.
    void detect() {
        CallStore* store = must(c->calls());
        std::vector<StoredVerdict> flagged;
        CallFilter all;
        all.limit = 0;
        must_do(store->show(all, [&](const CallStore::ShownCall& call) {
            flagged.push_back({call.id, 1, "", "", "[]"});
            return done();
        }));
        must_do(store->write_verdicts("verdicts-1.parquet", flagged));
        store->set_detection({"verdicts-1.parquet"}, {});
        set_campaigns(must(store->write_campaigns(
            "1", [](const auto& row) { return static_cast<std::uint32_t>(row.id % 2) + 1; },
            {{-(std::int64_t{9} << 40 | 2), 1}})));
    }
    void set_campaigns(const std::vector<std::string>& files) {
        DetectionRecord detection;
        detection.campaigns = files;
        std::vector<CampaignRecord> campaigns(2);
        campaigns[0].id = "C1";
        campaigns[1].id = "C2";
        Transaction transaction = must(Transaction::begin(c->catalogue().database()));
        must_do(c->catalogue().set_detection(detection, campaigns));
        must_do(transaction.commit());
    }
    static void must_do(const Done& done) {
        if (!done.ok()) FAIL(done.fault().message());
    }
    void run(const std::string& sql) const {
        const Done done = c->catalogue().database().run(sql);
        if (!done.ok()) FAIL(done.fault().message());
    }
    void reopen(Case::Access access = Case::Access::write) {
        c.reset();
        c = std::make_unique<Case>(must(Case::open(folder / "case", access)));
    }
    [[nodiscard]] std::size_t keys() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder / "keys"), {}));
    }
};

}  // namespace

namespace {

// Every sealed or tokenised thing as it comes out under the present key.
std::string everything(Case& c) {
    std::string out;
    const auto number = [&](const Token& token) {
        out += unveil_text(must(c.tokeniser().open(token))) + "\n";
    };
    for (const RegisterRecord& reg : must(c.catalogue().registers())) {
        for (const EntryRecord& entry : must(c.catalogue().entries(reg.id))) {
            number(entry.token);
            out += must(c.open_text(entry.sealed_attributes, "attributes", Place{})) + "\n";
        }
    }
    for (const CanaryRecord& canary : must(c.catalogue().canaries())) {
        number(canary.token);
        out += must(c.open_text(canary.sealed_attributes, "attributes", Place{})) + "\n";
    }
    CallStore* store = must(c.calls());
    const auto show = [&](std::optional<std::uint32_t> campaign) {
        CallFilter filter;
        filter.limit = 0;
        filter.campaign = campaign;
        World::must_do(store->show(filter, [&](const CallStore::ShownCall& call) {
            out += std::to_string(call.id) + " " + unveil_text(call.cli) + " " + unveil_text(call.callee) +
                   " " + call.trunk + " " + std::to_string(call.campaign) + "\n";
            return done();
        }));
    };
    show({});
    for (std::uint32_t campaign = 1; campaign <= must(c.catalogue().campaigns()).size(); ++campaign) {
        const std::size_t before = out.size();
        show(campaign);
        CHECK(out.size() > before);
        for (const StoredHit& hit : must(store->hits(campaign))) out += unveil_text(hit.callee) + "\n";
        for (const std::int64_t id : must(store->campaign_reports(campaign)))
            out += std::to_string(id) + "\n";
    }
    return out;
}

std::vector<std::string> files_of(const fs::path& folder) {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) out.push_back(read_file(entry.path()));
    }
    return out;
}

std::string marks_text(Case& c, std::int64_t copy) {
    const auto pool = must(canary_pool(c));
    const CopyMarks marks = must(marks_of(c, copy, pool));
    std::string out;
    for (const std::int64_t id : marks.canaries) out += std::to_string(id) + " ";
    for (std::uint64_t row = 0; row < marks.order.rows(); ++row)
        out += std::to_string(marks.order.position(row)) + " ";
    for (std::size_t i = 0; i < pool.size(); ++i)
        out += std::to_string(marks.recipient.variant(pool[i].marked, "office", 7));
    return out;
}

}  // namespace

TEST_CASE("after a change of the key everything reads as before, and nothing of the old key is in the case") {
    World w;
    w.detect();
    const std::string before = everything(*w.c);
    const std::string old_id = w.c->keys().id();
    std::vector<std::string> old_bytes;
    for (const EntryRecord& entry : must(w.c->catalogue().entries(1))) {
        old_bytes.emplace_back(entry.token.bytes.begin(), entry.token.bytes.end());
        old_bytes.push_back(entry.sealed_attributes);
    }
    const auto holds_old = [&] {
        std::size_t found = 0;
        for (const std::string& file : files_of(w.folder / "case")) {
            for (const std::string& bytes : old_bytes) found += file.find(bytes) != std::string::npos;
        }
        return found;
    };
    CHECK(holds_old() > 40);
    const auto campaigns = [&] { return must(w.c->catalogue().detection())->campaigns; };
    REQUIRE(campaigns() == std::vector<std::string>{"campaign-calls-1-0.parquet"});
    const std::string of_campaigns = read_file(w.folder / "case/calls" / campaigns()[0]);
    CHECK(std::any_of(old_bytes.begin(), old_bytes.end(),
                      [&](const auto& bytes) { return of_campaigns.find(bytes) != std::string::npos; }));
    const RotatedKey key = must(rotate_key(*w.c, "a test", false, true));
    CHECK(key.old_id == old_id);
    CHECK(key.segments == 3);
    CHECK(campaigns() == std::vector<std::string>{"campaign-calls-1-0.k2.parquet"});
    CHECK_FALSE(fs::exists(w.folder / "case/calls/campaign-calls-1-0.parquet"));
    CHECK(everything(*w.c) == before);
    CHECK(w.c->keys().id() == key.id);
    CHECK(w.c->keys().fingerprint() == key.fingerprint);
    w.c.reset();
    CHECK(holds_old() == 0);
    w.reopen(Case::Access::read);
    CHECK(everything(*w.c) == before);
    CHECK(fs::exists(key.old_path));
    CHECK(fs::exists(key.path));
    CHECK(w.keys() == 2);
    CHECK(std::distance(fs::directory_iterator(w.folder / "case/calls"), {}) >= 2);
    for (int i = 0; i < 3; ++i) {
        w.reopen();
        must(rotate_key(*w.c, "again", true, true));
    }
    CHECK(everything(*w.c) == before);
    CHECK(w.keys() == 2);  // the present one and the first one's, which was kept
}

TEST_CASE("marks of earlier copies stay, and a recipient's later copies agree with them") {
    World w;
    const std::string spellings = "office=Office 1|Bureau 1";
    const IssuedCopy first = w.issue("A", "a.csv", spellings);
    const IssuedCopy other = w.issue("B", "b.csv");
    const std::string of_first = marks_text(*w.c, first.record.id);
    const std::string of_other = marks_text(*w.c, other.record.id);
    const std::string commitment = must(w.c->catalogue().issue_of(first.record.id)).mark_commitment;
    must(rotate_key(*w.c, "a test", false, true));
    CHECK(marks_text(*w.c, first.record.id) == of_first);
    CHECK(marks_text(*w.c, other.record.id) == of_other);
    const IssuedCopy second = w.issue("A", "a2.csv", spellings);
    const IssuedCopy fresh = w.issue("C", "c.csv");
    must(rotate_key(*w.c, "again", true, true));
    CHECK(marks_text(*w.c, first.record.id) == of_first);
    // New copies use the new key; who had one before keeps canaries and spellings.
    const auto issue = must(w.c->catalogue().issue_of(second.record.id));
    CHECK(issue.mark_commitment != commitment);
    CHECK(must(w.c->catalogue().issue_of(fresh.record.id)).mark_commitment == issue.mark_commitment);
    const auto pool = must(canary_pool(*w.c));
    const CopyMarks marks = must(marks_of(*w.c, first.record.id, pool));
    const CopyMarks later = must(marks_of(*w.c, second.record.id, pool));
    CHECK(later.canaries == marks.canaries);
    std::uint64_t elsewhere = 0;
    for (std::uint64_t row = 0; row < marks.order.rows(); ++row)
        elsewhere += later.order.position(row) == marks.order.position(row) ? 0U : 1U;
    CHECK(elsewhere * 2 > marks.order.rows());
    const auto sorted = [&](const std::string& name) {
        std::multiset<std::string> lines;
        std::string text = read_file(w.folder / name);
        for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
            lines.insert(text.substr(at, text.find('\n', at) - at));
        return lines;
    };
    CHECK(sorted("a.csv") == sorted("a2.csv"));
    const auto files = {std::pair("a.csv", first), std::pair("a2.csv", second), std::pair("b.csv", other),
                        std::pair("c.csv", fresh)};
    for (const auto& [name, copy] : files) {
        const Identified found = must(identify_list(*w.c, w.folder / name, {}));
        REQUIRE_FALSE(found.candidates.empty());
        CHECK(found.candidates[0].copy.name == copy.record.name);
        CHECK(found.candidates[0].named);
    }
}

TEST_CASE("a case that was made before keys had a history keeps its marks, too") {
    World w;
    w.run("DELETE FROM meta WHERE key IN ('key_history', 'key_id')");
    w.reopen();
    const IssuedCopy copy = w.issue("A", "a.csv", "office=Office 1|Bureau 1");
    const auto pool = must(canary_pool(*w.c));
    for (const CanaryRecord& canary : pool) CHECK(canary.marked == canary.token);
    const std::string marks = marks_text(*w.c, copy.record.id);
    const std::string before = everything(*w.c);
    must(rotate_key(*w.c, "a test", true, true));
    w.reopen();
    CHECK(everything(*w.c) == before);
    CHECK(marks_text(*w.c, copy.record.id) == marks);
    CHECK(must(identify_list(*w.c, w.folder / "a.csv", {})).candidates.at(0).named);
}

TEST_CASE("campaigns that an older version left hold no tokens and stay as they are") {
    World w;
    write_file(w.folder / "case/calls/campaigns-1-0.parquet", "ids and campaigns");
    w.set_campaigns({"campaigns-1-0.parquet"});
    const std::string bytes = read_file(w.folder / "case/calls/campaigns-1-0.parquet");
    must(rotate_key(*w.c, "a test", true, true));
    CHECK(must(w.c->catalogue().detection())->campaigns == std::vector<std::string>{"campaigns-1-0.parquet"});
    CHECK(read_file(w.folder / "case/calls/campaigns-1-0.parquet") == bytes);
}

TEST_CASE("a damaged token, text or segment is found and told, and nothing is changed") {
    const auto refused = [](World& w, const std::string& where) {
        const std::string id = w.c->keys().id();
        const auto out = rotate_key(*w.c, "a test", true, true);
        REQUIRE_FALSE(out.ok());
        CHECK(out.fault().kind == FaultKind::corrupt);
        CHECK_MESSAGE(out.fault().message().find(where) != std::string::npos, out.fault().message());
        w.reopen();
        CHECK(w.c->keys().id() == id);
        CHECK(w.keys() == 1);
        for (const auto& entry : fs::directory_iterator(w.folder / "case/calls"))
            CHECK(entry.path().string().find(".k2.") == std::string::npos);
    };
    {
        World w;
        w.run("UPDATE entries SET token=x'00112233445566778899aabbccddeeff' WHERE row=17");
        refused(w, "register 'staff', row 18 in catalogue.sqlite");
    }
    {
        World w;
        w.run("UPDATE entries SET token=x'0011' WHERE row=17");
        refused(w, "register 'staff', row 18 in catalogue.sqlite");
    }
    {
        World w;
        w.run("UPDATE canaries SET attributes=zeroblob(60) WHERE id=3");
        refused(w, "canary N3 in catalogue.sqlite");
    }
    {
        World w;
        const std::string name = must(w.c->catalogue().segments()).at(0).name;
        std::string bytes = read_file(w.folder / "case/calls" / name);
        CallStore* store = must(w.c->calls());
        const Token token = must(store->read_stored(name)).cli.at(150);
        const std::size_t at = bytes.find(std::string(token.bytes.begin(), token.bytes.end()));
        REQUIRE(at != std::string::npos);
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
        write_file(w.folder / "case/calls" / name, bytes);
        refused(w, name + ", token ");
    }
    {
        World w;
        w.detect();
        const std::string name = must(w.c->catalogue().detection())->campaigns.at(0);
        std::string bytes = read_file(w.folder / "case/calls" / name);
        const Token token = must(must(w.c->calls())->read_stored(name)).callee.at(20);
        const std::size_t at = bytes.find(std::string(token.bytes.begin(), token.bytes.end()));
        REQUIRE(at != std::string::npos);
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
        write_file(w.folder / "case/calls" / name, bytes);
        refused(w, name + ", token ");
    }
    {
        World w;
        w.run("CREATE TABLE notes(id INTEGER PRIMARY KEY, text BLOB NOT NULL) STRICT");
        refused(w, "notes.text");
    }
}

TEST_CASE(
    "a change that was committed and not ended is ended by the next step that writes; readers do not mind") {
    for (const bool destroy : {false, true}) {
        World w;
        w.detect();
        const std::string before = everything(*w.c);
        const std::string old_id = w.c->keys().id();
        const std::string old_key = read_file(w.c->keys().path());
        const std::string old_toml = read_file(w.folder / "case/case.toml") + "limit = 7  # mine\n";
        const RotatedKey key = must(rotate_key(*w.c, "a test", true, true));
        // As a crash right after the commit leaves it.
        w.run("INSERT INTO meta VALUES('key_change','" + old_id + (destroy ? " destroy" : " keep") + "')");
        write_file(w.folder / "case/case.toml", old_toml);
        write_file(w.folder / "keys" / (old_id + ".key"), old_key);
        write_file(w.folder / "case/calls/calls-3-0.parquet", "left over");
        write_file(w.folder / "case/calls/campaign-calls-1-0.parquet", "left over");
        w.reopen(Case::Access::read);
        CHECK(everything(*w.c) == before);
        CHECK(read_file(w.folder / "case/case.toml") == old_toml);
        w.reopen();
        CHECK(everything(*w.c) == before);
        const std::string toml = read_file(w.folder / "case/case.toml");
        CHECK(toml.find(key.id) != std::string::npos);
        CHECK(toml.find(key.fingerprint) != std::string::npos);
        CHECK(toml.find(old_id) == std::string::npos);
        CHECK(toml.ends_with("limit = 7  # mine\n"));
        CHECK_FALSE(fs::exists(w.folder / "keys" / (old_id + ".key")));
        CHECK(fs::exists(w.folder / "keys" / (old_id + ".key.old")) == !destroy);
        CHECK_FALSE(fs::exists(w.folder / "case/calls/calls-3-0.parquet"));
        CHECK_FALSE(fs::exists(w.folder / "case/calls/campaign-calls-1-0.parquet"));
        CHECK(must(w.c->catalogue().meta("key_change")).empty());
    }
}

TEST_CASE("a change that was begun and not committed leaves no key behind, and never the right one") {
    World w;
    const std::string id = w.c->keys().id();
    w.run("INSERT INTO meta VALUES('key_next','abcdefghijkl')");
    write_file(w.folder / "keys/abcdefghijkl.key", "left over");
    // As DurableFile leaves them when it is killed.
    write_file(w.folder / "keys/abcdefghijkl.key.tmp7", "half a ke");
    write_file(w.folder / ("keys/" + id + ".key.tmp12345"), "half a ke");
    write_file(w.folder / "case/case.toml.tmp7", "half a ca");
    w.reopen();
    CHECK_FALSE(fs::exists(w.folder / "case/case.toml.tmp7"));
    CHECK(w.keys() == 1);
    CHECK(must(w.c->catalogue().meta("key_next")).empty());
    w.run("INSERT INTO meta VALUES('key_next','" + id + "')");
    w.reopen();
    CHECK(w.keys() == 1);
    w.run("INSERT OR REPLACE INTO meta VALUES('key_next','../case/catalogue')");
    w.reopen();
    CHECK(everything(*w.c).size() > 100);
}

TEST_CASE("the key is not changed under somebody who reads the case") {
    World w;
    {
        const Case reader = must(Case::open(w.folder / "case", Case::Access::read));
        const Done alone = w.c->hold_alone(0);
        REQUIRE_FALSE(alone.ok());
        CHECK(alone.fault().message().find("another sendh is reading this case") != std::string::npos);
    }
    CHECK(w.c->hold_alone(0).ok());
}

TEST_CASE("a change of the key needs a reason") {
    World w;
    for (const char* reason : {"", "  "}) {
        const auto out = rotate_key(*w.c, reason, false, true);
        REQUIRE_FALSE(out.ok());
        CHECK(out.fault().kind == FaultKind::usage);
    }
    CHECK(w.keys() == 1);
}
