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

TEST_CASE("an access is recorded") {
    const Folder folder;
    Catalogue c = fresh(folder);
    must_do(c.record_access("officer", Micros{5}, "at-risk", "warn them"));
    auto s = must(c.database().prepare("SELECT who,at,what,reason FROM access"));
    REQUIRE(must(s.step()));
    CHECK(s.text(0) == "officer");
    CHECK(s.integer(1) == 5);
    CHECK(s.text(3) == "warn them");
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
