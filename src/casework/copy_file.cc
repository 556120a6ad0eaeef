#include "casework/copy_file.h"

#include <xlsxwriter.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "base/delimited.h"
#include "base/progress.h"
#include "base/text.h"
#include "base/time.h"
#include "casework/evidence_file.h"
#include "casework/workbook.h"

namespace sendh {

namespace {

constexpr const char* not_issued = "the copy was not issued";
constexpr std::array<std::string_view, 12> other_forms = {".xls", ".xlsm", ".xlsb", ".ods", ".zip",  ".gz",
                                                          ".zst", ".pdf",  ".html", ".doc", ".docx", ".json"};

// One line, and as a workbook writes what it would take for an escape: _x0041_ would be read as A.
std::string cell_text(std::string_view cell) {
    std::string out;
    for (std::size_t i = 0; i < cell.size(); ++i) {
        const auto is_hex = [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        };
        const std::string_view rest = cell.substr(i);
        if (rest.size() >= 7 && rest.starts_with("_x") && rest[6] == '_' &&
            std::all_of(rest.begin() + 2, rest.begin() + 6, is_hex))
            out += "_x005F";
        out += static_cast<unsigned char>(cell[i]) < 0x20 || cell[i] == 0x7f ? ' ' : cell[i];
    }
    return out;
}

// The cells of a row, as they are read again: for the comparison.
void add_row(Sha256& digest, const std::vector<std::string_view>& cells, std::size_t columns) {
    std::string text;
    for (std::size_t i = 0; i < columns; ++i) {
        const std::string_view cell = i < cells.size() ? cells[i] : std::string_view{};
        for (const char c : cell) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
        text += '\x1f';
    }
    digest.add(text + '\n');
}

// The digest of the rows of the only sheet, and the file's own.
Result<std::pair<std::string, std::string>> read_back(const std::filesystem::path& path,
                                                      std::size_t columns) {
    SENDH_TRY(const auto file, EvidenceFile::open(path));
    SENDH_TRY(RandomBytes bytes, file->random_bytes(0));
    SENDH_TRY(const std::shared_ptr<const Workbook> book, Workbook::open(std::move(bytes)));
    SENDH_TRY(const auto sheet, SheetReader::open(book, 0));
    DelimitedReader reader([&](std::span<char> out) { return sheet->read(out); }, ',');
    Sha256 digest;
    DelimitedRow row;
    while (true) {
        SENDH_TRY(const bool more, reader.next(row));
        if (!more) break;
        add_row(digest, row.fields, columns);
    }
    SENDH_TRY(const std::string sha256, file->finish());
    return std::pair(digest.hex(), sha256);
}

}  // namespace

struct CopyFile::Sheet {
    std::filesystem::path goal;
    std::string folder;  // outlives the workbook, which keeps the pointer
    lxw_workbook* workbook = nullptr;
    lxw_worksheet* sheet = nullptr;
    lxw_row_t row = 0;
    std::size_t columns = 0;
    Sha256 digest;

    Sheet() = default;
    Sheet(const Sheet&) = delete;
    Sheet& operator=(const Sheet&) = delete;
    ~Sheet() {
        if (workbook != nullptr) lxw_workbook_free(workbook);
    }

    Done begin(const std::filesystem::path& file, const std::string& date) {
        folder = file.has_parent_path() ? file.parent_path().string() : ".";
        lxw_workbook_options options{};
        options.constant_memory = LXW_TRUE;
        options.tmpdir = folder.data();
        options.use_zip64 = LXW_FALSE;
        workbook = workbook_new_opt(file.c_str(), &options);
        if (workbook != nullptr) {
            lxw_doc_properties properties{};  // nobody's
            const auto day = parse_iso(date, Zone{0});
            properties.created =
                static_cast<time_t>(day.value_or(Micros{micros_per_day}).value / micros_per_second);
            workbook_set_properties(workbook, &properties);
            sheet = workbook_add_worksheet(workbook, nullptr);
        }
        if (sheet == nullptr) return io_fault("cannot write", goal, errno);
        worksheet_set_column(sheet, 0, 0, 18, nullptr);
        worksheet_ignore_errors(sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576");
        return done();
    }

    Done add(std::string_view csv_rows) {
        DelimitedReader reader(csv_rows, ',');
        DelimitedRow line;
        while (true) {
            SENDH_TRY(const bool more, reader.next(line));
            if (!more) return done();
            if (row % 4096 == 0) SENDH_CHECK(check_interrupt(not_issued));
            if (row == 0) columns = line.fields.size();
            if (line.broken || line.fields.size() != columns)
                return unfit("a row cannot be written to a sheet");
            for (std::size_t i = 0; i < columns; ++i) {
                const std::string text = cell_text(line.fields[i]);
                if (text.empty()) continue;
                const auto error =
                    worksheet_write_string(sheet, row, static_cast<lxw_col_t>(i), text.c_str(), nullptr);
                if (error != LXW_NO_ERROR) return unfit(lxw_strerror(error));
            }
            add_row(digest, line.fields, columns);
            ++row;
        }
    }

    [[nodiscard]] Fault unfit(const std::string& what) const {
        return {FaultKind::input, "a workbook cannot hold this: " + lower_ascii(what),
                shown_path(goal) + ", row " + std::to_string(row + 1),
                "leave the column out, or write the copy as CSV; the copy was not issued"};
    }

    // SHA-256 of the file.
    Result<std::string> end(const std::filesystem::path& file) {
        errno = 0;
        const auto error = workbook_close(std::exchange(workbook, nullptr));
        const Fault failed = io_fault("cannot write", goal, errno != 0 ? errno : EIO);
        if (error != LXW_NO_ERROR) return failed;
        const auto back = read_back(file, columns);
        if (!back.ok()) return back.fault().kind == FaultKind::interrupted ? back.fault() : failed;
        if (back->first != digest.hex()) return failed;
        return back->second;
    }
};

CopyFile::CopyFile(DurableFile file) : file_(std::move(file)) {}
CopyFile::CopyFile(CopyFile&&) noexcept = default;
CopyFile::~CopyFile() = default;

Result<CopyFile> CopyFile::create(const std::filesystem::path& path, const std::string& date,
                                  std::uint64_t rows) {
    const std::string ending = lower_ascii(path.extension().string());
    if (std::find(other_forms.begin(), other_forms.end(), ending) != other_forms.end())
        return Fault{FaultKind::usage, "copies are written as CSV or as a workbook (.xlsx), not as " + ending,
                     shown_path(path), "give a name that ends in .csv or .xlsx; nothing was issued"};
    const bool workbook = ending == ".xlsx";
    if (workbook && rows >= most_rows_of_a_sheet)
        return Fault{FaultKind::usage,
                     "a sheet holds " + grouped(most_rows_of_a_sheet - 1) +
                         " rows below its header, and the copy has " + grouped(rows),
                     shown_path(path),
                     "write it as CSV, or choose fewer rows with --where; nothing was issued"};
    SENDH_TRY(DurableFile file, DurableFile::create_new(path, 0600));
    CopyFile out(std::move(file));
    if (workbook) {
        out.sheet_ = std::make_unique<Sheet>();
        out.sheet_->goal = path;
        SENDH_CHECK(out.sheet_->begin(out.file_.lies_at(), date));
    }
    return out;
}

Done CopyFile::add(std::string_view csv_rows) {
    if (sheet_) return sheet_->add(csv_rows);
    digest_->add(csv_rows);
    return file_.add(csv_rows);
}

Result<std::string> CopyFile::finish() {
    std::string sha256;
    if (sheet_) {
        SENDH_TRY(sha256, sheet_->end(file_.lies_at()));
    } else {
        sha256 = digest_->hex();
    }
    SENDH_CHECK(file_.finish());
    return sha256;
}

}  // namespace sendh
