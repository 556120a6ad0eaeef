// The catalogue of a case: everything but the calls themselves, in catalogue.sqlite. Numbers lie in it as
// tokens, personal attributes and texts sealed; this room seals and opens nothing, it is given bytes that are
// fit for the disk. A call segment counts when it is listed here and not before.
//
// On-disk form: the tables in store/catalogue.cc, `PRAGMA user_version` = format. A case of a newer format is
// refused (corrupt: "made by a newer version").
// Thread rule: one Catalogue, one thread. Writers hold a Transaction (store/sqlite.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/token.h"
#include "store/sqlite.h"

namespace sendh {

inline constexpr std::int64_t catalogue_format = 2;  // 2: number series

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
    std::uint64_t entries = 0;
    Micros added_at;
};

struct EntryRecord {
    std::int64_t row = 0;
    Token token;
    std::optional<Micros> joined, left;
    std::string sealed_attributes;
};

struct CopyRecord {
    std::int64_t id = 0;
    std::string name;  // "K1"
    std::int64_t register_id = 0;
    std::string register_name, recipient, date;
    std::vector<std::string> columns;
    std::uint64_t rows = 0, canaries = 0;
    Micros recorded_at;
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
    // Brings a case of an older format to this one. REQUIRES: the case's lock is held.
    [[nodiscard]] Done upgrade();

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

    [[nodiscard]] Done add_segment(const SegmentRecord& segment);
    [[nodiscard]] Result<std::vector<SegmentRecord>> segments();
    // Files of duplicates: (id, id of the first) pairs, one file an import that had some.
    [[nodiscard]] Done add_duplicates(std::int64_t file, const std::string& name);
    [[nodiscard]] Result<std::vector<std::string>> duplicate_files();

    [[nodiscard]] Result<std::int64_t> add_register(const RegisterRecord& record,
                                                    const std::vector<EntryRecord>& entries);
    [[nodiscard]] Result<std::vector<RegisterRecord>> registers();
    [[nodiscard]] Result<std::vector<EntryRecord>> entries(std::int64_t register_id);

    [[nodiscard]] Result<std::int64_t> add_copy(const CopyRecord& record, const std::vector<Token>& rows);
    [[nodiscard]] Result<std::vector<CopyRecord>> copies();

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

    // Every reading of numbers in clear: who, when, what, why. Never a number.
    [[nodiscard]] Done record_access(const std::string& who, Micros when, const std::string& what,
                                     const std::string& reason);

private:
    Catalogue(Database database, std::int64_t format) : database_(std::move(database)), format_(format) {}
    Database database_;
    std::int64_t format_;
};

}  // namespace sendh
