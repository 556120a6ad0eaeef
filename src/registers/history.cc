#include "registers/history.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <tuple>

namespace sendh {

namespace {

// A person: by his key, or by his number where he has none.
auto person_of(const StateRow& row) {
    return std::tuple(row.person.empty(), row.person.empty() ? row.number : PhoneNumber(),
                      std::string_view(row.person));
}
auto whole(const StateRow& row) {
    return std::tuple(person_of(row), row.number, std::string_view(row.cells));
}

std::vector<std::size_t> in_order(const std::vector<StateRow>& rows) {
    std::vector<std::size_t> out(rows.size());
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = i;
    std::stable_sort(out.begin(), out.end(),
                     [&](std::size_t a, std::size_t b) { return whole(rows[a]) < whole(rows[b]); });
    return out;
}

// Numbers of a person's rows, which are in order.
std::vector<PhoneNumber> numbers_of(const std::vector<StateRow>& rows, std::span<const std::size_t> of) {
    std::vector<PhoneNumber> out;
    for (const std::size_t i : of) {
        if (out.empty() || out.back() != rows[i].number) out.push_back(rows[i].number);
    }
    return out;
}

// The first person of the two, and his rows in each, taken off.
std::span<const std::size_t> take_person(const std::vector<StateRow>& rows,
                                         std::span<const std::size_t>& left, const StateRow& person) {
    std::size_t n = 0;
    while (n < left.size() && person_of(rows[left[n]]) == person_of(person)) ++n;
    const auto out = left.first(n);
    left = left.subspan(n);
    return out;
}

}  // namespace

Day day_at(Micros instant, Zone zone) {
    Day out;
    out.date = iso_date(instant, zone);
    out.from = parse_iso(out.date, zone).value_or(instant);
    out.to = Micros{out.from.value + micros_per_day};
    return out;
}

Difference difference(const std::vector<StateRow>& before, const std::vector<StateRow>& after) {
    Difference out;
    const std::vector<std::size_t> old_order = in_order(before);
    const std::vector<std::size_t> new_order = in_order(after);
    std::span<const std::size_t> old_left = old_order;
    std::span<const std::size_t> new_left = new_order;
    while (!old_left.empty() || !new_left.empty()) {
        const bool old_first = new_left.empty() || (!old_left.empty() && person_of(before[old_left[0]]) <
                                                                             person_of(after[new_left[0]]));
        const StateRow& person = old_first ? before[old_left[0]] : after[new_left[0]];
        const auto was = take_person(before, old_left, person);
        const auto is = take_person(after, new_left, person);
        const std::size_t ended = out.ended.size();
        const std::size_t begun = out.begun.size();
        for (std::size_t i = 0, k = 0; i < was.size() || k < is.size();) {
            const auto order = i == was.size()  ? std::strong_ordering::greater
                               : k == is.size() ? std::strong_ordering::less
                                                : whole(before[was[i]]) <=> whole(after[is[k]]);
            if (order < 0) out.ended.push_back(was[i]);
            if (order > 0) out.begun.push_back({is[k], was.empty()});
            if (order <= 0) ++i;
            if (order >= 0) ++k;
        }
        if (ended == out.ended.size() && begun == out.begun.size()) {
            ++out.unchanged;
            continue;
        }
        using How = Difference::How;
        const bool other_number = numbers_of(before, was) != numbers_of(after, is);
        const How how = was.empty()    ? How::joined
                        : is.empty()   ? How::left
                        : other_number ? How::changed_number
                                       : How::changed_other;
        std::uint64_t* const counts[] = {&out.joined, &out.left, &out.changed_number, &out.changed_other};
        ++*counts[static_cast<std::size_t>(how)];
        out.people.push_back({how, ended < out.ended.size() ? std::optional(out.ended[ended]) : std::nullopt,
                              begun < out.begun.size() ? std::optional(out.begun[begun].row) : std::nullopt});
    }
    std::sort(out.people.begin(), out.people.end(),
              [](const Difference::Person& a, const Difference::Person& b) {
                  return std::tuple(a.how, a.was, a.is) < std::tuple(b.how, b.was, b.is);
              });
    std::sort(out.ended.begin(), out.ended.end());
    std::sort(out.begun.begin(), out.begun.end(),
              [](const Difference::Begun& a, const Difference::Begun& b) { return a.row < b.row; });
    return out;
}

}  // namespace sendh
