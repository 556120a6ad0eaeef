#include "calls/call_batch.h"

#include <array>

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

std::uint32_t NameTable::index_of(std::string_view name) {
    if (name.empty()) return 0;
    std::uint32_t& recent = recent_[slot_of(name) % recent_.size()];
    if (recent != 0 && names_[recent] == name) return recent;
    auto it = index_.find(name);
    if (it == index_.end()) {
        it = index_.emplace(std::string(name), static_cast<std::uint32_t>(names_.size())).first;
        names_.emplace_back(name);
    }
    return recent = it->second;
}

void NameTable::keep_first(std::size_t count) {
    if (count >= names_.size()) return;
    names_.resize(count);
    recent_.fill(0);
    std::erase_if(index_, [count](const auto& entry) { return entry.second >= count; });
}

void CallBatch::clear() {
    each_column(*this, [](auto& column) { column.clear(); });
}

void CallBatch::reserve(std::size_t rows) {
    each_column(*this, [rows](auto& column) { column.reserve(rows); });
}

void append(CallBatch& batch, const CallRow& row, NameTable& names) {
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
    batch.trunk_in.push_back(names.index_of(row.trunk_in));
    batch.trunk_out.push_back(names.index_of(row.trunk_out));
    batch.carrier.push_back(names.index_of(row.carrier));
    batch.cli_text.push_back(names.index_of(row.cli_text));
    batch.line.push_back(row.line);
    batch.offset.push_back(row.offset);
}

}  // namespace sendh
