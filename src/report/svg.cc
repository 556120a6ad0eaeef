#include "report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "casework/wording.h"
#include "report/words.h"

namespace sendh::report {

namespace {

constexpr double kWidth = 720;
constexpr std::string_view kInk = "#1f2328";
constexpr std::string_view kFaint = "#d4d8dd";
constexpr std::string_view kGrey = "#6b7480";
constexpr std::string_view kRed = "#a32a1c";
constexpr std::string_view kBlue = "#2b5a8a";

constexpr Words kActivityTitle = {"Calls over time", "समय के साथ कॉलें"};
constexpr Words kCampaignCalls = {"calls of the campaign", "अभियान की कॉलें"};
constexpr Words kAllCalls = {"all calls in the records", "रिकॉर्ड की सभी कॉलें"};
constexpr Words kEvidenceTitle = {"Evidence after each number reached", "हर नए नंबर पर कॉल के बाद साक्ष्य"};
constexpr Words kEvidenceAxis = {"weight of evidence (1: none)", "साक्ष्य का भार (1: कुछ नहीं)"};
constexpr Words kRatesTitle = {"Share of numbers reached", "कॉल पाने वाले नंबरों का अंश"};
constexpr Words kMembers = {"Registered numbers", "रजिस्टर के नंबर"};
constexpr Words kNeighbours = {"Their neighbours", "पड़ोसी नंबर"};
constexpr Words kOf = {"{} of {} ({})", "{1} में से {0} ({2})"};
constexpr Words kDialledTitle = {"Order of the calls in copy {}", "प्रति {} में कॉलों का क्रम"};
constexpr Words kRowAxis = {"row of the copy", "प्रति की पंक्ति"};
constexpr Words kHitAxis = {"calls to its numbers, in order of time", "उसके नंबरों पर कॉलें, समय के क्रम में"};
constexpr Words kNobody = {"none to compare with", "तुलना के लिए कोई नहीं"};
constexpr Words kIndicated = {"indicated", "संकेत"};
constexpr Words kStrong = {"strong", "प्रबल"};
constexpr Words kVeryStrong = {"very strong", "अत्यंत प्रबल"};
constexpr Words kTo = {"{} to {}, time zone {}", "{} से {}, समय क्षेत्र {}"};
constexpr Words kPerMinutes = {"per {} min", "प्रति {} मिनट"};
constexpr Words kPerHour = {"per hour", "प्रति घंटा"};
constexpr Words kPerHours = {"per {} hours", "प्रति {} घंटे"};
constexpr Words kPerDay = {"per day", "प्रति दिन"};
constexpr Words kPerDays = {"per {} days", "प्रति {} दिन"};

std::string at(double coordinate) {
    std::string text = fmt::format("{:.1f}", coordinate);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text == "-0" ? "0" : text;
}

class Drawing {
public:
    Drawing(double height, std::string_view title) {
        out_ = fmt::format(
            "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" "
            "xmlns=\"http://www.w3.org/2000/svg\">\n"
            "<title>{}</title>\n",
            at(kWidth), at(height), escaped(title), escaped(title));
    }

    void line(double x1, double y1, double x2, double y2, std::string_view colour, double width = 1,
              std::string_view dashes = "") {
        out_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{}\" stroke-width=\"{}\"",
                            at(x1), at(y1), at(x2), at(y2), colour, at(width));
        if (!dashes.empty()) out_ += fmt::format(" stroke-dasharray=\"{}\"", dashes);
        out_ += "/>\n";
    }
    void text(double x, double y, std::string_view words, std::string_view anchor = "start",
              std::string_view colour = kInk, bool bold = false) {
        out_ += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\" fill=\"{}\"{}>{}</text>\n", at(x),
                            at(y), anchor, colour, bold ? " font-weight=\"600\"" : "", escaped(words));
    }
    void filled(std::string_view path, std::string_view colour) {
        out_ += fmt::format("<path d=\"{}\" fill=\"{}\"/>\n", path, colour);
    }
    void stroked(std::string_view path, std::string_view colour, double width) {
        out_ += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"/>\n", path,
                            colour, at(width));
    }
    void dot(double x, double y, double radius, std::string_view colour) {
        out_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\"/>\n", at(x), at(y), at(radius),
                            colour);
    }
    [[nodiscard]] std::string finish() { return std::move(out_) + "</svg>\n"; }

private:
    std::string out_;
};

// 1, 2 or 5 times a power of ten, not below `least`.
double nice_step(double wanted, double least) {
    if (wanted <= least) return least;
    const double unit = std::pow(10, std::floor(std::log10(wanted)));
    for (const double times : {1., 2., 5.}) {
        if (unit * times >= wanted * .999) return std::max(unit * times, least);
    }
    return std::max(unit * 10, least);
}

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
    const std::int64_t rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}

constexpr std::int64_t kMinute = 60 * micros_per_second;
constexpr std::int64_t kDay = micros_per_day;

struct TimeAxis {
    std::int64_t from, to;  // from < to
    Zone zone;
    Language language;
    double left, right;

    [[nodiscard]] double x(std::int64_t time) const {
        const double share = static_cast<double>(time - from) / static_cast<double>(to - from);
        return left + std::clamp(share, 0., 1.) * (right - left);
    }

    // Lines through the panel from top to bottom, labels below, the range below them.
    void draw(Drawing& drawing, double top, double bottom) const {
        constexpr std::array kSteps = {
            kMinute,          5 * kMinute,      15 * kMinute,     30 * kMinute,      60 * kMinute,
            2 * 60 * kMinute, 3 * 60 * kMinute, 6 * 60 * kMinute, 12 * 60 * kMinute, kDay,
            2 * kDay,         3 * kDay,         5 * kDay,         7 * kDay,          14 * kDay,
            28 * kDay,        61 * kDay,        91 * kDay,        182 * kDay,        365 * kDay};
        std::int64_t step = kSteps.back();
        for (const std::int64_t candidate : kSteps) {
            if ((to - from) / candidate < 8) {
                step = candidate;
                break;
            }
        }
        while ((to - from) / step >= 8) step *= 2;
        const std::int64_t shift = zone.offset_seconds * micros_per_second;
        const std::int64_t unit = std::min(step, kDay);
        const std::int64_t first = floor_to(from + shift + unit - 1, unit) - shift;
        for (std::int64_t time = first; time <= to; time += step) {
            const double place = x(time);
            drawing.line(place, top, place, bottom, kFaint);
            drawing.text(place, bottom + 16, label(time, step), "middle");
        }
        drawing.text((left + right) / 2, bottom + 34,
                     fmt::format(fmt::runtime(kTo.in(language)), moment({from}, step), moment({to}, step),
                                 to_text(zone)),
                     "middle", kGrey);
    }

private:
    [[nodiscard]] std::string label(std::int64_t time, std::int64_t step) const {
        if (step >= 28 * kDay) return month_text({time}, zone, language);
        const CivilTime c = to_civil({time}, zone);
        if (step >= kDay || (c.hour == 0 && c.minute == 0)) return day_text({time}, zone, language, false);
        return fmt::format("{:02}:{:02}", c.hour, c.minute);
    }
    [[nodiscard]] std::string moment(Micros time, std::int64_t step) const {
        std::string day = day_text(time, zone, language);
        if (step >= kDay) return day;
        const CivilTime c = to_civil(time, zone);
        return fmt::format("{} {:02}:{:02}", day, c.hour, c.minute);
    }
};

struct Bins {
    std::int64_t from = 0, step = 0;
    std::vector<double> campaign, all;
};

// At most 170 bins, put together at round local times.
Bins wide_bins(const Finding& finding) {
    const std::int64_t step = finding.activity_step_us;
    const std::size_t size = std::max(finding.activity_campaign.size(), finding.activity_all.size());
    Bins bins;
    if (step <= 0 || size == 0) return bins;
    constexpr std::array<std::int64_t, 13> kTogether = {1, 2, 3, 4, 6, 12, 24, 48, 72, 120, 168, 336, 672};
    std::int64_t together = 1;
    for (const std::int64_t candidate : kTogether) {
        together = candidate;
        if (static_cast<std::int64_t>(size) / candidate <= 170) break;
    }
    while (static_cast<std::int64_t>(size) / together > 170) together *= 2;
    bins.step = step * together;
    const std::int64_t shift = finding.zone.offset_seconds * micros_per_second;
    bins.from = floor_to(finding.activity_from.value + shift, bins.step) - shift;
    if (together == 1) bins.from = finding.activity_from.value;
    const auto sum = [&](const std::vector<std::uint32_t>& narrow) {
        std::vector<double> wide;
        for (std::size_t i = 0; i < size; ++i) {
            const std::int64_t time = finding.activity_from.value + static_cast<std::int64_t>(i) * step;
            const auto index = static_cast<std::size_t>((time - bins.from) / bins.step);
            if (index >= wide.size()) wide.resize(index + 1);
            if (i < narrow.size()) wide[index] += narrow[i];
        }
        return wide;
    };
    bins.campaign = sum(finding.activity_campaign);
    bins.all = sum(finding.activity_all);
    return bins;
}

std::string width_text(std::int64_t step, Language language) {
    const auto filled = [&](const Words& words, std::int64_t count) {
        return fmt::format(fmt::runtime(words.in(language)), count);
    };
    constexpr std::int64_t hour = micros_per_hour;
    if (step % kDay == 0) return filled(step == kDay ? kPerDay : kPerDays, step / kDay);
    if (step % hour == 0) return filled(step == hour ? kPerHour : kPerHours, step / hour);
    return filled(kPerMinutes, std::max<std::int64_t>(1, step / kMinute));
}

void draw_bars(Drawing& drawing, const TimeAxis& axis, const Bins& bins, const std::vector<double>& values,
               double top, double bottom, std::string_view colour, std::string_view caption) {
    const double most = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
    const double step = nice_step(most / 3, 1);
    const double reach = std::max(step, std::ceil(most / step) * step);
    const auto y = [&](double value) { return bottom - value / reach * (bottom - top); };
    for (double value = 0; value <= reach * 1.0001; value += step) {
        if (value > 0) drawing.line(axis.left, y(value), axis.right, y(value), kFaint);
        drawing.text(axis.left - 8, y(value) + 4,
                     spoken_count(static_cast<std::uint64_t>(std::llround(value)), axis.language), "end");
    }
    std::string path;
    const double gap =
        (axis.right - axis.left) / static_cast<double>(std::max<std::size_t>(values.size(), 1));
    const double inset = gap > 4 ? .6 : 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] <= 0) continue;
        const std::int64_t time = bins.from + static_cast<std::int64_t>(i) * bins.step;
        const double x1 = axis.x(time) + inset;
        const double x2 = std::max(axis.x(time + bins.step) - inset, x1 + .5);
        const double height = std::max(bottom - y(values[i]), .8);
        path += fmt::format("M{} {}V{}H{}V{}Z", at(x1), at(bottom), at(bottom - height), at(x2), at(bottom));
    }
    drawing.filled(path, colour);
    drawing.line(axis.left, bottom, axis.right, bottom, kInk);
    drawing.text(axis.left, top - 8, caption, "start", kInk, true);
}

std::string weight_text(double log10_value, Language language) {
    const auto exponent = static_cast<int>(std::lround(log10_value));
    if (exponent >= 0 && exponent <= 4) {
        return spoken_count(static_cast<std::uint64_t>(std::llround(std::pow(10, exponent))), language);
    }
    if (exponent == -1) return "0.1";
    if (exponent == -2) return "0.01";
    constexpr std::array kSmall = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    std::string text = "10";
    for (const char c : std::to_string(exponent)) {
        text += c == '-' ? "⁻" : kSmall.at(static_cast<std::size_t>(c - '0'));
    }
    return text;
}

struct Level {
    double log10_e, label_y;
    std::string text;
};

// Downwards, at least 15 apart, none above `top`.
void spread(std::vector<Level>& levels, double top, double bottom) {
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const double least = i == 0 ? top : levels[i - 1].label_y + 15;
        levels[i].label_y = std::max(levels[i].label_y, least);
    }
    for (std::size_t i = levels.size(); i-- > 0;) {
        const double most = i + 1 == levels.size() ? bottom : levels[i + 1].label_y - 15;
        levels[i].label_y = std::min(levels[i].label_y, most);
    }
}

}  // namespace

std::string activity_plot(const Finding& finding, Language language) {
    const Bins bins = wide_bins(finding);
    const double total = std::accumulate(bins.all.begin(), bins.all.end(), 0.) +
                         std::accumulate(bins.campaign.begin(), bins.campaign.end(), 0.);
    if (total <= 0) return "";
    const auto count = static_cast<std::int64_t>(std::max(bins.campaign.size(), bins.all.size()));
    const TimeAxis axis{bins.from, bins.from + count * bins.step, finding.zone, language, 64, kWidth - 24};
    const std::string width = width_text(bins.step, language);
    Drawing drawing(306, kActivityTitle.in(language));
    axis.draw(drawing, 26, 266);
    draw_bars(drawing, axis, bins, bins.campaign, 26, 146, kRed,
              fmt::format("{}, {}", kCampaignCalls.in(language), width));
    draw_bars(drawing, axis, bins, bins.all, 186, 266, kGrey,
              fmt::format("{}, {}", kAllCalls.in(language), width));
    return drawing.finish();
}

std::string evidence_plot(const Finding& finding, Language language) {
    std::vector<PathPoint> path = finding.leak.path;
    std::erase_if(path, [](const PathPoint& p) { return !(std::abs(p.log10_e) < 1e6); });
    if (path.empty()) return "";
    std::stable_sort(path.begin(), path.end(),
                     [](const PathPoint& a, const PathPoint& b) { return a.time < b.time; });
    std::int64_t from = path.front().time.value;
    std::int64_t to = path.back().time.value;
    const std::int64_t margin = to > from ? (to - from) / 50 + 1 : 12 * micros_per_hour;
    from -= margin;
    to += margin;

    double least = 0;
    double most = 6.4;
    for (const PathPoint& point : path) {
        least = std::min(least, point.log10_e);
        most = std::max(most, point.log10_e);
    }
    const double step = nice_step((most - least) / 7, 1);
    const double low = least < -.15 * step ? std::floor(least / step) * step : 0;
    const double high = std::max(std::ceil(most / step) * step, 7.);

    constexpr double top = 30;
    constexpr double bottom = 270;
    const TimeAxis axis{from, to, finding.zone, language, 64, kWidth - 150};
    const auto y = [&](double value) { return bottom - (value - low) / (high - low) * (bottom - top); };

    Drawing drawing(310, kEvidenceTitle.in(language));
    axis.draw(drawing, top, bottom);
    for (double value = low; value <= high + 1e-9; value += step) {
        drawing.text(axis.left - 8, y(value) + 4, weight_text(value, language), "end");
        drawing.line(axis.left - 4, y(value), axis.left, y(value), kGrey);
    }
    drawing.line(axis.left, top, axis.left, bottom, kGrey);
    drawing.line(axis.left, y(0), axis.right, y(0), kInk);

    std::vector<Level> levels;
    for (const auto& [name, words] : {std::pair{"very_strong", kVeryStrong}, std::pair{"strong", kStrong},
                                      std::pair{"indicated", kIndicated}}) {
        const double value = threshold(finding, name);
        if (!(value > 0)) continue;
        const double log10_e = std::log10(value);
        if (log10_e > high || log10_e < low) continue;
        levels.push_back({log10_e, y(log10_e) + 4,
                          fmt::format("{}: {}", spoken_chance(log10_e, language), words.in(language))});
    }
    spread(levels, top + 4, bottom + 4);
    for (const Level& level : levels) {
        drawing.line(axis.left, y(level.log10_e), axis.right, y(level.log10_e), kBlue, 1.2, "6 4");
        drawing.line(axis.right, y(level.log10_e), axis.right + 8, level.label_y - 4, kBlue);
        drawing.text(axis.right + 11, level.label_y, level.text, "start", kBlue);
    }

    std::string line = fmt::format("M{} {}", at(axis.x(from)), at(y(0)));
    double last_x = -10;
    double last_y = -10;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const double x = axis.x(path[i].time.value);
        const double height = y(path[i].log10_e);
        if (i + 1 < path.size() && std::abs(x - last_x) < .5 && std::abs(height - last_y) < .5) continue;
        line += fmt::format("H{}V{}", at(x), at(height));
        last_x = x;
        last_y = height;
    }
    drawing.stroked(line, kRed, 2);
    drawing.dot(axis.x(path.back().time.value), y(path.back().log10_e), 4, kRed);
    drawing.text(axis.left - 56, top - 12, kEvidenceAxis.in(language), "start", kInk, true);
    return drawing.finish();
}

std::string rates_plot(const Finding& finding, Language language) {
    const std::array<std::pair<Words, Rate>, 2> rows = {
        {{kMembers, finding.members}, {kNeighbours, finding.neighbours}}};
    double most = 0;
    for (const auto& [words, rate] : rows) {
        if (rate.of > 0) most = std::max(most, std::clamp(rate.high, 0., 1.));
    }
    if (finding.members.of + finding.neighbours.of == 0) return "";
    const double step = nice_step(std::max(most, 1e-6) / 5, 1e-7);
    const double reach = std::min(std::ceil(most / step - 1e-9) * step, std::max(1., step));
    constexpr double left = 230;
    constexpr double right = kWidth - 40;
    const auto x = [&](double share) { return left + std::clamp(share / reach, 0., 1.) * (right - left); };

    constexpr double top = 14;
    constexpr double bottom = 112;
    Drawing drawing(140, kRatesTitle.in(language));
    for (double value = 0; value <= reach * 1.0001; value += step) {
        drawing.line(x(value), top, x(value), bottom, kFaint);
        drawing.text(x(value), bottom + 18, fmt::format("{:.4g} %", value * 100), "middle");
    }
    double y = top + 26;
    bool first = true;
    for (const auto& [words, rate] : rows) {
        const double share = rate.of == 0 ? 0 : static_cast<double>(rate.hit) / static_cast<double>(rate.of);
        drawing.text(left - 14, y - 3, words.in(language), "end", kInk, true);
        drawing.text(left - 14, y + 14,
                     rate.of == 0
                         ? std::string(kNobody.in(language))
                         : fmt::format(fmt::runtime(kOf.in(language)), spoken_count(rate.hit, language),
                                       spoken_count(rate.of, language), percent(share)),
                     "end", kGrey);
        if (rate.of > 0) {
            const std::string_view colour = first ? kRed : kGrey;
            drawing.line(x(rate.low), y, x(rate.high), y, colour, 3);
            for (const double end : {rate.low, rate.high}) {
                if (std::abs(x(end) - x(share)) > 7) drawing.line(x(end), y - 7, x(end), y + 7, colour, 2);
            }
            drawing.dot(x(share), y, 5.5, colour);
        }
        y += 48;
        first = false;
    }
    drawing.line(left, bottom, right, bottom, kInk);
    return drawing.finish();
}

std::string dialled_plot(const DialledRows& dialled, Language language) {
    if (dialled.positions.size() < 2 || dialled.rows < 2) return "";
    constexpr double left = 80;
    constexpr double right = kWidth - 20;
    constexpr double top = 22;
    constexpr double bottom = 252;
    Drawing drawing(290, fmt::format(fmt::runtime(kDialledTitle.in(language)), dialled.copy));
    const auto last = static_cast<double>(dialled.rows - 1);
    const auto y = [&](double row) { return bottom - std::clamp(row / last, 0., 1.) * (bottom - top); };
    for (const double part : {0., .25, .5, .75, 1.}) {
        drawing.line(left, y(part * last), right, y(part * last), kFaint);
        drawing.text(left - 8, y(part * last) + 4,
                     spoken_count(static_cast<std::uint64_t>(std::llround(part * last)) + 1, language), "end",
                     kGrey);
    }
    drawing.text(left, top - 9, kRowAxis.in(language));
    const auto hits = static_cast<double>(dialled.positions.size() - 1);
    for (std::size_t i = 0; i < dialled.positions.size(); ++i) {
        drawing.dot(left + 4 + static_cast<double>(i) / hits * (right - left - 8),
                    y(static_cast<double>(dialled.positions[i])), 2.5, kRed);
    }
    drawing.line(left, bottom, right, bottom, kInk);
    drawing.text(left, bottom + 18, kHitAxis.in(language));
    drawing.text(right, bottom + 18, spoken_count(dialled.positions.size(), language), "end");
    return drawing.finish();
}

}  // namespace sendh::report
