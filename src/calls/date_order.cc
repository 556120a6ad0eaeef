#include "calls/date_order.h"

#include <array>

namespace sendh {

namespace {

constexpr std::array<std::string_view, 4> names = {"undecided", "day_first", "month_first", "year_first"};
static_assert(names.size() == static_cast<std::size_t>(DateOrder::year_first) + 1);

constexpr const char* say_so =
    "say which holds: --date-order day, or --date-order month (rows that contradict it are then "
    "rejected one by one)";

bool is_month(int n) { return n >= 1 && n <= 12; }
bool is_day_only(int n) { return n >= 13 && n <= 31; }

}  // namespace

std::string_view name_of(DateOrder order) { return names.at(static_cast<std::size_t>(order)); }

void DateDecision::prove(const WrittenDate& date, std::uint64_t line) {
    if (is_day_only(date.first) && is_month(date.second)) {
        if (day_first_.line == 0) day_first_ = {line, date.first};
    } else if (is_month(date.first) && is_day_only(date.second)) {
        if (month_first_.line == 0) month_first_ = {line, date.second};
    } else if (is_month(date.first) && is_month(date.second) && date.first != date.second &&
               open_line_ == 0) {
        open_line_ = line;
    }
}

void DateDecision::observe(const WrittenDate& date, std::uint64_t line) {
    switch (date.form) {
        case WrittenDate::Form::two_numbers: ++two_numbers_, prove(date, line); break;
        case WrittenDate::Form::year_first: ++year_first_; break;
        case WrittenDate::Form::named_month: ++named_; break;
    }
}

Done DateDecision::decide(bool whole) {
    if (stated_ != DateOrder::undecided) {
        order_ = stated_;
        return done();
    }
    if (day_first_.line != 0 && month_first_.line != 0) return fault();
    if (day_first_.line != 0) {
        order_ = DateOrder::day_first;
    } else if (month_first_.line != 0) {
        order_ = DateOrder::month_first;
    } else if (documented_ != DateOrder::undecided || two_numbers_ == 0) {
        order_ = documented_;
    } else if (open_line_ != 0 || !whole) {
        return fault();
    } else {
        order_ = DateOrder::day_first;  // every date of the file reads the same either way
    }
    return done();
}

DateDecision::Reading DateDecision::read(const WrittenDate& date, std::uint64_t line, CivilTime& civil) {
    civil.year = date.year;
    if (date.form != WrittenDate::Form::two_numbers) {
        civil.day = date.first;
        civil.month = date.second;
        return Reading::read;
    }
    const bool by_day = is_month(date.second) && date.first >= 1 && date.first <= 31;
    const bool by_month = is_month(date.first) && date.second >= 1 && date.second <= 31;
    if (!by_day && !by_month) return Reading::impossible;
    if (stated_ == DateOrder::undecided) {
        prove(date, line);
        if (order_ == DateOrder::undecided) {
            if (by_day && by_month && date.first != date.second) return Reading::contradiction;
            order_ = by_day ? DateOrder::day_first : DateOrder::month_first;
        }
    }
    if (order_ == DateOrder::year_first) return Reading::impossible;
    bool day_first = order_ == DateOrder::day_first;
    if (!(day_first ? by_day : by_month)) {
        if (stated_ != DateOrder::undecided) return Reading::impossible;
        const bool in_doubt = open_line_ != 0 || (day_first ? day_first_ : month_first_).line != 0;
        if (in_doubt) return Reading::contradiction;
        day_first = !day_first;  // every date so far reads the same either way
        order_ = day_first ? DateOrder::day_first : DateOrder::month_first;
    }
    civil.day = day_first ? date.first : date.second;
    civil.month = day_first ? date.second : date.first;
    return Reading::read;
}

Fault DateDecision::fault() const {
    const auto at = [](const Proof& proof, const char* place) {
        return "line " + std::to_string(proof.line) + " has day " + std::to_string(proof.day) + " in the " +
               place + " place";
    };
    if (day_first_.line != 0 && month_first_.line != 0) {
        const bool day_earlier = day_first_.line < month_first_.line;
        const std::string one = at(day_first_, "first");
        const std::string other = at(month_first_, "second");
        return {FaultKind::input, "dates are written in two orders",
                day_earlier ? one + ", " + other : other + ", " + one,
                std::string("split the file by where its parts come from, or ") + say_so};
    }
    if (month_first_.line != 0 || day_first_.line != 0) {
        const std::string proof =
            month_first_.line != 0 ? at(month_first_, "second") : at(day_first_, "first");
        return {FaultKind::input, "a date contradicts the order in which the rows before it were read", proof,
                say_so};
    }
    const std::string where = "line " + std::to_string(open_line_ != 0 ? open_line_ : 1);
    return {FaultKind::input,
            "it cannot be told whether dates are day/month or month/day: no day above 12 shows it", where,
            "say so: --date-order day, or --date-order month, or date_order in the mapping file"};
}

DateOrder DateDecision::order() const {
    if (order_ != DateOrder::undecided || two_numbers_ > 0) return order_;
    if (year_first_ > 0) return DateOrder::year_first;
    return named_ > 0 ? DateOrder::day_first : DateOrder::undecided;
}

std::string DateDecision::evidence() const {
    if (stated_ != DateOrder::undecided) return "stated by the user";
    if (two_numbers_ == 0 && day_first_.line == 0 && month_first_.line == 0) {
        if (year_first_ > 0) return "dates begin with the year";
        if (named_ > 0) return "dates name the month";
    }
    const Proof& proof = order_ == DateOrder::month_first ? month_first_ : day_first_;
    if (proof.line != 0)
        return "line " + std::to_string(proof.line) + " has day " + std::to_string(proof.day);
    if (documented_ != DateOrder::undecided) {
        return documented_ == DateOrder::day_first ? "the layout writes the day first"
                                                   : "the layout writes the month first";
    }
    return two_numbers_ > 0 ? "every date reads the same either way" : "";
}

}  // namespace sendh
