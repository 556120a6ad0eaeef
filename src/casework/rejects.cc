#include "casework/rejects.h"

#include <algorithm>

#include "base/file.h"
#include "base/progress.h"
#include "base/text.h"

namespace sendh {

namespace {

constexpr std::size_t digits_of_a_number = 7;
constexpr std::size_t shown_at_the_ends = 2;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_at(std::string_view text, std::size_t at) {
    std::size_t n = 0;
    while (at + n < text.size() && is_digit(text[at + n])) ++n;
    return n;
}

// Takes the digits off the front; -1: there are none, or more than longest.
int take_number(std::string_view& text, std::size_t longest) {
    const std::size_t n = digits_at(text, 0);
    if (n == 0 || n > longest) return -1;
    int value = 0;
    for (std::size_t i = 0; i < n; ++i) value = value * 10 + (text[i] - '0');
    text.remove_prefix(n);
    return value;
}

// 15/09/2025, 15-9-25, 2025-09-15; days and months that no calendar has up to 39, for they are often the
// reason.
bool take_date(std::string_view& text) {
    std::string_view rest = text;
    int part[3] = {0, 0, 0};
    char mark = 0;
    for (int i = 0; i < 3; ++i) {
        if (i == 1 && !rest.empty()) mark = rest.front();
        if (i > 0 && (rest.empty() || rest.front() != mark ||
                      std::string_view("/-.").find(mark) == std::string_view::npos))
            return false;
        if (i > 0) rest.remove_prefix(1);
        part[i] = take_number(rest, 4);
        if (part[i] < 0) return false;
    }
    const auto year = [](int value) { return value >= 1900 && value < 2100; };
    if (part[1] > 39 ||
        !((year(part[0]) && part[2] <= 39) || (part[0] <= 39 && (year(part[2]) || part[2] < 100))))
        return false;
    text = rest;
    return true;
}

// 10:15, 10:15:00.5
bool take_time(std::string_view& text) {
    std::string_view rest = text;
    const int hour = take_number(rest, 2);
    if (hour < 0 || hour > 29) return false;
    for (int i = 0; i < 2; ++i) {
        if (rest.empty() || rest.front() != ':') {
            if (i == 0) return false;
            break;
        }
        rest.remove_prefix(1);
        if (digits_at(rest, 0) != 2) return false;
        rest.remove_prefix(2);
    }
    if (rest.starts_with('.')) rest.remove_prefix(1 + std::min<std::size_t>(digits_at(rest, 1), 6));
    text = rest;
    return true;
}

// The whole cell is a date, a time, or both.
bool is_date_or_time(std::string_view cell) {
    constexpr std::string_view around = " \"'T";
    const auto trim_front = [&] {
        cell.remove_prefix(std::min(cell.find_first_not_of(around), cell.size()));
    };
    trim_front();
    const bool date = take_date(cell);
    trim_front();
    const bool time = take_time(cell);
    trim_front();
    return (date || time) && cell.find_first_of("0123456789") == std::string_view::npos;
}

std::string masked_cell(std::string_view cell) {
    if (is_date_or_time(cell)) return std::string(cell);
    std::string text = without_numbers(cell);
    std::vector<std::size_t> digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_digit(text[i])) digits.push_back(i);
    }
    if (digits.size() < digits_of_a_number) return text;
    std::string out;
    std::size_t next = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool masked = next < digits.size() && digits[next] == i;
        if (masked && next >= shown_at_the_ends && next + shown_at_the_ends < digits.size()) {
            out += "•";
        } else {
            out += text[i];
        }
        next += masked ? 1 : 0;
    }
    return out;
}

// Text as it may stand in a CSV file, or hexadecimal digits.
std::string as_text(std::string_view raw) {
    const bool binary = std::any_of(raw.begin(), raw.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n';
    });
    if (!binary) return first_bad_utf8(raw) ? utf8_from_latin1(raw) : std::string(raw);
    std::string out = "0x";
    for (const char c : raw) {
        const auto byte = static_cast<unsigned char>(c);
        out += "0123456789abcdef"[byte >> 4U];
        out += "0123456789abcdef"[byte & 0xfU];
    }
    return out;
}

std::string csv_cell(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) out.append(c == '"' ? 2 : 1, c);
    return out + "\"";
}

}  // namespace

Result<std::vector<FileRecord>> files_named(Case& c, const std::string& name_or_id) {
    SENDH_TRY(auto files, c.catalogue().files());
    if (name_or_id.empty()) return files;
    const auto id = parse_integer(name_or_id);
    const std::string wanted = without_numbers(name_or_id);
    std::vector<std::string> names;
    std::vector<FileRecord> found;
    for (FileRecord& file : files) {
        names.push_back(file.name);
        if (file.name == wanted || (id && file.id == *id)) found.push_back(std::move(file));
    }
    if (!found.empty()) return found;
    const std::string near = nearest(wanted, names);
    return Fault{FaultKind::usage, "no file of the case is called '" + wanted + "'", "",
                 (near.empty() ? "" : "did you mean '" + near + "'? ") +
                     std::string("`sendh calls rejects` without --file lists those with rejected rows")};
}

std::string masked_row(std::string_view raw) {
    std::string text = as_text(raw);
    for (char& ch : text) {
        if ((static_cast<unsigned char>(ch) < 0x20 && ch != '\t') || ch == 0x7f) ch = ' ';
    }
    if (text.starts_with("0x") && text.size() == 2 + 2 * raw.size())
        return grouped(raw.size()) + " bytes that are no text";
    std::string out;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find_first_of(",;|\t", at), text.size());
        out += masked_cell(std::string_view(text).substr(at, end - at));
        if (end < text.size()) out += text[end] == '\t' ? ' ' : text[end];
        at = end + 1;
    }
    // Once more over the whole: cells of one number each.
    return without_numbers(out);
}

Done each_rejected_row(Case& c, const std::vector<FileRecord>& files, std::uint64_t limit,
                       const std::function<Done(const RejectedRow&)>& take) {
    for (const FileRecord& file : files) {
        std::int64_t number = 0;
        SENDH_CHECK(c.catalogue().each_reject(file.id, limit, [&](const RejectRecord& reject) -> Done {
            SENDH_CHECK(check_interrupt("nothing was written"));
            RejectedRow row{&file, &reject, ""};
            SENDH_TRY(row.raw, c.open_text(reject.sealed_raw, "reject",
                                           Place{"rejected rows of", 0, file.name, ++number}));
            return take(row);
        }));
    }
    return done();
}

Result<std::uint64_t> write_rejected_rows(Case& c, const std::vector<FileRecord>& files, std::uint64_t limit,
                                          const std::filesystem::path& path, bool reveal,
                                          const std::string& reason) {
    std::uint64_t chosen = 0;
    for (const FileRecord& file : files)
        chosen += limit == 0 ? file.rejected : std::min(limit, file.rejected);
    const std::string of = files.size() == 1 ? files.front().name : grouped(files.size()) + " files";
    SENDH_CHECK(c.record_reading({reveal ? "rejects_exported" : "reading",
                                  "calls rejects",
                                  chosen,
                                  {{"of", of}, {"file", shown_name(path)}, {"reason", reason}}}));
    SENDH_TRY(DurableFile out, DurableFile::create(path, reveal ? 0600 : 0644));
    SENDH_CHECK(out.add("file,line,byte,code,column,raw\r\n"));
    std::uint64_t rows = 0;
    SENDH_CHECK(each_rejected_row(c, files, limit, [&](const RejectedRow& row) {
        ++rows;
        return out.add(csv_cell(row.file->name) + "," + std::to_string(row.reject->line) + "," +
                       std::to_string(row.reject->offset) + "," + csv_cell(row.reject->code) + "," +
                       csv_cell(row.reject->column) + "," +
                       csv_cell(reveal ? as_text(row.raw) : masked_row(row.raw)) + "\r\n");
    }));
    SENDH_CHECK(out.finish());
    return rows;
}

}  // namespace sendh
