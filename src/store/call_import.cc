#include "store/call_import.h"

#include <algorithm>

#include "base/file.h"
#include "base/progress.h"
#include "store/parquet.h"
#include "store/segment.h"

namespace sendh {

namespace {

constexpr std::size_t pair_buckets = 512;

Done write_segment(const CallStore& store, const std::string& name, const SegmentRows& rows) {
    auto written = write_durably(store.folder() / name, encode_segment(rows));
    if (written.ok()) return written;
    Fault fault = written.fault();
    fault.what = "cannot write the call store";
    fault.to_do += fault.to_do.empty() ? "nothing was changed" : "; nothing was changed";
    return fault;
}

constexpr std::size_t few_calls = 16'384;

void append_rows(const CallBatch& from, CallBatch& to) {
    const auto add = [](auto& target, const auto& source) {
        target.insert(target.end(), source.begin(), source.end());
    };
    add(to.id, from.id), add(to.time, from.time), add(to.cli, from.cli), add(to.callee, from.callee);
    add(to.redirect, from.redirect), add(to.cli_class, from.cli_class),
        add(to.callee_class, from.callee_class);
    add(to.duration, from.duration), add(to.direction, from.direction), add(to.disposition, from.disposition);
    add(to.service, from.service), add(to.trunk_in, from.trunk_in), add(to.trunk_out, from.trunk_out);
    add(to.carrier, from.carrier), add(to.cli_text, from.cli_text), add(to.line, from.line);
    add(to.offset, from.offset);
}

// Every row for which chosen(i) holds.
template <class Chosen>
SegmentRows rows_that(const SegmentRows& from, const Chosen& chosen) {
    SegmentRows to;
    to.names = from.names;
    const auto add = [&](auto& target, const auto& source) {
        for (std::size_t i = 0; i < source.size(); ++i) {
            if (chosen(i)) target.push_back(source[i]);
        }
    };
    add(to.id, from.id), add(to.time, from.time), add(to.cli, from.cli), add(to.callee, from.callee);
    add(to.redirect, from.redirect), add(to.cli_class, from.cli_class),
        add(to.callee_class, from.callee_class);
    add(to.direction, from.direction), add(to.disposition, from.disposition), add(to.service, from.service);
    add(to.duration, from.duration), add(to.trunk_in, from.trunk_in), add(to.trunk_out, from.trunk_out);
    add(to.carrier, from.carrier), add(to.cli_text, from.cli_text), add(to.line, from.line),
        add(to.off, from.off);
    return to;
}

}  // namespace

CallImport::CallImport(CallStore& store, Crew& crew, std::int64_t file,
                       std::function<void(const std::string&)> loose, std::size_t segment_rows)
    : store_(store),
      crew_(crew),
      file_(file),
      loose_(std::move(loose)),
      segment_rows_(segment_rows),
      finder_(store.folder()) {}

CallImport::~CallImport() {
    for (const auto& running : running_) running.wait();
}

Done CallImport::add(CallBatch& calls, const NameTable& names) {
    for (std::size_t i = 0; i < calls.size(); ++i) calls.id[i] = id_of(position_++);
    if (pending_.size() == 0) pending_.reserve(segment_rows_ + calls.size());
    append_rows(calls, pending_);
    return pending_.size() < segment_rows_ ? done() : flush(names);
}

Done CallImport::flush(const NameTable& names) {
    if (pending_.size() == 0) return done();
    Segment segment;
    segment.name = "calls-" + std::to_string(file_) + "-" + std::to_string(segments_.size()) + ".parquet";
    segment.rows = pending_.size();
    loose_(segment.name);
    segments_.push_back(segment);
    begins_.push_back(position_ - pending_.size());
    // The crew's copy: the reader goes on with its own.
    running_.push_back(
        crew_.start([&store = store_, name = segment.name, calls = std::move(pending_), names]() -> Written {
            Written out;
            const auto [first, last] = std::minmax_element(calls.time.begin(), calls.time.end());
            out.first = *first;
            out.last = *last;
            Tokeniser tokeniser(store.token_key());
            const SegmentRows rows = seal_rows(calls, names, tokeniser, store.row_key());
            out.calls = identities_of(rows);
            if (rows.size() <= few_calls) {
                for (std::size_t i = 0; i < rows.size(); ++i)
                    out.parties.push_back({Micros{rows.time[i]}, rows.cli[i], rows.callee[i]});
            }
            if (auto written = write_segment(store, name, rows); !written.ok()) out.fault = written.fault();
            return out;
        }));
    pending_ = CallBatch();
    while (running_.size() > crew_.size()) SENDH_CHECK(take_oldest());
    return done();
}

Done CallImport::take_oldest() {
    auto oldest = std::move(running_.front());
    running_.pop_front();
    const Written written = oldest.get();
    if (written.fault) return *written.fault;
    Segment& segment = segments_[taken_];
    segment.first = written.first;
    segment.last = written.last;
    std::uint64_t position = begins_[taken_++];
    for (const CallIdentity& call : written.calls) SENDH_CHECK(finder_.add(call, id_of(position++)));
    if (parties_.size() + written.parties.size() <= few_calls)
        parties_.insert(parties_.end(), written.parties.begin(), written.parties.end());
    return done();
}

Result<bool> CallImport::may_share(const SegmentRecord& old) const {
    if (parties_.size() != position_) return true;
    SENDH_TRY(const auto filter, TokenFilter::open(store_.folder() / old.name));
    if (!filter) return true;
    for (const Parties& call : parties_) {
        if (call.time < old.first || old.last < call.time) continue;
        SENDH_TRY(bool may, filter->may_hold(call.callee));
        if (may) {
            SENDH_TRY(may, filter->may_hold(call.cli));
        }
        if (may) return true;
    }
    return false;
}

// Calls that stand already in segments of the same time.
Done CallImport::add_listed(const std::vector<SegmentRecord>& listed) {
    if (segments_.empty()) return done();
    Micros first = segments_.front().first;
    Micros last = segments_.front().last;
    for (const Segment& segment : segments_) {
        first = std::min(first, segment.first);
        last = std::max(last, segment.last);
    }
    std::vector<std::string> names;
    for (const SegmentRecord& old : listed) {
        const bool same_time = std::any_of(segments_.begin(), segments_.end(), [&](const Segment& s) {
            return old.first <= s.last && s.first <= old.last;
        });
        if (!same_time) continue;
        SENDH_TRY(const bool may, may_share(old));
        if (may) names.push_back(old.name);
    }
    return store_.scan_identities(
        names, first, last,
        [&](const std::vector<CallIdentity>& calls, const std::vector<std::int64_t>& ids) -> Done {
            for (std::size_t i = 0; i < calls.size(); ++i) SENDH_CHECK(finder_.add(calls[i], ids[i]));
            return done();
        });
}

Result<std::vector<CallImport::Segment>> CallImport::finish(const std::vector<SegmentRecord>& listed) {
    while (!running_.empty()) SENDH_CHECK(take_oldest());
    SENDH_CHECK(add_listed(listed));
    SpillBuckets<Pair> pairs(store_.folder(), pair_buckets);
    std::uint64_t found = 0;
    SENDH_CHECK(finder_.finish([&](std::int64_t id, std::int64_t first) -> Done {
        ++found;
        const auto position = static_cast<std::uint64_t>(id - id_of(0));
        const auto after = std::upper_bound(begins_.begin(), begins_.end(), position);
        return pairs.add(static_cast<std::size_t>(after - begins_.begin() - 1) % pair_buckets, {id, first});
    }));
    for (std::size_t bucket = 0; found > 0 && bucket < pair_buckets; ++bucket) {
        std::vector<Pair> mine;
        SENDH_CHECK(pairs.each(bucket, [&](std::span<const Pair> some) -> Done {
            mine.insert(mine.end(), some.begin(), some.end());
            return done();
        }));
        std::sort(mine.begin(), mine.end(), [](const Pair& a, const Pair& b) { return a.id < b.id; });
        std::span<const Pair> left(mine);
        for (std::size_t s = bucket; s < segments_.size(); s += pair_buckets) {
            const std::int64_t end = id_of(begins_[s] + segments_[s].rows);
            const auto of_segment = static_cast<std::size_t>(
                std::find_if(left.begin(), left.end(), [&](const Pair& p) { return p.id >= end; }) -
                left.begin());
            if (of_segment > 0) SENDH_CHECK(split(s, left.first(of_segment)));
            left = left.subspan(of_segment);
        }
    }
    return std::move(segments_);
}

Done CallImport::split(std::size_t index, std::span<const Pair> pairs) {
    SENDH_CHECK(check_interrupt("nothing was changed"));
    Segment& segment = segments_[index];
    SENDH_TRY(const SegmentRows rows, store_.read_stored(segment.name));
    std::vector<bool> equal(rows.size());
    std::vector<std::int64_t> first;
    const std::int64_t from = id_of(begins_[index]);
    for (const Pair& pair : pairs) {
        equal[static_cast<std::size_t>(pair.id - from)] = true;
        first.push_back(pair.first);
    }
    SegmentRows duplicates = rows_that(rows, [&](std::size_t i) { return equal[i]; });
    duplicates.first = std::move(first);
    const SegmentRows rest = rows_that(rows, [&](std::size_t i) { return !equal[i]; });
    const auto write = [&](const std::string& name, const SegmentRows& part) {
        loose_(name);
        return write_segment(store_, name, part);
    };
    segment.duplicates = std::string(duplicates_prefix) + segment.name;
    SENDH_CHECK(write(segment.duplicates, duplicates));
    segment.name = rest.size() == 0 ? "" : "rest-" + segment.name;
    if (rest.size() > 0) SENDH_CHECK(write(segment.name, rest));
    segment.duplicate_rows = pairs.size();
    segment.rows -= pairs.size();
    return done();
}

}  // namespace sendh
