#include "registers/row_set.h"

#include <algorithm>

namespace sendh {

namespace {

constexpr std::uint64_t most_rows = std::uint64_t{1} << 62;

void put(std::string& out, std::uint64_t value) {
    for (; value >= 128; value >>= 7) out += static_cast<char>(value | 128);
    out += static_cast<char>(value);
}

std::optional<std::uint64_t> take(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; !bytes.empty() && shift < 63; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= std::uint64_t{byte & 127U} << shift;
        if (byte < 128) return byte == 0 && shift > 0 ? std::nullopt : std::optional(value);
    }
    return std::nullopt;
}

}  // namespace

void RowSet::add(std::int64_t row) {
    if (!runs_.empty() && runs_.back().first + static_cast<std::int64_t>(runs_.back().length) == row) {
        ++runs_.back().length;
    } else {
        runs_.push_back({row, 1, size()});
    }
}

std::uint64_t RowSet::size() const { return runs_.empty() ? 0 : runs_.back().before + runs_.back().length; }

std::optional<std::uint64_t> RowSet::rank(std::int64_t row) const {
    const auto after = std::upper_bound(runs_.begin(), runs_.end(), row,
                                        [](std::int64_t r, const Run& run) { return r < run.first; });
    if (after == runs_.begin()) return std::nullopt;
    const Run& run = *(after - 1);
    const auto within = static_cast<std::uint64_t>(row - run.first);
    return within < run.length ? std::optional(run.before + within) : std::nullopt;
}

std::vector<std::int64_t> RowSet::rows() const {
    std::vector<std::int64_t> out;
    out.reserve(size());
    for (const Run& run : runs_) {
        for (std::uint64_t i = 0; i < run.length; ++i)
            out.push_back(run.first + static_cast<std::int64_t>(i));
    }
    return out;
}

std::string RowSet::encoded() const {
    std::string out;
    std::uint64_t next = 0;
    for (const Run& run : runs_) {
        put(out, static_cast<std::uint64_t>(run.first) - next);
        put(out, run.length);
        next = static_cast<std::uint64_t>(run.first) + run.length;
    }
    return out;
}

Result<RowSet> RowSet::decode(std::string_view bytes) {
    RowSet out;
    std::uint64_t next = 0;
    while (!bytes.empty()) {
        const auto gap = take(bytes);
        const auto length = take(bytes);
        const bool good = gap && length && *length > 0 && (*gap > 0 || out.runs_.empty()) &&
                          *gap < most_rows - next && *length < most_rows - next - *gap;
        if (!good)
            return Fault{FaultKind::corrupt, "a list of rows is damaged", "",
                         "the catalogue is damaged; restore the case from a backup"};
        next += *gap;
        out.runs_.push_back({static_cast<std::int64_t>(next), *length, out.size()});
        next += *length;
    }
    return out;
}

}  // namespace sendh
