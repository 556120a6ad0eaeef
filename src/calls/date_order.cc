#include "calls/date_order.h"

#include <algorithm>

namespace sendh {

namespace {

constexpr std::array<std::string_view, 4> names = {"undecided", "day_first", "month_first", "year_first"};
static_assert(names.size() == static_cast<std::size_t>(DateOrder::year_first) + 1);
constexpr std::array<std::string_view, 3> words = {"day", "month", "year"};

constexpr std::size_t day = 0;
constexpr std::size_t month = 1;
constexpr std::size_t year = 2;

constexpr const char* rejected_then = " (rows that contradict it are then rejected one by one)";

DateOrder order_of(std::size_t i) { return static_cast<DateOrder>(i + 1); }
std::size_t index_of(DateOrder order) { return static_cast<std::size_t>(order) - 1; }

bool is_numbers(const WrittenDate& date) {
    return date.form == WrittenDate::Form::two_numbers || date.form == WrittenDate::Form::three_numbers;
}

std::string at_line(std::uint64_t line) { return "line " + std::to_string(line); }

int day_number(Micros instant) {
    const CivilTime c = to_civil(instant, Zone{0});
    return c.year * 10'000 + c.month * 100 + c.day;
}

// "--date-order day, or --date-order month"
std::string choices(const std::vector<std::size_t>& among) {
    std::string out;
    for (const std::size_t i : among)
        out += (out.empty() ? "" : ", or ") + ("--date-order " + std::string(words[i]));
    return out;
}

}  // namespace

std::string_view name_of(DateOrder order) { return names.at(static_cast<std::size_t>(order)); }

DateDecision::DateDecision(DateOrder stated, DateOrder documented, std::optional<Micros> now)
    : stated_(stated), documented_(documented) {
    if (!now) return;
    tomorrow_ = day_number(Micros{now->value + micros_per_day});
    ten_years_ago_ = day_number(*now) - 100'000;
}

bool DateDecision::possible(std::size_t order) const {
    return against_[order].line == 0 && (order != year || three_numbers_ > 0);
}

std::vector<std::size_t> DateDecision::possible_orders() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < orders; ++i) {
        if (possible(i)) out.push_back(i);
    }
    return out;
}

bool DateDecision::any_open(const std::vector<std::size_t>& among) const {
    for (std::size_t a = 0; a < among.size(); ++a) {
        for (std::size_t b = a + 1; b < among.size(); ++b) {
            if (open(among[a], among[b])) return true;
        }
    }
    return false;
}

// What a date says about the orders: in which it is none, and between which it is open.
void DateDecision::weigh(const WrittenDate& date, const std::array<int, orders>& days, std::uint64_t line) {
    for (std::size_t i = 0; i < orders; ++i) {
        if (days[i] != 0 || against_[i].line != 0) continue;
        against_[i].line = line;
        if (i == month && days[day] != 0 && date.first > 12) {
            against_[i].day = date.first;
            against_[i].first = true;
        } else if (i == day && days[month] != 0 && date.second > 12) {
            against_[i].day = date.second;
        }
    }
    for (std::size_t a = 0; a < orders; ++a) {
        for (std::size_t b = a + 1; b < orders; ++b) {
            if (days[a] != 0 && days[b] != 0 && days[a] != days[b] && !open(a, b)) open_[a + b - 1] = line;
        }
    }
}

// Where the date lies in each order: in the period, and in the last ten years.
void DateDecision::place(const std::array<int, orders>& days, std::uint64_t line) {
    for (std::size_t i = 0; i < orders; ++i) {
        if (days[i] == 0) continue;
        const bool outside =
            period_ && in_first_report_ && (days[i] < period_->first || days[i] > period_->last);
        if (outside && outside_[i] == 0) outside_[i] = line;
        const bool unlikely = days[i] < ten_years_ago_ || days[i] > tomorrow_;
        if (unlikely && unlikely_[i] == 0) unlikely_[i] = line;
    }
}

void DateDecision::observe(const WrittenDate& date, std::uint64_t line) {
    switch (date.form) {
        case WrittenDate::Form::two_numbers: ++two_numbers_; break;
        case WrittenDate::Form::three_numbers: ++three_numbers_; break;
        case WrittenDate::Form::year_first: ++year_first_; break;
        case WrittenDate::Form::named_month: ++named_; break;
    }
    const std::array<int, orders> days = days_of(date);
    if (days == std::array<int, orders>{}) return;
    if (is_numbers(date)) weigh(date, days, line);
    place(days, line);
}

Done DateDecision::decide(bool whole) {
    if (stated_ != DateOrder::undecided) {
        order_ = stated_;
        return done();
    }
    if (two_numbers_ + three_numbers_ == 0) {
        order_ = documented_;
        return done();
    }
    std::vector<std::size_t> left = possible_orders();
    if (left.empty()) return fault();
    const auto settle = [&](std::size_t order, Reason reason) {
        order_ = order_of(order);
        reason_ = reason;
        return done();
    };
    const auto keep = [&](const Lines& not_so) {
        std::vector<std::size_t> kept;
        for (const std::size_t i : left) {
            if (not_so[i] == 0) kept.push_back(i);
        }
        return kept;
    };
    if (left.size() == 1) return settle(left[0], Reason::proof);
    if (any_open(left) && period_) {
        const std::vector<std::size_t> inside = keep(outside_);
        if (inside.size() == 1) return settle(inside[0], Reason::period);
        if (!inside.empty()) left = inside;
    }
    if (any_open(left) && left.back() == year) {
        if (tomorrow_ == 0) return undecidable();
        const std::vector<std::size_t> likely = keep(unlikely_);
        if (likely.size() == 1) return settle(likely[0], Reason::age);
        if (likely.empty() || likely.back() == year) return undecidable();
        left = likely;
    }
    if (documented_ != DateOrder::undecided &&
        std::find(left.begin(), left.end(), index_of(documented_)) != left.end())
        return settle(index_of(documented_), Reason::layout);
    if (any_open(left) || !whole) return undecidable();
    return settle(left[0], Reason::proof);  // every date of the file reads the same either way
}

DateDecision::Reading DateDecision::read(const WrittenDate& date, std::uint64_t line, CivilTime& civil) {
    civil.year = date.year;
    if (!is_numbers(date)) {
        civil.day = date.first;
        civil.month = date.second;
        return Reading::read;
    }
    const std::array<int, orders> days = days_of(date);
    if (days == std::array<int, orders>{}) return Reading::impossible;
    if (stated_ == DateOrder::undecided) {
        if (date.form == WrittenDate::Form::three_numbers) ++three_numbers_;
        weigh(date, days, line);
        if (order_ == DateOrder::undecided) {
            for (std::size_t i = orders; i-- > 0;) {
                if (days[i] == 0) continue;
                if (order_ != DateOrder::undecided && days[i] != days[index_of(order_)]) {
                    order_ = DateOrder::undecided;
                    return Reading::contradiction;
                }
                order_ = order_of(i);
            }
        }
    }
    std::size_t held = index_of(order_);
    if (days[held] == 0) {
        if (stated_ != DateOrder::undecided) return Reading::impossible;
        // Another order, if every date so far reads the same in it.
        std::size_t other = 0;
        while (other < orders && (days[other] == 0 || !possible(other) || open(held, other))) ++other;
        if (other == orders) return Reading::contradiction;
        order_ = order_of(other);
        reason_ = Reason::proof;
        held = other;
    }
    civil.year = days[held] / 10'000;
    civil.month = days[held] / 100 % 100;
    civil.day = days[held] % 100;
    return Reading::read;
}

bool DateDecision::join(const DateDecision& later) {
    const bool turned =
        order_ != DateOrder::undecided && later.order_ != order_ &&
        (open(index_of(order_), index_of(later.order_)) || against_[index_of(later.order_)].line != 0);
    for (std::size_t i = 0; i < orders; ++i) {
        if (against_[i].line == 0) against_[i] = later.against_[i];
        if (open_[i] == 0) open_[i] = later.open_[i];
    }
    three_numbers_ = std::max(three_numbers_, later.three_numbers_);
    if (stated_ != DateOrder::undecided) return true;
    if (turned || possible_orders().empty()) return false;
    if (later.order_ != order_) reason_ = later.reason_;
    order_ = later.order_;
    return true;
}

// "line 2 has day 13 in the first place"
std::string DateDecision::text_of(std::size_t disproven, bool with_place) const {
    const Proof& proof = against_[disproven];
    if (proof.day == 0)
        return at_line(proof.line) + " cannot be read with the " + std::string(words[disproven]) + " first";
    return at_line(proof.line) + " has day " + std::to_string(proof.day) +
           (with_place ? std::string(" in the ") + (proof.first ? "first" : "second") + " place" : "");
}

Fault DateDecision::undecidable() const {
    std::vector<std::size_t> left = possible_orders();
    std::uint64_t line = 1;
    for (const std::uint64_t first : open_) {
        if (first != 0 && (line == 1 || first < line)) line = first;
    }
    const bool year_too = !left.empty() && left.back() == year;
    if (!year_too) left = {day, month};
    return {FaultKind::input,
            year_too
                ? "it cannot be told with which part the dates begin: the year has two digits, and the first "
                  "number may be the year or the day"
                : "it cannot be told whether dates are day/month or month/day: no day above 12 shows it",
            at_line(line), "say so: " + choices(left) + ", or date_order in the mapping file"};
}

Fault DateDecision::fault() const {
    if (possible_orders().empty()) {
        std::vector<std::pair<std::uint64_t, std::string>> proofs;
        for (std::size_t i = 0; i < (three_numbers_ > 0 ? orders : 2); ++i)
            proofs.emplace_back(against_[i].line, text_of(i, true));
        std::sort(proofs.begin(), proofs.end());
        std::string where;
        for (const auto& [line, text] : proofs) where += (where.empty() ? "" : ", ") + text;
        return {FaultKind::input, "dates are written in two orders", where,
                "split the file by where its parts come from, or say which holds: " +
                    choices(three_numbers_ > 0 ? std::vector{day, month, year} : std::vector{day, month}) +
                    rejected_then};
    }
    if (order_ != DateOrder::undecided && against_[index_of(order_)].line != 0) {
        return {FaultKind::input, "a date contradicts the order in which the rows before it were read",
                text_of(index_of(order_), true), "say which holds: " + choices({day, month}) + rejected_then};
    }
    return undecidable();
}

DateOrder DateDecision::order() const {
    if (order_ != DateOrder::undecided || two_numbers_ + three_numbers_ > 0) return order_;
    if (year_first_ > 0) return DateOrder::year_first;
    return named_ > 0 ? DateOrder::day_first : DateOrder::undecided;
}

std::string DateDecision::evidence() const {
    if (stated_ != DateOrder::undecided) return "stated by the user";
    if (two_numbers_ + three_numbers_ == 0 && against_[day].line == 0 && against_[month].line == 0) {
        if (year_first_ > 0) return "dates begin with the year";
        if (named_ > 0) return "dates name the month";
    }
    if (order_ == DateOrder::undecided) return "";
    const std::size_t held = index_of(order_);
    const std::string first = "with the " + std::string(words[held]) + " first";
    if (reason_ == Reason::period) {
        return "only " + first + " do all dates lie in the period that the report states, " +
               sendh::text_of(*period_);
    }
    if (reason_ == Reason::age) return "only " + first + " do all dates lie within the last ten years";
    std::string proofs;
    bool all = true;
    for (std::size_t i = 0; i < (three_numbers_ > 0 ? orders : 2); ++i) {
        if (i == held) continue;
        if (against_[i].line == 0) {
            all = all && !open(held, i);
        } else {
            proofs += (proofs.empty() ? "" : ", ") + text_of(i, false);
        }
    }
    if (all && !proofs.empty()) return proofs;
    if (reason_ == Reason::layout) return "the layout writes the " + std::string(words[held]) + " first";
    return two_numbers_ + three_numbers_ > 0 ? "every date reads the same either way" : "";
}

void DateDecision::report_to(ReadSummary& summary) const {
    summary.date_order = order();
    summary.date_evidence = evidence();
    if (order_ == DateOrder::undecided && !period_) return;
    const std::size_t held = order_ == DateOrder::undecided ? day : index_of(order_);
    if (stated_ == DateOrder::undecided && reason_ != Reason::proof && reason_ != Reason::period) {
        std::uint64_t first_open = 0;
        for (std::size_t i = 0; i < orders; ++i) {
            if (i == held || !possible(i) || !open(held, i)) continue;
            const std::uint64_t line = open_[held + i - 1];
            if (first_open == 0 || line < first_open) first_open = line;
        }
        if (first_open != 0) {
            summary.notes.push_back("dates: " + std::string(words[held]) + " first, " +
                                    (reason_ == Reason::age
                                         ? "because only so do all of them lie within the last ten years"
                                         : "as this layout writes them") +
                                    "; no row proves it (" + at_line(first_open) +
                                    " reads two ways); --date-order says otherwise");
        }
    }
    if (outside_[held] == 0) return;
    const std::vector<std::size_t> left = possible_orders();
    const bool whatever = left.size() > 1 && std::all_of(left.begin(), left.end(),
                                                         [&](std::size_t i) { return outside_[i] != 0; });
    summary.notes.push_back("the report states the period " + sendh::text_of(*period_) + " (" +
                            at_line(period_->line) + "), but dates lie outside of it" +
                            (whatever ? ", in whatever order they are read" : "") + " (first at " +
                            at_line(outside_[held]) + ")");
}

}  // namespace sendh
