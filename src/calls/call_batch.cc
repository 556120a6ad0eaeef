#include "calls/call_batch.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sendh {

namespace {

constexpr std::array<std::string_view, 4> directions = {"unknown", "incoming", "outgoing", "transit"};
static_assert(directions.size() == static_cast<std::size_t>(Direction::transit) + 1);

constexpr std::array<std::string_view, 5> dispositions = {"unknown", "answered", "unanswered", "busy",
                                                          "failed"};
static_assert(dispositions.size() == static_cast<std::size_t>(Disposition::failed) + 1);

constexpr std::array<std::string_view, 3> services = {"voice", "sms", "other"};
static_assert(services.size() == static_cast<std::size_t>(Service::other) + 1);

template <class Batch, class Action>
void each_column(Batch& b, const Action& action) {
    action(b.id), action(b.time), action(b.cli), action(b.callee), action(b.redirect);
    action(b.cli_class), action(b.callee_class), action(b.duration), action(b.direction),
        action(b.disposition);
    action(b.service), action(b.trunk_in), action(b.trunk_out), action(b.carrier), action(b.cli_text);
    action(b.line), action(b.offset);
}

constexpr std::size_t most_names = 100'000;
constexpr std::size_t most_name_bytes = 16 << 20;
constexpr std::size_t name_cost = 96;  // a string and its entry in the index

std::size_t slot_of(std::string_view name) {
    const auto byte = [&](std::size_t i) {
        return static_cast<std::size_t>(static_cast<unsigned char>(name[i]));
    };
    const std::size_t n = name.size();
    return byte(n - 1) + 31 * byte(n / 2) + 7 * byte(0) + 101 * n + (n > 1 ? 59 * byte(n - 2) : 0);
}

}  // namespace

std::string_view name_of(Direction direction) { return directions.at(static_cast<std::size_t>(direction)); }
std::string_view name_of(Disposition disposition) {
    return dispositions.at(static_cast<std::size_t>(disposition));
}
std::string_view name_of(Service service) { return services.at(static_cast<std::size_t>(service)); }

NameTable::NameTable() : names_(1) {}

NameTable::NameTable(const NameTable& other) : names_(other.names_), bytes_(other.bytes_) {
    index_.reserve(names_.size());
    for (std::uint32_t i = 1; i < names_.size(); ++i) index_.emplace(names_[i], i);
}

NameTable& NameTable::operator=(const NameTable& other) { return *this = NameTable(other); }

std::uint32_t NameTable::index_of(std::string_view name) {
    if (name.empty()) return 0;
    Recent& recent = recent_[slot_of(name) % recent_.size()];
    if (same_short(recent.name, name)) return recent.index;
    auto it = index_.find(name);
    if (it == index_.end()) {
        const auto index = static_cast<std::uint32_t>(names_.size());
        names_.emplace_back(name);
        it = index_.emplace(names_.back(), index).first;
        bytes_ += name.size() + name_cost;
    }
    recent = {it->first, it->second};
    return recent.index;
}

bool NameTable::full() const { return names_.size() >= most_names || bytes_ >= most_name_bytes; }

void NameTable::keep_first(std::size_t count) {
    if (count >= names_.size()) return;
    recent_.fill({});
    std::erase_if(index_, [count](const auto& entry) { return entry.second >= count; });
    for (std::size_t i = count; i < names_.size(); ++i) bytes_ -= names_[i].size() + name_cost;
    names_.resize(count);
}

std::string shortened(std::string_view name) {
    if (name.size() <= longest_name) return std::string(name);
    const std::string whole =
        without_numbers(first_bad_utf8(name) ? utf8_from_latin1(name) : std::string(name));
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : whole) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    std::size_t end = std::min<std::size_t>(whole.size(), 150);
    while (end > 0 && (static_cast<unsigned char>(whole[end]) & 0xC0U) == 0x80)
        --end;  // not within a character
    std::string out = whole.substr(0, end) + "...#";
    for (int i = 0; i < 16; ++i, hash >>= 4U) out += static_cast<char>('a' + (hash & 15U));
    return out;
}

void CallBatch::clear() {
    each_column(*this, [](auto& column) { column.clear(); });
    cut_names = 0;
}

void CallBatch::reserve(std::size_t rows) {
    each_column(*this, [rows](auto& column) { column.reserve(rows); });
}

void append(CallBatch& batch, const CallRow& row, NameTable& names) {
    const auto index_of = [&](std::string_view name) {
        if (name.size() <= longest_name) return names.index_of(name);
        ++batch.cut_names;
        return names.index_of(shortened(name));
    };
    batch.id.push_back(0);
    batch.time.push_back(row.time);
    batch.cli.push_back(row.cli.number);
    batch.callee.push_back(row.callee.number);
    batch.redirect.push_back(row.redirect);
    batch.cli_class.push_back(row.cli.number_class);
    batch.callee_class.push_back(row.callee.number_class);
    batch.duration.push_back(row.duration);
    batch.direction.push_back(row.direction);
    batch.disposition.push_back(row.disposition);
    batch.service.push_back(row.service);
    batch.trunk_in.push_back(index_of(row.trunk_in));
    batch.trunk_out.push_back(index_of(row.trunk_out));
    batch.carrier.push_back(index_of(row.carrier));
    batch.cli_text.push_back(index_of(row.cli_text));
    batch.line.push_back(row.line);
    batch.offset.push_back(row.offset);
}

}  // namespace sendh
