// The catalogue of a case: everything but the calls themselves, in catalogue.sqlite. Numbers lie in it as
// tokens, personal attributes and texts sealed; this room seals and opens nothing, it is given bytes that are
// fit for the disk. A call segment counts when it is listed here and not before.
//
// On-disk form: the tables in store/catalogue.cc, store/catalogue_copies.h, store/catalogue_log.h and
// store/catalogue_registers.h, `PRAGMA user_version` = format. A case of a newer format is refused (corrupt:
// "made by a newer version"). Thread rule: one Catalogue, one thread. Writers hold a Transaction
// (store/sqlite.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/authenticator.h"
#include "crypto/keyed_random.h"
#include "crypto/token.h"
#include "evidence/log.h"
#include "registers/row_set.h"
#include "store/sqlite.h"

namespace sendh {

inline constexpr std::int64_t catalogue_format =
    // 2: number series  3: canaries, issued copies  4: the log  5: campaigns with their calls, the history of
    // registers  6: the head of the log under a key  7: canaries with several numbers
    7;

// One delivered file. Its rows: rows = accepted + rejected + duplicates, always.
struct FileRecord {
    std::int64_t id = 0;
    std::string kind;  // calls | reports | register | copy | list | population | trunks | roaming | series
    std::string name;  // as it may be shown
    std::string sha256;
    std::string layout;
    std::uint64_t bytes = 0, rows = 0, accepted = 0, rejected = 0, duplicates = 0;
    Micros imported_at;
    std::string detail;  // date order with its evidence, notes: a line each, no numbers
};

struct RejectRecord {
    std::int64_t file = 0;
    std::uint64_t line = 0, offset = 0;
    std::string code, column;
    std::string sealed_raw;
};

struct RejectGroup {
    std::int64_t file = 0;
    std::string code, column;
    std::uint64_t rows = 0, first_line = 0, first_offset = 0;
};

struct SegmentRecord {
    std::int64_t file = 0;
    std::string name;  // file name in calls/
    std::uint64_t rows = 0;
    Micros first, last;
};

struct RegisterRecord {
    std::int64_t id = 0;
    std::string name;
    std::vector<std::string> columns;  // names of the sealed attributes
    std::uint64_t entries = 0;         // of all times
    Micros added_at;
    // Of `columns`, those that say when a row begins and ends and what tells people apart; "" if none does.
    std::string joined_column, left_column, person_column;
};

// A row of a register for the time between its dates (registers/history.h).
struct EntryRecord {
    std::int64_t row = 0;
    Token token;
    std::optional<Micros> joined, left;
    std::string sealed_attributes;
};

// What was done to a register, in people; of an erasure, `rows` and the people in `left`.
struct RegisterChange {
    std::string kind;            // added | updated | erased
    std::optional<Micros> date;  // from which day on it holds
    Micros made_at;
    std::uint64_t joined = 0, left = 0, changed_number = 0, changed_other = 0, unchanged = 0, rows = 0;
};

struct CopyRecord {
    std::int64_t id = 0;
    std::string name;  // "K1"
    std::int64_t register_id = 0;
    std::string register_name, recipient, date;
    std::vector<std::string> columns;
    std::uint64_t rows = 0, canaries = 0;
    Micros recorded_at;
    std::string purpose, legal_basis, delete_by;  // delete_by: a date
    bool issued = false;                          // by us, with marks; else recorded as it was given
    bool delivered = true;                        // false: its file was never put in its place
    friend bool operator==(const CopyRecord&, const CopyRecord&) = default;
};

// What an issued copy's marks are computed from, and what else belongs to it.
struct IssueRecord {
    RandomId serial{}, recipient{};  // ids of the copy and of all copies of its recipient
    double canary_share = 0;
    std::uint64_t rows = 0;       // of the file
    RowSet members;               // rows of the register
    RowSet pool;                  // ids of the canaries this recipient's coins have decided on so far
    RowSet offered;               // of these, what the copy's choice of rows lets through
    std::string sealed_how;       // the choice of rows, the spellings
    std::string sha256;           // of the file; "" until it is delivered
    std::string mark_commitment;  // to the mark key
};

struct CanaryRecord {
    std::int64_t id = 0, register_id = 0;
    std::int64_t persona = 0;  // the made-up person whose number it is: the id of the first of his numbers
    Token token;
    Token marked;  // his first number as marks are computed over it; not stored (casework/copies.h:
                   // canary_pool)
    std::optional<Micros> joined;
    std::string sealed_attributes;
    Micros added_at;
    std::string state;  // active | resting | burnt
    Micros since;       // of the state
    std::string reason;
    friend bool operator==(const CanaryRecord&, const CanaryRecord&) = default;
};

struct ListRecord {
    std::int64_t id = 0;
    std::string name;
    std::uint64_t numbers = 0;
};

struct PopulationRow {
    Token token;
    std::string line_type, operator_name;
    std::optional<bool> called;  // surveys
};

struct TrunkRecord {
    std::string name, carrier, ingress;
};

struct SeriesRecord {
    std::int64_t first = 0, last = 0;  // left-aligned (numbering/series_table.h)
    int allocation = 0;
    std::string operator_name, area;
    Micros as_of;
};

struct RoamingRecord {
    Token token;
    Micros from, to;
};

struct ReportRecord {
    std::int64_t file = 0;
    std::uint64_t line = 0;
    Token number, cli;
    int cli_class = 0;
    std::optional<Micros> time;
    bool date_only = false;
    std::optional<bool> threat, key_press, knew_name, knew_designation, knew_department;
    std::string sealed;  // text, link, district, language, money lost
};

struct CampaignRecord {
    std::string id;  // "C1"
    std::uint64_t calls = 0, numbers = 0;
    Micros first, last;
    std::vector<std::string> held_by;
};

// What `detect` left: names of files in calls/, and how much of what it saw.
struct DetectionRecord {
    std::vector<std::string> verdicts, campaigns;
    std::uint64_t calls = 0, fake = 0, undecidable = 0;
    std::uint64_t undecidable_roaming = 0;
    Micros made_at;
    std::string rule;        // the grouping rule in words
    std::int64_t state = 0;  // evidence_state() it was made from
};

class Catalogue {
public:
    [[nodiscard]] static Result<Catalogue> create(const std::filesystem::path& path);
    [[nodiscard]] static Result<Catalogue> open(const std::filesystem::path& path);
    // Brings a case of an older format to this one; `who` goes into the log with it. REQUIRES: the case's
    // lock is held.
    [[nodiscard]] Done upgrade(const std::string& who);

    Database& database() { return database_; }

    [[nodiscard]] Result<std::string> meta(const std::string& key);
    [[nodiscard]] Done set_meta(const std::string& key, const std::string& value);

    [[nodiscard]] Result<std::int64_t> add_file(const FileRecord& file);
    [[nodiscard]] Done update_counts(const FileRecord& file);
    [[nodiscard]] Result<std::vector<FileRecord>> files(const std::string& kind = "");
    [[nodiscard]] Result<std::optional<FileRecord>> file_by_sha(const std::string& kind,
                                                                const std::string& sha256);
    // Grows with every change of what detection depends on.
    [[nodiscard]] Result<std::int64_t> evidence_state();

    [[nodiscard]] Done add_rejects(const std::vector<RejectRecord>& rejects);
    [[nodiscard]] Result<std::vector<RejectRecord>> rejects(std::int64_t file, std::uint64_t limit);
    // One at a time, in the order of the file; limit 0: all.
    [[nodiscard]] Done each_reject(std::int64_t file, std::uint64_t limit,
                                   const std::function<Done(const RejectRecord&)>& take);
    // By code and column, the most frequent first.
    [[nodiscard]] Result<std::vector<RejectGroup>> reject_groups(std::int64_t file);

    [[nodiscard]] Done add_segment(const SegmentRecord& segment);
    [[nodiscard]] Result<std::vector<SegmentRecord>> segments();
    // Files of duplicates: (id, id of the first) pairs, one file an import that had some.
    [[nodiscard]] Done add_duplicates(std::int64_t file, const std::string& name);
    [[nodiscard]] Result<std::vector<std::string>> duplicate_files();

    // (store/catalogue_registers.cc) Rows are only ever appended and ended; an erased one keeps its place,
    // empty, and none of these gives it back.
    [[nodiscard]] Result<std::int64_t> add_register(const RegisterRecord& record,
                                                    const std::vector<EntryRecord>& entries);
    [[nodiscard]] Result<std::vector<RegisterRecord>> registers();
    [[nodiscard]] Result<std::vector<EntryRecord>> entries(std::int64_t register_id);
    // The entries in order of their rows, one at a time.
    [[nodiscard]] Done scan_entries(std::int64_t register_id,
                                    const std::function<Done(const EntryRecord&)>& take);
    [[nodiscard]] Result<std::int64_t> next_row(std::int64_t register_id);
    [[nodiscard]] Done add_entries(std::int64_t register_id, const std::vector<EntryRecord>& entries);
    [[nodiscard]] Done end_entry(std::int64_t register_id, std::int64_t row, Micros left);
    [[nodiscard]] Done set_person_column(std::int64_t register_id, const std::string& column);
    [[nodiscard]] Done add_change(std::int64_t register_id, const RegisterChange& change);
    [[nodiscard]] Result<std::vector<RegisterChange>> changes(std::int64_t register_id);  // as they were made
    // Number, dates and attributes of these rows, and these numbers in copies of the register as they were
    // recorded, are overwritten; the places stay. What the file still holds of them goes with compact().
    [[nodiscard]] Done erase_entries(std::int64_t register_id, const std::vector<std::int64_t>& rows,
                                     const std::vector<Token>& numbers);
    // REQUIRES: no copy and no canary of it.
    [[nodiscard]] Done remove_register(std::int64_t register_id);
    // May the file still hold bytes of what was erased or removed?
    [[nodiscard]] Result<bool> holds_erased();
    // Writes the catalogue anew, so that nothing deleted or overwritten is left in the file. Fault (io): also
    // when another process still reads what was there before.
    [[nodiscard]] Done compact();
    // How many rows hold this number: "list 'directory'", "population", "reports" ... ; only those that do.
    [[nodiscard]] Result<std::vector<std::pair<std::string, std::uint64_t>>> places_of(
        const Token& number, std::int64_t but_register);

    // (store/catalogue_copies.cc) A copy as it was given, with its rows in order; or an issued one with what
    // its rows are computed from.
    [[nodiscard]] Result<std::int64_t> add_copy(const CopyRecord& record, const std::vector<Token>& rows);
    [[nodiscard]] Result<std::int64_t> add_issued_copy(const CopyRecord& record, const IssueRecord& issue);
    [[nodiscard]] Done set_delivered(std::int64_t copy, const std::string& sha256);
    [[nodiscard]] Done remove_undelivered(std::int64_t copy);
    [[nodiscard]] Result<std::vector<CopyRecord>> copies();
    [[nodiscard]] Result<std::vector<Token>> copy_rows(std::int64_t copy);  // of a recorded one
    [[nodiscard]] Result<IssueRecord> issue_of(std::int64_t copy);
    // The mark key commitment of the recipient's first issued copy; "" if there is none.
    [[nodiscard]] Result<std::string> first_commitment(const RandomId& recipient);

    // Gives each an id in the order they come; their state is written as it stands in the record. Those with
    // the same `persona`, whatever it is but 0, become one.
    [[nodiscard]] Done add_canaries(const std::vector<CanaryRecord>& canaries);
    [[nodiscard]] Done set_canary_state(std::int64_t canary, const std::string& state, Micros since,
                                        const std::string& reason);
    [[nodiscard]] Result<std::vector<CanaryRecord>> canaries();  // all registers', by id, state of today

    [[nodiscard]] Done add_list(const std::string& name, const std::vector<Token>& numbers);
    [[nodiscard]] Result<std::vector<ListRecord>> lists();
    [[nodiscard]] Result<std::vector<Token>> list_numbers(std::int64_t list);

    [[nodiscard]] Done add_population(const std::string& kind, const std::vector<PopulationRow>& rows);
    [[nodiscard]] Result<std::vector<std::string>> population_kinds();
    [[nodiscard]] Result<std::vector<PopulationRow>> population();

    [[nodiscard]] Done add_trunks(const std::vector<TrunkRecord>& trunks);
    [[nodiscard]] Result<std::vector<TrunkRecord>> trunks();

    [[nodiscard]] Done add_series(std::int64_t file, const std::vector<SeriesRecord>& rows);
    [[nodiscard]] Result<std::vector<SeriesRecord>> series();  // in the order they came

    struct RoamingSpan {
        bool complete = true;
        Micros from, to;
    };
    [[nodiscard]] Done add_roaming(const RoamingSpan& span, const std::vector<RoamingRecord>& rows);
    [[nodiscard]] Result<std::vector<RoamingSpan>> roaming_spans();
    [[nodiscard]] Result<std::vector<RoamingRecord>> roaming();

    [[nodiscard]] Done add_report(const ReportRecord& report);
    [[nodiscard]] Result<std::vector<ReportRecord>> reports();

    [[nodiscard]] Done set_detection(const DetectionRecord& detection,
                                     const std::vector<CampaignRecord>& campaigns);
    [[nodiscard]] Result<std::optional<DetectionRecord>> detection();
    [[nodiscard]] Result<std::vector<CampaignRecord>> campaigns();

    [[nodiscard]] Done add_finding(const std::string& register_name, Micros made_at, const std::string& json);
    [[nodiscard]] Result<std::string> latest_finding();  // "" if there is none
    [[nodiscard]] Result<std::int64_t> finding_count(const std::string& register_name);

    // (store/catalogue_log.cc) What is to be in the log (evidence/log.h). add_to_log REQUIRES: a transaction
    // that holds what the entry is about, too; once it is committed the entry cannot be lost.
    [[nodiscard]] bool has_log() const { return format_ >= 4; }
    [[nodiscard]] Result<LogState> log_state();
    [[nodiscard]] Done add_to_log(LogEntry entry);
    // The head is put under this key with each entry from now on. (meta: log_mac = tag of log_head)
    void keep_log_under(const Key256& key) { log_seal_ = std::make_unique<Authenticator>(key); }
    // The head as it is, put under it now.
    [[nodiscard]] Done seal_log_head();
    // Is the head under it? REQUIRES: keep_log_under().
    enum class HeadSeal : std::uint8_t { none, right, wrong };
    [[nodiscard]] Result<HeadSeal> log_head_seal();
    // The log file holds what was pending in this state.
    [[nodiscard]] Done settle_log(const LogState& state);

    // (store/catalogue_reseal.cc) Every token and every sealed text of the catalogue goes through these, in
    // one pass; files of calls/ that hold tokens get the names that they have now. REQUIRES: a transaction.
    // Fault (corrupt): a column of bytes that this list of columns does not know, or what `token` and `text`
    // say, with the table and row.
    struct Reseal {
        std::function<Result<Token>(const Token&)> token;
        std::function<Result<std::string>(const std::string& sealed, const std::string& about)> text;
        std::function<std::string(const std::string&)> file_name;
    };
    [[nodiscard]] Done reseal(const Reseal& how);

private:
    Catalogue(Database database, std::int64_t format) : database_(std::move(database)), format_(format) {}
    [[nodiscard]] Done log_upgrade(const std::string& who, std::int64_t from_format);
    Database database_;
    std::int64_t format_;
    std::unique_ptr<Authenticator> log_seal_;
};

}  // namespace sendh
