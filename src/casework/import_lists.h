// Lists into the case: copies as they were given out, rival lists, populations, trunk maps, roaming and
// series tables; what registers (casework/registers.h) begin with, too. One file one transaction; numbers
// become tokens, attributes are sealed.
//
// Thread rule: one import, one thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "casework/delivered_list.h"
#include "casework/import_calls.h"
#include "numbering/series_table.h"
#include "registers/number_list.h"

namespace sendh {

struct ListImport {
    std::string name;                                       // of the register, copy's register or rival list
    std::string number_column;                              // "" finds it
    std::string joined_column, left_column, person_column;  // registers
    std::string recipient, date;                  // copies; date: also of series tables and registers
    std::string kind;                             // populations: operator | switchboard | survey
    std::string purpose, legal_basis, delete_by;  // copies
    bool partial = false;                         // roaming: does not list everybody who was abroad
};

struct ImportedList {
    FileRecord record;
    std::string id;  // of a copy: "K1"
    std::vector<RejectCount> reject_counts;
    std::vector<std::string> notes;
};

[[nodiscard]] Result<ImportedList> record_copy(Case& c, const std::filesystem::path& file,
                                               const ListImport& how);
[[nodiscard]] Result<ImportedList> add_rival_list(Case& c, const std::filesystem::path& file,
                                                  const ListImport& how);
[[nodiscard]] Result<ImportedList> add_population(Case& c, const std::filesystem::path& file,
                                                  const ListImport& how);
[[nodiscard]] Result<ImportedList> add_trunks(Case& c, const std::filesystem::path& file);
[[nodiscard]] Result<ImportedList> add_roaming(Case& c, const std::filesystem::path& file,
                                               const ListImport& how);

// how.date: when the table was true, for rows that do not say it.
[[nodiscard]] Result<ImportedList> add_series(Case& c, const std::filesystem::path& file,
                                              const ListImport& how);
// All series tables of the case as one.
[[nodiscard]] Result<SeriesTable> series_table(Case& c);

// When a row of a list holds: [from, to); without a date always.
struct RowDates {
    std::optional<Micros> from, to;
};
// Where a list has its dates.
struct DateColumns {
    std::optional<std::size_t> from, to;
    bool from_is_needed = false;
    bool to_is_a_whole_day = false;  // a `to` without a time is that day's end
    bool may_be_empty = true;        // `to` may be `from`
};

// What the imports here begin with, for others that read lists: the file read, with its balanced books (not
// in the case yet), and the books into the open transaction.
struct ReadList {
    NumberList list;
    FileRecord record;
    std::vector<std::string> notes;
    DateColumns dates;
};
[[nodiscard]] Result<ReadList> read_list(Case& c, const std::filesystem::path& path, const std::string& kind,
                                         const ListImport& how);

using FindDates = std::function<Result<DateColumns>(const NumberList&)>;
// The same for lists with dates: rows whose dates cannot be are rejected, and it is noted when the others may
// have been read the wrong way round.
[[nodiscard]] Result<ReadList> read_list(Case& c, const std::filesystem::path& path, const std::string& kind,
                                         const ListImport& how, const FindDates& find_dates);
// Faults: what a row is rejected for, in `what`. Of rows that read_list() gave: none.
[[nodiscard]] Result<RowDates> dates_of(const ListRow& row, const NumberList& list,
                                        const DateColumns& columns, Zone zone);
[[nodiscard]] Result<std::vector<RejectCount>> store_list_file(Case& c, FileRecord& record,
                                                               const NumberList& list);
// By reason, with the first line of each.
[[nodiscard]] std::vector<RejectCount> count_rejects(const NumberList& list);
// The numbers of its rows.
[[nodiscard]] std::vector<Token> tokens_of(Case& c, const NumberList& list);

}  // namespace sendh
