#include <doctest/doctest.h>

#include <string>

#include "base/folder.h"
#include "store/catalogue.h"

using namespace sendh;
using namespace sendh::test;
namespace fs = std::filesystem;

namespace {

Token token(unsigned char n) {
    Token t;
    for (std::size_t i = 0; i < t.bytes.size(); ++i)
        t.bytes[i] = static_cast<unsigned char>(n * 17 + i * (i % 3));
    return t;
}

FileRecord a_file(const std::string& kind = "calls") {
    FileRecord f;
    f.kind = kind;
    f.name = "calls.csv";
    f.sha256 = std::string(64, 'a');
    f.layout = "ild";
    f.bytes = 1000;
    f.rows = 10;
    f.accepted = 7;
    f.rejected = 2;
    f.duplicates = 1;
    f.imported_at = Micros{1'730'505'600'000'000};
    f.detail = "a note\nanother";
    return f;
}

Catalogue fresh(const Folder& folder) {
    auto c = Catalogue::create(folder / "catalogue.sqlite");
    REQUIRE(c.ok());
    return std::move(*c);
}

template <class T>
T must(Result<T> result) {
    if (!result.ok()) FAIL(result.fault().message());
    return std::move(result).value();
}
void must_do(const Done& result) {
    if (!result.ok()) FAIL(result.fault().message());
}

// What an upgrade from format 4 adds, taken away.
constexpr const char* back_to_format_4 =
    "ALTER TABLE canaries DROP COLUMN persona; DROP TABLE register_changes; ALTER TABLE registers DROP "
    "COLUMN joined_column; ALTER TABLE registers "
    "DROP "
    "COLUMN left_column; ALTER TABLE registers DROP COLUMN person_column; PRAGMA user_version=4";

bool holds(const Folder& folder, const std::string& bytes) {
    for (const auto& file : fs::directory_iterator(folder.path())) {
        if (read_file(file.path()).find(bytes) != std::string::npos) return true;
    }
    return false;
}

EntryRecord entry(std::int64_t row, unsigned char number, const std::string& sealed) {
    EntryRecord e;
    e.row = row;
    e.token = token(number);
    e.joined = Micros{5};
    e.sealed_attributes = sealed;
    return e;
}

}  // namespace

TEST_CASE("a catalogue that was made can be opened and is empty") {
    const Folder folder;
    { const Catalogue made = fresh(folder); }
    auto c = must(Catalogue::open(folder / "catalogue.sqlite"));
    CHECK(must(c.files()).empty());
    CHECK(must(c.segments()).empty());
    CHECK(must(c.registers()).empty());
    CHECK(must(c.copies()).empty());
    CHECK(must(c.lists()).empty());
    CHECK(must(c.population()).empty());
    CHECK(must(c.trunks()).empty());
    CHECK(must(c.roaming()).empty());
    CHECK(must(c.reports()).empty());
    CHECK(must(c.campaigns()).empty());
    CHECK_FALSE(must(c.detection()).has_value());
    CHECK(must(c.latest_finding()).empty());
    CHECK(must(c.meta("anything")).empty());
    CHECK(must(c.evidence_state()) == 0);
}

TEST_CASE("a catalogue is not made over another") {
    const Folder folder;
    {
        Catalogue c = fresh(folder);
        must_do(c.set_meta("name", "a case"));
    }
    CHECK_FALSE(Catalogue::create(folder / "catalogue.sqlite").ok());
    CHECK(must(must(Catalogue::open(folder / "catalogue.sqlite")).meta("name")) == "a case");
}

TEST_CASE("a missing catalogue is a fault, and none is made") {
    const Folder folder;
    const auto c = Catalogue::open(folder / "catalogue.sqlite");
    REQUIRE_FALSE(c.ok());
    CHECK(c.fault().message().find("catalogue.sqlite") != std::string::npos);
    CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("a case of a newer version is refused and left as it is") {
    const Folder folder;
    {
        Catalogue c = fresh(folder);
        must_do(c.database().run("PRAGMA user_version=" + std::to_string(catalogue_format + 1)));
    }
    const std::string before = read_file(folder / "catalogue.sqlite");
    const auto c = Catalogue::open(folder / "catalogue.sqlite");
    REQUIRE_FALSE(c.ok());
    CHECK(c.fault().kind == FaultKind::corrupt);
    CHECK(c.fault().message().find("newer version") != std::string::npos);
    CHECK(read_file(folder / "catalogue.sqlite") == before);
}

TEST_CASE("what is no catalogue is corrupt: other bytes, an empty file, another database") {
    const Folder folder;
    const fs::path path = folder / "catalogue.sqlite";
    const auto corrupt = [&] {
        const auto c = Catalogue::open(path);
        return !c.ok() && c.fault().kind == FaultKind::corrupt && !c.fault().to_do.empty();
    };
    write_file(path, "");
    CHECK(corrupt());
    CHECK(fs::file_size(path) == 0);
    write_file(path, std::string(5000, 'x'));
    CHECK(corrupt());
    fs::remove(path);
    must_do(must(Database::open(path, true)).run("CREATE TABLE other(x)"));
    CHECK(corrupt());
}

TEST_CASE("damage inside is found when it is read") {
    const Folder folder;
    const fs::path path = folder / "catalogue.sqlite";
    {
        Catalogue c = fresh(folder);
        auto t = must(Transaction::begin(c.database()));
        must_do(c.add_list("directory", std::vector<Token>(20'000, token(1))));
        must_do(t.commit());
    }
    std::string bytes = read_file(path);
    const std::string whole = bytes;
    for (std::size_t at = bytes.size() / 2; at < bytes.size(); ++at)
        bytes[at] = static_cast<char>(bytes[at] ^ 0x5A);
    write_file(path, bytes);
    auto c = must(Catalogue::open(path));
    const auto numbers = c.list_numbers(1);
    REQUIRE_FALSE(numbers.ok());
    CHECK(numbers.fault().kind == FaultKind::corrupt);
    CHECK(numbers.fault().to_do.find("backup") != std::string::npos);
    write_file(path, whole.substr(0, 4096));  // cut off
    const auto cut = Catalogue::open(path);
    CHECK((!cut.ok() && cut.fault().kind == FaultKind::corrupt));
}

TEST_CASE("meta keeps the last value of a key, any text") {
    const Folder folder;
    Catalogue c = fresh(folder);
    must_do(c.set_meta("name", "first"));
    must_do(c.set_meta("name", "it's \"क\"; DROP TABLE meta;--"));
    CHECK(must(c.meta("name")) == "it's \"क\"; DROP TABLE meta;--");
    must_do(c.set_meta("empty", ""));
    CHECK(must(c.meta("empty")).empty());
}

TEST_CASE("files come back, by kind and by digest") {
    const Folder folder;
    Catalogue c = fresh(folder);
    const FileRecord f = a_file();
    const auto id = must(c.add_file(f));
    const auto second = must(c.add_file(a_file("register")));
    CHECK(id != second);
    const auto files = must(c.files());
    REQUIRE(files.size() == 2);
    CHECK(files[0].id == id);
    CHECK(files[0].kind == f.kind);
    CHECK(files[0].name == f.name);
    CHECK(files[0].sha256 == f.sha256);
    CHECK(files[0].layout == f.layout);
    CHECK(files[0].bytes == f.bytes);
    CHECK(files[0].rows == f.rows);
    CHECK(files[0].accepted == f.accepted);
    CHECK(files[0].rejected == f.rejected);
    CHECK(files[0].duplicates == f.duplicates);
    CHECK(files[0].imported_at == f.imported_at);
    CHECK(files[0].detail == f.detail);
    CHECK(must(c.files("register")).size() == 1);
    CHECK(must(c.files("copy")).empty());
    CHECK(must(c.file_by_sha("calls", f.sha256))->id == id);
    CHECK_FALSE(must(c.file_by_sha("calls", std::string(64, 'b'))));
    CHECK_FALSE(must(c.file_by_sha("copy", f.sha256)));
}

TEST_CASE("rows = accepted + rejected + duplicates, or the catalogue refuses") {
    const Folder folder;
    Catalogue c = fresh(folder);
    FileRecord f = a_file();
    f.rows = 11;
    CHECK_FALSE(c.add_file(f).ok());
    CHECK(must(c.files()).empty());
    f = a_file();
    f.id = must(c.add_file(f));
    f.accepted = 8;
    CHECK_FALSE(c.update_counts(f).ok());
    CHECK(must(c.files())[0].accepted == 7);
    f.rows = 11;
    f.sha256 = std::string(64, 'c');
    must_do(c.update_counts(f));
    CHECK(must(c.files())[0].accepted == 8);
    CHECK(must(c.files())[0].sha256 == f.sha256);
}

TEST_CASE("the evidence state grows with calls, reports, trunks and roaming") {
    const Folder folder;
    Catalogue c = fresh(folder);
    std::int64_t state = must(c.evidence_state());
    for (const char* kind : {"calls", "reports", "trunks", "roaming"}) {
        must(c.add_file(a_file(kind)));
        const auto next = must(c.evidence_state());
        CHECK(next > state);
        state = next;
    }
}

TEST_CASE("a damaged evidence state does not end the program") {
    const Folder folder;
    Catalogue c = fresh(folder);
    must_do(c.set_meta("evidence_state", "not a number"));
    (void)c.evidence_state().ok();
}

TEST_CASE("rejects come back by file and line, as many as are asked for") {
    const Folder folder;
    Catalogue c = fresh(folder);
    const auto one = must(c.add_file(a_file()));
    const auto two = must(c.add_file(a_file("reports")));
    must_do(c.add_rejects({{one, 9, 90, "bad_time", "TIME", std::string("\0sealed\xFF", 8)},
                           {one, 3, 30, "missing", "", ""},
                           {two, 1, 0, "bad_value", "x", "raw"}}));
    const auto rejects = must(c.rejects(one, 10));
    REQUIRE(rejects.size() == 2);
    CHECK(rejects[0].line == 3);
    CHECK(rejects[1].offset == 90);
    CHECK(rejects[1].code == "bad_time");
    CHECK(rejects[1].column == "TIME");
    CHECK(rejects[1].sealed_raw == std::string("\0sealed\xFF", 8));
    CHECK(must(c.rejects(one, 1)).size() == 1);
    CHECK(must(c.rejects(0, 10)).size() == 3);
    CHECK_FALSE(c.add_rejects({{99, 1, 0, "x", "", ""}}).ok());  // of no file
}

TEST_CASE("segments and files of duplicates come back") {
    const Folder folder;
    Catalogue c = fresh(folder);
    const auto file = must(c.add_file(a_file()));
    must_do(c.add_segment({file, "1-1.parquet", 7, Micros{-5}, Micros{50}}));
    CHECK_FALSE(c.add_segment({file, "1-1.parquet", 7, Micros{0}, Micros{1}}).ok());
    CHECK_FALSE(c.add_segment({99, "99-1.parquet", 7, Micros{0}, Micros{1}}).ok());
    const auto segments = must(c.segments());
    REQUIRE(segments.size() == 1);
    CHECK(segments[0].file == file);
    CHECK(segments[0].name == "1-1.parquet");
    CHECK(segments[0].rows == 7);
    CHECK(segments[0].first == Micros{-5});
    CHECK(segments[0].last == Micros{50});
    must_do(c.add_duplicates(file, "duplicates-1-1.parquet"));
    CHECK(must(c.duplicate_files()) == std::vector<std::string>{"duplicates-1-1.parquet"});
}

TEST_CASE("registers come back with their entries in order") {
    const Folder folder;
    Catalogue c = fresh(folder);
    RegisterRecord r;
    r.name = "secretariat";
    r.columns = {"name", "पदनाम", "two\nlines", ""};
    r.added_at = Micros{5};
    const auto id = must(c.add_register(r, {{1, token(2), Micros{7}, std::nullopt, "sealed"},
                                            {0, token(1), std::nullopt, Micros{-8}, std::string("\0", 1)}}));
    const auto registers = must(c.registers());
    REQUIRE(registers.size() == 1);
    CHECK(registers[0].id == id);
    CHECK(registers[0].name == "secretariat");
    CHECK(registers[0].columns == std::vector<std::string>{"name", "पदनाम", "two lines", ""});
    CHECK(registers[0].entries == 2);
    CHECK(registers[0].added_at == Micros{5});
    const auto entries = must(c.entries(id));
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].row == 0);
    CHECK(entries[0].token == token(1));
    CHECK_FALSE(entries[0].joined);
    CHECK(entries[0].left == Micros{-8});
    CHECK(entries[0].sealed_attributes == std::string("\0", 1));
    CHECK(entries[1].token == token(2));
    CHECK(entries[1].joined == Micros{7});
    CHECK(must(c.entries(id + 1)).empty());
    CHECK_FALSE(c.add_register(r, {}).ok());  // the name is taken
}

TEST_CASE("copies come back with their register's name and their rows' count") {
    const Folder folder;
    Catalogue c = fresh(folder);
    RegisterRecord r;
    r.name = "secretariat";
    const auto id = must(c.add_register(r, {}));
    CopyRecord k;
    k.name = "K1";
    k.register_id = id;
    k.recipient = "printer";
    k.date = "2024-10-01";
    k.columns = {"name"};
    k.canaries = 3;
    k.recorded_at = Micros{9};
    const auto copy = must(c.add_copy(k, {token(1), token(2), token(1)}));
    const auto copies = must(c.copies());
    REQUIRE(copies.size() == 1);
    CHECK(copies[0].id == copy);
    CHECK(copies[0].name == "K1");
    CHECK(copies[0].register_id == id);
    CHECK(copies[0].register_name == "secretariat");
    CHECK(copies[0].recipient == "printer");
    CHECK(copies[0].date == "2024-10-01");
    CHECK(copies[0].columns == std::vector<std::string>{"name"});
    CHECK(copies[0].canaries == 3);
    CHECK(copies[0].rows == 3);
    CHECK(copies[0].recorded_at == Micros{9});
    k.register_id = 99;
    k.name = "K2";
    CHECK_FALSE(c.add_copy(k, {}).ok());
}

TEST_CASE("lists, populations, trunks and roaming come back") {
    const Folder folder;
    Catalogue c = fresh(folder);
    must_do(c.add_list("directory", {token(3), token(1), token(2)}));
    must_do(c.add_list("breach", {}));
    const auto lists = must(c.lists());
    REQUIRE(lists.size() == 2);
    CHECK(lists[0].name == "directory");
    CHECK(lists[0].numbers == 3);
    CHECK(must(c.list_numbers(lists[0].id)) == std::vector<Token>{token(3), token(1), token(2)});
    CHECK(must(c.list_numbers(lists[1].id)).empty());

    must_do(
        c.add_population("operator", {{token(1), "mobile", "A", std::nullopt}, {token(2), "", "", true}}));
    must_do(c.add_population("survey", {{token(3), "fixed", "B", false}}));
    CHECK(must(c.population_kinds()) == std::vector<std::string>{"operator", "survey"});
    const auto population = must(c.population());
    REQUIRE(population.size() == 3);
    CHECK(population[0].token == token(1));
    CHECK(population[0].line_type == "mobile");
    CHECK(population[0].operator_name == "A");
    CHECK_FALSE(population[0].called);
    CHECK(population[1].called == true);
    CHECK(population[2].called == false);

    must_do(c.add_trunks({{"t1", "A", "international"}, {"t2", "", "own"}}));
    must_do(c.add_trunks({{"t1", "B", "domestic"}}));
    const auto trunks = must(c.trunks());
    REQUIRE(trunks.size() == 2);
    CHECK(trunks[0].carrier == "B");
    CHECK(trunks[0].ingress == "domestic");

    must_do(c.add_roaming({false, Micros{1}, Micros{9}},
                          {{token(1), Micros{2}, Micros{3}}, {token(2), Micros{4}, Micros{5}}}));
    const auto spans = must(c.roaming_spans());
    REQUIRE(spans.size() == 1);
    CHECK_FALSE(spans[0].complete);
    CHECK(spans[0].from == Micros{1});
    CHECK(spans[0].to == Micros{9});
    const auto roaming = must(c.roaming());
    REQUIRE(roaming.size() == 2);
    CHECK(roaming[1].token == token(2));
    CHECK(roaming[1].from == Micros{4});
    CHECK(roaming[1].to == Micros{5});
}

TEST_CASE("reports come back, with yes, no and not said told apart") {
    const Folder folder;
    Catalogue c = fresh(folder);
    ReportRecord r;
    r.file = must(c.add_file(a_file("reports")));
    r.line = 12;
    r.number = token(1);
    r.cli = token(2);
    r.cli_class = 7;
    r.time = Micros{77};
    r.date_only = true;
    r.threat = true;
    r.key_press = false;
    r.knew_designation = true;
    r.sealed = std::string("\0x", 2);
    must_do(c.add_report(r));
    ReportRecord bare;
    bare.file = r.file;
    bare.line = 3;
    must_do(c.add_report(bare));
    const auto reports = must(c.reports());
    REQUIRE(reports.size() == 2);
    CHECK(reports[0].line == 3);
    CHECK_FALSE(reports[0].time);
    CHECK_FALSE(reports[0].threat);
    CHECK(reports[1].number == token(1));
    CHECK(reports[1].cli == token(2));
    CHECK(reports[1].cli_class == 7);
    CHECK(reports[1].time == Micros{77});
    CHECK(reports[1].date_only);
    CHECK(reports[1].threat == true);
    CHECK(reports[1].key_press == false);
    CHECK_FALSE(reports[1].knew_name);
    CHECK(reports[1].knew_designation == true);
    CHECK_FALSE(reports[1].knew_department);
    CHECK(reports[1].sealed == std::string("\0x", 2));
    CHECK_FALSE(c.add_report(r).ok());  // one report a line
}

TEST_CASE("a detection replaces the one before, campaigns in their order") {
    const Folder folder;
    Catalogue c = fresh(folder);
    DetectionRecord d;
    d.verdicts = {"v1.parquet", "v2.parquet"};
    d.campaigns = {"c1.parquet"};
    d.calls = 100;
    d.fake = 10;
    d.undecidable = 5;
    d.undecidable_roaming = 2;
    d.made_at = Micros{4};
    d.rule = "a rule";
    d.state = 3;
    must_do(c.set_detection(d, {{"C2", 5, 4, Micros{1}, Micros{2}, {"trunk T1", "link x"}},
                                {"C1", 3, 2, Micros{3}, Micros{4}, {}}}));
    const auto found = must(c.detection());
    REQUIRE(found);
    CHECK(found->verdicts == d.verdicts);
    CHECK(found->campaigns == d.campaigns);
    CHECK(found->calls == 100);
    CHECK(found->fake == 10);
    CHECK(found->undecidable == 5);
    CHECK(found->undecidable_roaming == 2);
    CHECK(found->made_at == Micros{4});
    CHECK(found->rule == "a rule");
    CHECK(found->state == 3);
    auto campaigns = must(c.campaigns());
    REQUIRE(campaigns.size() == 2);
    CHECK(campaigns[0].id == "C2");
    CHECK(campaigns[0].calls == 5);
    CHECK(campaigns[0].numbers == 4);
    CHECK(campaigns[0].first == Micros{1});
    CHECK(campaigns[0].last == Micros{2});
    CHECK(campaigns[0].held_by == std::vector<std::string>{"trunk T1", "link x"});
    CHECK(campaigns[1].held_by.empty());
    must_do(c.set_detection(DetectionRecord{}, {{"C1", 1, 1, Micros{1}, Micros{2}, {}}}));
    CHECK(must(c.campaigns()).size() == 1);
    CHECK(must(c.detection())->verdicts.empty());
}

TEST_CASE("the latest finding is the last one added; they are counted by register") {
    const Folder folder;
    Catalogue c = fresh(folder);
    must_do(c.add_finding("a", Micros{5}, "{\"n\":1}"));
    must_do(c.add_finding("b", Micros{4}, "{\"n\":2}"));
    CHECK(must(c.latest_finding()) == "{\"n\":2}");
    CHECK(must(c.finding_count("a")) == 1);
    CHECK(must(c.finding_count("c")) == 0);
}

namespace {

LogEntry log_entry(const std::string& kind) {
    LogEntry entry;
    entry.time = Micros{1'730'505'600'000'000};
    entry.who = "officer";
    entry.kind = kind;
    entry.details = {{"reason", "warn them"}};
    return entry;
}

}  // namespace

TEST_CASE("log entries are pending until the file has them, and the head stays") {
    const Folder folder;
    Catalogue c = fresh(folder);
    CHECK(must(c.log_state()) == LogState{});
    must_do(c.add_to_log(log_entry("reveal")));
    const LogState one = must(c.log_state());
    CHECK(one.head.count == 1);
    CHECK(one.pending.size() == one.head.bytes);
    must_do(c.add_to_log(log_entry("import")));
    const LogState two = must(c.log_state());
    CHECK(two.pending.starts_with(one.pending));
    must_do(c.settle_log(one));  // only the first has reached the file
    CHECK(must(c.log_state()).pending == two.pending.substr(one.pending.size()));
    must_do(c.settle_log(two));
    CHECK(must(c.log_state()).pending.empty());
    CHECK(must(c.log_state()).head == two.head);
}

TEST_CASE("an entry of what is not committed is not in the log") {
    const Folder folder;
    Catalogue c = fresh(folder);
    {
        auto t = must(Transaction::begin(c.database()));
        must_do(c.add_to_log(log_entry("reveal")));
    }
    CHECK(must(c.log_state()) == LogState{});
}

TEST_CASE("a log head that makes no sense is found") {
    const Folder folder;
    Catalogue c = fresh(folder);
    must_do(c.add_to_log(log_entry("reveal")));
    for (const char* head : {"", "1", "x 5 a", "1 2 a", "-1 500 a", "1  a"}) {
        must_do(c.set_meta("log_head", head));
        const auto state = c.log_state();
        if (*head == '\0') {
            CHECK(state.ok());
        } else {
            REQUIRE_FALSE(state.ok());
            CHECK(state.fault().kind == FaultKind::corrupt);
        }
    }
}

TEST_CASE("readings that a case of format 3 has recorded are in the log after the upgrade, masked") {
    const Folder folder;
    {
        Catalogue c = fresh(folder);
        must_do(c.database().run(back_to_format_4));
        must_do(c.database().run(
            "DROP TABLE log_pending;"
            "CREATE TABLE access(id INTEGER PRIMARY KEY, who TEXT NOT NULL, at INTEGER NOT NULL, what TEXT "
            "NOT NULL, "
            "reason TEXT NOT NULL) STRICT;"
            "INSERT INTO access(who,at,what,reason) VALUES('asha',5,'at-risk: 3 entries','warn 9876500001'),"
            "('9876500001',6,'copy K1','')"));
        must_do(c.database().run("PRAGMA user_version=3"));
    }
    auto c = must(Catalogue::open(folder / "catalogue.sqlite"));
    CHECK(must(c.log_state()) == LogState{});
    must_do(c.upgrade("officer"));
    const LogState state = must(c.log_state());
    CHECK(state.head.count == 3);
    CHECK(state.pending.find("98765") == std::string::npos);
    CHECK(state.pending.find("\"earlier_readings\":2") != std::string::npos);
    CHECK(state.pending.find("\"what\":\"at-risk: 3 entries\",\"reason\":\"warn 98••••••01\"") !=
          std::string::npos);
    CHECK(state.pending.find("\"time\":\"1970-01-01T00:00:00.000005Z\",\"who\":\"asha\"") !=
          std::string::npos);
    CHECK_FALSE(c.database().prepare("SELECT * FROM access").ok());
    must_do(c.upgrade("officer"));
    CHECK(must(c.log_state()) == state);
}

TEST_CASE(
    "after the upgrade of a case of format 4 its detection is not up to date, and the log says who did it") {
    const Folder folder;
    DetectionRecord d;
    std::int64_t state = 0;
    {
        Catalogue c = fresh(folder);
        must(c.add_file(a_file("calls")));
        state = must(c.evidence_state());
        d.state = state;
        d.campaigns = {"campaigns-1-0.parquet"};
        must_do(c.set_detection(d, {}));
        must_do(c.database().run(back_to_format_4));
    }
    auto c = must(Catalogue::open(folder / "catalogue.sqlite"));
    const LogState before = must(c.log_state());
    must_do(c.upgrade("officer"));
    CHECK(must(c.evidence_state()) > state);
    CHECK(must(c.detection())->state == state);
    CHECK(must(c.detection())->campaigns == d.campaigns);
    const LogState after = must(c.log_state());
    CHECK(after.head.count == before.head.count + 1);
    CHECK(after.pending.find("\"from_format\":4") != std::string::npos);
    CHECK(after.pending.find("\"who\":\"officer\"") != std::string::npos);
    must_do(c.upgrade("officer"));
    CHECK(must(c.log_state()) == after);
}

TEST_CASE("what is not committed never was") {
    const Folder folder;
    {
        Catalogue c = fresh(folder);
        {
            auto t = must(Transaction::begin(c.database()));
            must(c.add_file(a_file()));
            must_do(c.add_list("directory", {token(1)}));
            CHECK(must(c.files()).size() == 1);
        }
        CHECK(must(c.files()).empty());
        CHECK(must(c.lists()).empty());
        CHECK(must(c.evidence_state()) == 0);
        auto t = must(Transaction::begin(c.database()));
        must(c.add_file(a_file()));
        must_do(t.commit());
    }
    CHECK(must(must(Catalogue::open(folder / "catalogue.sqlite")).files()).size() == 1);
}

TEST_CASE("a failure inside a transaction takes all of it back") {
    const Folder folder;
    Catalogue c = fresh(folder);
    const auto step = [&]() -> Done {
        SENDH_TRY(Transaction t, Transaction::begin(c.database()));
        SENDH_CHECK(c.add_file(a_file()));
        FileRecord wrong = a_file();
        wrong.rejected = 3;
        SENDH_CHECK(c.add_file(wrong));
        return t.commit();
    };
    CHECK_FALSE(step().ok());
    CHECK(must(c.files()).empty());
    must_do(c.set_meta("alive", "yes"));
}

TEST_CASE("a second writer is told to wait, a reader sees the last commit") {
    const Folder folder;
    Catalogue one = fresh(folder);
    Catalogue two = must(Catalogue::open(folder / "catalogue.sqlite"));
    must_do(two.database().run("PRAGMA busy_timeout=50"));
    auto t = must(Transaction::begin(one.database()));
    must(one.add_file(a_file()));
    CHECK(must(two.files()).empty());
    const auto refused = Transaction::begin(two.database());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.fault().kind == FaultKind::io);
    CHECK(refused.fault().to_do.find("another sendh") != std::string::npos);
    must_do(t.commit());
    CHECK(must(two.files()).size() == 1);
}

TEST_CASE("commits are flushed to the disk, foreign keys hold, and a case's schema is not trusted") {
    const Folder folder;
    Catalogue c = fresh(folder);
    const auto pragma = [&](const std::string& name) {
        auto s = must(c.database().prepare("PRAGMA " + name));
        REQUIRE(must(s.step()));
        return s.text(0);
    };
    CHECK(pragma("journal_mode") == "wal");
    CHECK(pragma("synchronous") == "2");
    CHECK(pragma("foreign_keys") == "1");
    CHECK(pragma("trusted_schema") == "0");
}

TEST_CASE("a statement can be bound and run again, and NULL is told from nothing") {
    const Folder folder;
    auto d = must(Database::open(folder / "x.sqlite", true));
    must_do(d.run("CREATE TABLE t(a INTEGER, b REAL, c TEXT, d BLOB)"));
    auto insert = must(d.prepare("INSERT INTO t VALUES(?1,?2,?3,?4)"));
    must_do(insert.bind(1, std::int64_t{INT64_MIN})
                .bind(2, 0.5)
                .bind(3, "क")
                .bind_blob(4, std::string_view("\0\xFF", 2))
                .run());
    must_do(insert.bind(1, std::int64_t{2}).run());  // bindings do not linger
    must_do(insert.bind(3, std::string_view()).bind_blob(4, {}).bind_null(1).run());
    CHECK(d.last_row_id() == 3);
    auto select = must(d.prepare("SELECT a,b,c,d FROM t ORDER BY rowid"));
    REQUIRE(must(select.step()));
    CHECK(select.integer(0) == INT64_MIN);
    CHECK(select.real(1) == 0.5);
    CHECK(select.text(2) == "क");
    CHECK(select.text(3) == std::string("\0\xFF", 2));
    REQUIRE(must(select.step()));
    CHECK(select.is_null(1));
    CHECK(select.is_null(3));
    REQUIRE(must(select.step()));
    CHECK_FALSE(select.is_null(2));
    CHECK(select.text(2).empty());
    CHECK_FALSE(select.is_null(3));
    CHECK_FALSE(must(select.step()));
    CHECK_FALSE(d.prepare("SELECT nothing FROM nowhere").ok());
    CHECK_FALSE(d.run("nonsense").ok());
}

namespace {

IssueRecord an_issue(unsigned char n) {
    IssueRecord issue;
    issue.serial.fill(n);
    issue.recipient.fill(static_cast<unsigned char>(n / 10));
    issue.canary_share = .25;
    for (const std::int64_t row : {0, 1, 2, 7}) issue.members.add(row);
    for (const std::int64_t id : {1, 2, 3}) issue.pool.add(id);
    issue.offered.add(2);
    issue.sealed_how = std::string("sealed\0bytes", 12);
    issue.mark_commitment = std::string(64, 'c');
    return issue;
}

CanaryRecord a_canary(std::int64_t reg, unsigned char n) {
    CanaryRecord c;
    c.register_id = reg;
    c.token = token(n);
    c.joined = Micros{5};
    c.sealed_attributes = "sealed";
    c.added_at = c.since = Micros{10};
    c.state = "active";
    c.reason = "added";
    return c;
}

}  // namespace

TEST_CASE("issued and recorded copies stand side by side, each with what it is made of") {
    const Folder folder;
    Catalogue c = fresh(folder);
    RegisterRecord reg;
    reg.name = "staff";
    const std::int64_t id = must(c.add_register(reg, {}));
    CopyRecord copy;
    copy.register_id = id;
    copy.name = "K1";
    copy.recipient = "A";
    copy.columns = {"name", "post"};
    copy.purpose = "enquiries";
    must(c.add_copy(copy, {token(1), token(2)}));
    copy.name = "K2";
    copy.rows = 5;
    copy.canaries = 1;
    copy.legal_basis = "rule 7";
    copy.delete_by = "2026-12-31";
    const std::int64_t issued = must(c.add_issued_copy(copy, an_issue(42)));
    auto copies = must(c.copies());
    REQUIRE(copies.size() == 2);
    CHECK_FALSE(copies[0].issued);
    CHECK(copies[0].delivered);
    CHECK(copies[0].rows == 2);
    CHECK(copies[0].purpose == "enquiries");
    CHECK(copies[1].issued);
    CHECK_FALSE(copies[1].delivered);
    CHECK(copies[1].rows == 5);
    CHECK(copies[1].legal_basis == "rule 7");
    CHECK(copies[1].delete_by == "2026-12-31");
    CHECK(must(c.copy_rows(copies[0].id)) == std::vector<Token>{token(1), token(2)});
    const IssueRecord back = must(c.issue_of(issued));
    CHECK(back.serial == an_issue(42).serial);
    CHECK(back.recipient == an_issue(42).recipient);
    CHECK(back.canary_share == .25);
    CHECK(back.members == an_issue(42).members);
    CHECK(back.pool == an_issue(42).pool);
    CHECK(back.offered == an_issue(42).offered);
    CHECK(back.sealed_how == an_issue(42).sealed_how);
    CHECK(back.mark_commitment == std::string(64, 'c'));
    CHECK(back.sha256.empty());
    must_do(c.set_delivered(issued, std::string(64, 'd')));
    CHECK(must(c.copies())[1].delivered);
    CHECK(must(c.issue_of(issued)).sha256 == std::string(64, 'd'));
    CHECK_FALSE(c.issue_of(copies[0].id).ok());
    CHECK_FALSE(c.add_issued_copy(copy, an_issue(42)).ok());  // an id of its own
}

TEST_CASE("an issue that was not delivered can be taken back, a delivered one cannot") {
    const Folder folder;
    Catalogue c = fresh(folder);
    RegisterRecord reg;
    reg.name = "staff";
    CopyRecord copy;
    copy.register_id = must(c.add_register(reg, {}));
    copy.name = "K1";
    const std::int64_t lost = must(c.add_issued_copy(copy, an_issue(1)));
    must_do(c.remove_undelivered(lost));
    CHECK(must(c.copies()).empty());
    const std::int64_t given = must(c.add_issued_copy(copy, an_issue(2)));
    must_do(c.set_delivered(given, "x"));
    CHECK_FALSE(c.remove_undelivered(given).ok());
    CHECK(must(c.copies()).size() == 1);
}

TEST_CASE("damaged rows of an issue are corrupt") {
    const Folder folder;
    Catalogue c = fresh(folder);
    RegisterRecord reg;
    reg.name = "staff";
    CopyRecord copy;
    copy.register_id = must(c.add_register(reg, {}));
    copy.name = "K1";
    const std::int64_t id = must(c.add_issued_copy(copy, an_issue(1)));
    for (const char* damage : {"members=x'0180'", "pool=x'0100'", "offered=x'80'", "serial=x'01'"}) {
        Transaction transaction = must(Transaction::begin(c.database()));
        must_do(c.database().run(std::string("UPDATE issued_copies SET ") + damage));
        const auto issue = c.issue_of(id);
        REQUIRE_FALSE(issue.ok());
        CHECK(issue.fault().kind == FaultKind::corrupt);
        CHECK(issue.fault().to_do.find("restore") != std::string::npos);
    }
    CHECK(c.issue_of(id).ok());
}

TEST_CASE("canaries keep their row and every state they were in; the last one counts") {
    const Folder folder;
    Catalogue c = fresh(folder);
    RegisterRecord reg;
    reg.name = "staff";
    const std::int64_t id = must(c.add_register(reg, {}));
    must_do(c.add_canaries({a_canary(id, 1), a_canary(id, 2)}));
    must_do(c.set_canary_state(2, "burnt", Micros{20}, "published"));
    const auto canaries = must(c.canaries());
    REQUIRE(canaries.size() == 2);
    CHECK(canaries[0].token == token(1));
    CHECK(canaries[0].joined == Micros{5});
    CHECK(canaries[0].sealed_attributes == "sealed");
    CHECK(canaries[0].state == "active");
    CHECK(canaries[1].state == "burnt");
    CHECK(canaries[1].since == Micros{20});
    CHECK(canaries[1].reason == "published");
    CHECK_FALSE(c.set_canary_state(1, "asleep", Micros{30}, "").ok());
    CHECK_FALSE(c.add_canaries({a_canary(id, 1)}).ok());  // one number, one canary
}

TEST_CASE("canaries of a case of format 6 are persons of one number each, and then some have several") {
    const Folder folder;
    std::int64_t id = 0;
    {
        Catalogue c = fresh(folder);
        RegisterRecord reg;
        reg.name = "staff";
        id = must(c.add_register(reg, {}));
        must_do(c.add_canaries({a_canary(id, 1), a_canary(id, 2)}));
        must_do(c.database().run("ALTER TABLE canaries DROP COLUMN persona; PRAGMA user_version=6"));
    }
    Catalogue c = must(Catalogue::open(folder / "catalogue.sqlite"));
    for (const bool upgraded : {false, true}) {
        CAPTURE(upgraded);
        if (upgraded) must_do(c.upgrade("officer"));
        const auto canaries = must(c.canaries());
        REQUIRE(canaries.size() == 2);
        for (const CanaryRecord& canary : canaries) CHECK(canary.persona == canary.id);
    }
    std::vector<CanaryRecord> more;
    for (unsigned char n = 3; n < 9; ++n) more.push_back(a_canary(id, n));
    more[1].persona = more[4].persona = more[5].persona = 77;
    more[2].persona = more[3].persona = 4;  // a name for the two, and no id
    must_do(c.add_canaries(more));
    std::vector<std::int64_t> personas;
    for (const CanaryRecord& canary : must(c.canaries())) personas.push_back(canary.persona);
    CHECK(personas == std::vector<std::int64_t>{1, 2, 3, 4, 5, 5, 4, 4});
}

TEST_CASE("copies of a case of format 2 are read as they are, and after the upgrade as recorded ones") {
    const Folder folder;
    {
        Catalogue c = fresh(folder);
        RegisterRecord reg;
        reg.name = "staff";
        CopyRecord copy;
        copy.register_id = must(c.add_register(reg, {}));
        copy.name = "K1";
        must(c.add_copy(copy, {token(1)}));
        must_do(c.database().run(back_to_format_4));
        must_do(c.database().run(
            "DROP TABLE issued_copies; DROP TABLE copy_terms; DROP TABLE canary_states; "
            "DROP TABLE canaries; DROP TABLE log_pending; CREATE TABLE access(id INTEGER PRIMARY "
            "KEY, who TEXT, at INTEGER, what TEXT, reason TEXT); PRAGMA user_version=2"));
    }
    Catalogue c = must(Catalogue::open(folder / "catalogue.sqlite"));
    CHECK(must(c.copies())[0].rows == 1);
    CHECK_FALSE(must(c.copies())[0].issued);
    CHECK(must(c.canaries()).empty());
    must_do(c.upgrade("officer"));
    CHECK(must(c.copies())[0].rows == 1);
    CHECK(must(c.copies())[0].delivered);
    CHECK(must(c.canaries()).empty());
}

TEST_CASE("a register of a case of format 4 is read as it is, and after the upgrade has a history") {
    const Folder folder;
    std::int64_t id = 0;
    {
        Catalogue c = fresh(folder);
        RegisterRecord reg;
        reg.name = "staff";
        reg.columns = {"staff_no", "office"};
        id = must(c.add_register(reg, {entry(0, 1, "one"), entry(1, 2, "two")}));
        must_do(c.database().run(back_to_format_4));
    }
    Catalogue c = must(Catalogue::open(folder / "catalogue.sqlite"));
    const auto check = [&] {
        const RegisterRecord reg = must(c.registers()).at(0);
        CHECK(reg.entries == 2);
        CHECK(reg.columns == std::vector<std::string>{"staff_no", "office"});
        CHECK(reg.person_column.empty());
        CHECK(must(c.entries(id)).size() == 2);
        CHECK(must(c.changes(id)).empty());
    };
    check();
    CHECK_FALSE(c.set_person_column(id, "staff_no").ok());
    must_do(c.upgrade("officer"));
    check();
    CHECK(must(c.log_state())
              .pending.find(R"("kind":"case_upgraded","details":{"from_format":4,"to_format":7})") !=
          std::string::npos);
    must_do(c.set_person_column(id, "staff_no"));
    RegisterChange change;
    change.kind = "updated";
    change.date = Micros{20};
    change.joined = 1;
    change.unchanged = 1;
    must_do(c.add_change(id, change));
    CHECK(must(c.registers()).at(0).person_column == "staff_no");
    CHECK(must(c.changes(id)).at(0).date == Micros{20});
    const LogState state = must(c.log_state());
    must_do(c.upgrade("officer"));
    CHECK(must(c.log_state()) == state);
}

TEST_CASE("rows are appended and ended, and an erased one keeps its place and counts for nothing") {
    const Folder folder;
    Catalogue c = fresh(folder);
    RegisterRecord reg;
    reg.name = "staff";
    CHECK(must(c.next_row(1)) == 0);
    const std::int64_t id = must(c.add_register(reg, {entry(0, 1, "one"), entry(1, 2, "two")}));
    must_do(c.end_entry(id, 0, Micros{9}));
    must_do(c.add_entries(id, {entry(must(c.next_row(id)), 3, "three")}));
    CopyRecord copy;
    copy.register_id = id;
    copy.name = "K1";
    const std::int64_t recorded = must(c.add_copy(copy, {token(2), token(3), token(1)}));
    must_do(c.erase_entries(id, {2}, {token(3)}));
    CHECK(must(c.registers()).at(0).entries == 2);
    CHECK(must(c.next_row(id)) == 3);
    const auto entries = must(c.entries(id));
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].left == Micros{9});
    CHECK(entries[1].token == token(2));
    const auto rows = must(c.copy_rows(recorded));
    REQUIRE(rows.size() == 3);
    CHECK(rows[0] == token(2));
    CHECK(rows[1] == Token{});
    CHECK(rows[2] == token(1));
    // A change of the key goes past the empty place, and not past a token that is damaged elsewhere.
    const Catalogue::Reseal same{
        [](const Token& t) -> Result<Token> { return t; },
        [](const std::string& text, const std::string&) -> Result<std::string> { return text; },
        [](const std::string& name) { return name; }};
    must_do(c.reseal(same));
    must_do(c.add_list("directory", {token(1)}));
    must_do(c.database().run("UPDATE list_rows SET token=x''"));
    CHECK_FALSE(c.reseal(same).ok());
}

TEST_CASE("after erasure and compact no byte of it is in the catalogue's files") {
    const Folder folder;
    Catalogue c = fresh(folder);
    RegisterRecord reg;
    reg.name = "staff";
    std::vector<EntryRecord> entries;
    for (std::int64_t row = 0; row < 3'000; ++row)
        entries.push_back(entry(row, 1, "the sealed text of row " + std::to_string(row) + "."));
    entries[1'234].token = token(9);
    const std::string number(reinterpret_cast<const char*>(entries[1'234].token.bytes.data()), 16);
    std::int64_t id = 0;
    {
        auto t = must(Transaction::begin(c.database()));
        id = must(c.add_register(reg, entries));
        must_do(t.commit());
    }
    CHECK(holds(folder, "the sealed text of row 1234."));
    CHECK(holds(folder, number));
    CHECK_FALSE(must(c.holds_erased()));
    must_do(c.erase_entries(id, {1'234}, {token(9)}));
    CHECK(must(c.holds_erased()));
    must_do(c.compact());
    CHECK_FALSE(must(c.holds_erased()));
    CHECK_FALSE(holds(folder, "the sealed text of row 1234."));
    CHECK_FALSE(holds(folder, number));
    CHECK(holds(folder, "the sealed text of row 1233."));
    must_do(c.remove_register(id));
    must_do(c.compact());
    CHECK_FALSE(holds(folder, "the sealed text of row"));
    CHECK(must(c.registers()).empty());
}

TEST_CASE("while somebody reads what was erased, compact says so and it stays on the list") {
    const Folder folder;
    Catalogue c = fresh(folder);
    RegisterRecord reg;
    reg.name = "staff";
    const std::int64_t id = must(c.add_register(reg, {entry(0, 1, "one"), entry(1, 2, "two")}));
    must_do(c.database().run("PRAGMA busy_timeout=1"));
    {
        Catalogue reader = must(Catalogue::open(folder / "catalogue.sqlite"));
        must_do(reader.database().run("BEGIN"));
        CHECK(must(reader.entries(id)).size() == 2);
        must_do(c.erase_entries(id, {0}, {}));
        const Done compacted = c.compact();
        REQUIRE_FALSE(compacted.ok());
        CHECK(compacted.fault().kind == FaultKind::io);
        CHECK(must(c.holds_erased()));
    }
    must_do(c.compact());
    CHECK_FALSE(must(c.holds_erased()));
}

TEST_CASE("the places of a number are told, with how many rows, and only those that hold it") {
    const Folder folder;
    Catalogue c = fresh(folder);
    RegisterRecord reg;
    reg.name = "staff";
    const std::int64_t staff = must(c.add_register(reg, {entry(0, 1, "one")}));
    reg.name = "guests";
    must(c.add_register(reg, {entry(0, 1, "one"), entry(1, 1, "one"), entry(2, 2, "two")}));
    must_do(c.add_list("directory", {token(1), token(3)}));
    must_do(c.add_population("operator", {{token(2), "", "", {}}}));
    using Places = std::vector<std::pair<std::string, std::uint64_t>>;
    CHECK(must(c.places_of(token(1), staff)) == Places{{"register 'guests'", 2}, {"list 'directory'", 1}});
    CHECK(must(c.places_of(token(2), staff)) == Places{{"register 'guests'", 1}, {"population", 1}});
    CHECK(must(c.places_of(token(7), staff)).empty());
}
