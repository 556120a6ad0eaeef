#include "calls/row_shapes.h"

#include <algorithm>
#include <cstddef>

#include "calls/written_time.h"

namespace sendh::tabular {

namespace {

constexpr int rows_looked_at = 40;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hexadecimal(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

}  // namespace

bool is_stamp(std::string_view cell) {
    const std::size_t end = end_of_date(cell);
    if (end == cell.size() || !split_date(cell.substr(0, end))) return false;
    std::string_view clock = cell.substr(end);
    clock.remove_prefix(clock.find_first_of("0123456789"));
    const std::size_t offset = clock.find_first_of("+Z");
    return time_of_day(clock.substr(0, offset)).has_value();
}

bool is_count(std::string_view cell) {
    return !cell.empty() && cell.size() <= 9 && std::all_of(cell.begin(), cell.end(), is_digit);
}

bool is_uuid(std::string_view cell) {
    if (cell.size() != 36) return false;
    for (std::size_t i = 0; i < cell.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? cell[i] != '-' : !is_hexadecimal(cell[i])) return false;
    }
    return true;
}

Fit best_fit(const FileHead& head, bool (*fits)(const DelimitedRow&)) {
    Fit best;
    for (const char delimiter : {',', ';', '\t', '|'}) {
        if (head.bytes.find(delimiter) == std::string_view::npos) continue;
        Fit fit;
        fit.delimiter = delimiter;
        DelimitedReader reader(head.bytes, delimiter);
        DelimitedRow row;
        while (fit.rows < rows_looked_at) {
            const auto more = reader.next(row);
            if (!more.ok() || !*more) break;
            const bool cut = !head.whole && row.offset + row.raw.size() >= head.bytes.size();
            if (cut && fit.rows > 0) break;
            ++fit.rows;
            if (!row.broken && fits(row)) ++fit.fitting;
        }
        if (fit.fitting > best.fitting) best = fit;
    }
    return best;
}

int score_of(const Fit& fit, int sure) {
    if (fit.fitting == 0) return 0;
    if (fit.fitting * 10 >= fit.rows * 9) return sure;
    if (fit.fitting * 5 >= fit.rows * 4) return std::min(sure, 75);
    return fit.fitting * 2 >= fit.rows ? std::min(sure, 55) : 0;
}

}  // namespace sendh::tabular
