#include "store/duplicates.h"

#include <algorithm>
#include <cerrno>
#include <tuple>

#include "base/file.h"
#include "base/progress.h"

namespace sendh {

namespace {
constexpr std::uint64_t rows_a_part = 2'000'000;
constexpr std::uint64_t most_parts = 512;
constexpr std::size_t buffer_size = 32 * 1024;
}  // namespace

DuplicateFinder::DuplicateFinder(std::filesystem::path folder, std::uint64_t expected_rows)
    : folder_(std::move(folder)) {
    const std::uint64_t parts = std::min(most_parts, expected_rows / rows_a_part + 1);
    if (parts > 1) parts_.resize(parts);
}

DuplicateFinder::~DuplicateFinder() {
    std::error_code ignored;
    for (std::size_t part = 0; part < parts_.size(); ++part) {
        parts_[part].reset();
        std::filesystem::remove(part_path(part), ignored);
    }
}

std::filesystem::path DuplicateFinder::part_path(std::size_t part) const {
    return folder_ / ("equal-" + std::to_string(part) + ".tmp");
}

Done DuplicateFinder::add(std::uint64_t hash_a, std::uint64_t hash_b, std::int64_t id) {
    const Row row{hash_a, hash_b, id};
    if (parts_.empty()) {
        rows_.push_back(row);
        return done();
    }
    const auto part = static_cast<std::size_t>((hash_a >> 32) * parts_.size() >> 32);
    auto& file = parts_[part];
    if (!file) {
        file.reset(std::fopen(part_path(part).c_str(), "w+be"));
        if (!file) return io_fault("cannot write a temporary file", part_path(part), errno);
        std::setvbuf(file.get(), nullptr, _IOFBF, buffer_size);
    }
    if (std::fwrite(&row, sizeof row, 1, file.get()) != 1)
        return io_fault("cannot write a temporary file", part_path(part), errno);
    return done();
}

Done DuplicateFinder::report_equal(std::vector<Row>& rows,
                                   const std::function<Done(std::int64_t, std::int64_t)>& take) {
    const auto key = [](const Row& r) { return std::tie(r.hash_a, r.hash_b, r.id); };
    std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return key(a) < key(b); });
    std::int64_t first = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool same =
            i > 0 && rows[i].hash_a == rows[i - 1].hash_a && rows[i].hash_b == rows[i - 1].hash_b;
        if (!same) {
            first = rows[i].id;
        } else {
            SENDH_CHECK(take(rows[i].id, first));
        }
    }
    return done();
}

Done DuplicateFinder::finish(const std::function<Done(std::int64_t, std::int64_t)>& take) {
    if (parts_.empty()) return report_equal(rows_, take);
    for (std::size_t part = 0; part < parts_.size(); ++part) {
        std::FILE* file = parts_[part].get();
        if (file == nullptr) continue;
        const long size = std::fflush(file) == 0 ? std::ftell(file) : -1;
        if (size < 0) return io_fault("cannot write a temporary file", part_path(part), errno);
        rows_.resize(static_cast<std::size_t>(size) / sizeof(Row));
        std::rewind(file);
        if (std::fread(rows_.data(), sizeof(Row), rows_.size(), file) != rows_.size())
            return io_fault("cannot read a temporary file", part_path(part), errno);
        SENDH_CHECK(report_equal(rows_, take));
        SENDH_CHECK(check_interrupt("nothing was changed"));
    }
    return done();
}

}  // namespace sendh
