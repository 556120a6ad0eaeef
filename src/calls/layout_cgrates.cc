// Reader of CGRateS's CSV (event reader and exporter): with a header (":Tenant,ToR,OriginID,…", names in any
// order), or without one in the positions of the default template:
//   CGRID, RunID, ToR, OriginID, RequestType[, Direction], Tenant, Category, Account, Subject, Destination,
//   SetupTime, AnswerTime, Usage, Cost …
// (CGRateS documentation, "ERs" and "CDRs"; Direction, *out or *in, stands in files of versions that had it).
//   ToR          *voice, *sms; anything else is neither voice nor SMS
//   SetupTime    2018-01-07 17:00:00 +0000 UTC, RFC 3339, 20180107170000, seconds (ms, µs) since 1970; local
//                time where no offset is written. Empty or year 1: then AnswerTime
//   Usage        10s, 1m30s, 500ms, or nanoseconds when it is a bare number. A bare number below 1 ms cannot
//   be
//                nanoseconds of a call (old versions wrote seconds): the row is refused, not guessed
// The CLI is Account where that is a number, else Subject where that is one. No trunks.
//
// Thread rule: a constant.
#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "calls/row_shapes.h"

namespace sendh {

extern const Layout cgrates_layout;

namespace {

using namespace tabular;

constexpr std::array<LayoutColumn, 12> columns = {{
    {"Tenant"},
    {"ToR", true},
    {"OriginID"},
    {"RequestType"},
    {"Category"},
    {"Account", true},
    {"Subject"},
    {"Destination", true},
    {"SetupTime", true},
    {"AnswerTime"},
    {"Usage"},
    {"RunID"},
}};

struct Places {
    int tor = -1, account = -1, subject = -1, destination = -1, setup = -1, answer = -1, usage = -1;
};
constexpr Places with_direction = {2, 8, 9, 10, 11, 12, 13};
constexpr Places without_direction = {2, 7, 8, 9, 10, 11, 12};
constexpr std::size_t request_type_place = 4;
constexpr std::size_t direction_place = 5;
constexpr std::size_t fewest_columns = 13;

std::string_view cell(const DelimitedRow& row, int column) {
    return column < 0 ? std::string_view{} : bare(row.fields[static_cast<std::size_t>(column)]);
}

const Places* places_of(const DelimitedRow& row) {
    if (row.fields.size() < fewest_columns) return nullptr;
    const std::string_view direction = bare(row.fields[direction_place]);
    if (direction != "*out" && direction != "*in") return &without_direction;
    return row.fields.size() > fewest_columns ? &with_direction : nullptr;
}

// Year 1 is how Go writes "no time".
bool is_no_time(std::string_view cell) {
    return is_blank(cell) || cell == "0" || cell.starts_with("0001-01-01");
}

// "2018-01-07 17:00:00.5 +0530 IST" without its last words, and their zone.
std::optional<Zone> take_zone(std::string_view& text) {
    const std::size_t gap = text.find(' ', std::min<std::size_t>(text.size(), 19));
    if (gap == std::string_view::npos) return std::nullopt;
    std::string_view offset = text.substr(gap + 1);
    offset = offset.substr(0, offset.find(' '));
    const auto zone = parse_zone(offset);
    if (!zone.ok()) return std::nullopt;
    text = text.substr(0, gap);
    return *zone;
}

std::optional<Micros> time_of(std::string_view text, Zone zone) {
    if (std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        switch (text.size()) {
            case 10: return epoch_time(text, 1);
            case 13: return epoch_time(text, 1'000);
            case 16: return epoch_time(text, 1'000'000);
            case 14: {
                const auto part = [&](std::size_t at, std::size_t n) {
                    return static_cast<int>(parse_integer(text.substr(at, n)).value_or(-1));
                };
                return to_micros(
                    {part(0, 4), part(4, 2), part(6, 2), part(8, 2), part(10, 2), part(12, 2), 0}, zone);
            }
            default: return std::nullopt;
        }
    }
    if (text.size() <= 10) return std::nullopt;
    const std::optional<Zone> written = take_zone(text);
    return parse_iso(text, written.value_or(zone));
}

// A duration as Go writes it, in nanoseconds: "1h2m3.5s", "500ms", "90"; nothing if it is none.
std::optional<std::int64_t> nanoseconds_of(std::string_view text, bool& bare_number) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / 16;
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> units = {{{"ns", 1},
                                                                                 {"us", 1'000},
                                                                                 {"\xC2\xB5s", 1'000},
                                                                                 {"ms", 1'000'000},
                                                                                 {"s", 1'000'000'000},
                                                                                 {"m", 60'000'000'000},
                                                                                 {"h", 3'600'000'000'000}}};
    bare_number = false;
    std::int64_t total = 0;
    for (std::size_t parts = 0; !text.empty(); ++parts) {
        const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
        const auto whole = digits <= 18 ? parse_integer(text.substr(0, digits)) : std::nullopt;
        if (digits == 0 || !whole) return std::nullopt;
        text.remove_prefix(digits);
        if (text.empty()) {
            if (parts > 0) return std::nullopt;
            bare_number = true;
            return *whole <= most ? whole : std::nullopt;
        }
        std::string_view fraction;
        if (text.front() == '.') {
            const std::size_t end = std::min(text.find_first_not_of("0123456789", 1), text.size());
            fraction = text.substr(1, end - 1);
            text.remove_prefix(end);
        }
        const std::size_t letters = std::min(text.find_first_of("0123456789"), text.size());
        const auto unit = std::find_if(units.begin(), units.end(),
                                       [&](const auto& u) { return u.first == text.substr(0, letters); });
        if (unit == units.end() || *whole > most / unit->second) return std::nullopt;
        text.remove_prefix(letters);
        total += *whole * unit->second;
        std::int64_t scale = unit->second;
        for (const char c : fraction) {
            scale /= 10;
            total += (c - '0') * scale;
        }
        if (total > most) return std::nullopt;
    }
    return total;
}

bool fits(const DelimitedRow& row) {
    const Places* at = places_of(row);
    if (at == nullptr || !cell(row, at->tor).starts_with('*')) return false;
    if (!bare(row.fields[request_type_place]).starts_with('*')) return false;
    const std::string_view setup = cell(row, at->setup);
    const std::string_view answer = cell(row, at->answer);
    const auto is_time = [](std::string_view text) { return is_no_time(text) || time_of(text, Zone{}); };
    bool bare_number = false;
    return is_time(setup) && is_time(answer) && !(is_no_time(setup) && is_no_time(answer)) &&
           nanoseconds_of(cell(row, at->usage), bare_number).has_value();
}

Header header_of(const FileHead& head) {
    Header header = find_header(head, columns);
    const bool all = std::all_of(columns.begin(), columns.end(), [&](const LayoutColumn& c) {
        return !c.required || header.find(c.name) >= 0;
    });
    if (all && header.known >= 6) return header;
    return {};
}

int recognise_cgrates(const FileHead& head) {
    const Header header = header_of(head);
    if (header.known > 0) return std::min(100, 64 + 4 * static_cast<int>(header.known - 4));
    return score_of(best_fit(head, fits), 93);
}

class CgratesRows {
public:
    CgratesRows(const Header& header, const ReadOptions& options)
        : home_(options.home), zone_(options.zone), by_name_(header.known > 0) {
        if (!by_name_) return;
        named_ = {header.find("ToR"),         header.find("Account"),   header.find("Subject"),
                  header.find("Destination"), header.find("SetupTime"), header.find("AnswerTime"),
                  header.find("Usage")};
    }

    std::optional<Refusal> take(const DelimitedRow& row, CallRow& call) {
        const Places* at = by_name_ ? &named_ : places_of(row);
        if (at == nullptr) return Refusal{RejectCode::column_count};
        const std::string_view tor = cell(row, at->tor);
        if (!tor.starts_with('*')) return Refusal{RejectCode::bad_value, at->tor};
        call.service = service_of(tor, row.line);

        const std::string_view answer = cell(row, at->answer);
        const bool has_setup = !is_no_time(cell(row, at->setup));
        const auto time = time_of(has_setup ? cell(row, at->setup) : answer, zone_);
        if (!time) return Refusal{RejectCode::bad_time, at->setup};
        call.time = *time;

        call.callee = parse_number(cell(row, at->destination), home_);
        if (const auto fault = callee_fault(call.callee.number_class))
            return Refusal{*fault, at->destination};
        if (const auto refusal = take_cli(row, *at, call)) return refusal;

        const bool voice = call.service == Service::voice;
        std::int64_t usage = 0;
        if (const std::string_view text = cell(row, at->usage); voice && !is_blank(text)) {
            bool bare_number = false;
            const auto value = nanoseconds_of(text, bare_number);
            const bool hardly_nanoseconds = value && bare_number && *value > 0 && *value < 1'000'000;
            if (!value || hardly_nanoseconds ||
                *value / 1'000'000'000 > std::numeric_limits<std::int32_t>::max())
                return Refusal{RejectCode::bad_duration, at->usage};
            usage = *value;
            call.duration = static_cast<std::int32_t>(usage / 1'000'000'000);
        }
        if (voice && (at->usage >= 0 || at->answer >= 0)) {
            const bool answered = usage > 0 || !is_no_time(answer);
            call.disposition = answered ? Disposition::answered : Disposition::unanswered;
        }
        return std::nullopt;
    }

    [[nodiscard]] int time_column(const DelimitedRow& row) const {
        const Places* const at = by_name_ ? &named_ : places_of(row);
        return at == nullptr ? -1 : at->setup;
    }
    [[nodiscard]] static Fault fault() { return {}; }
    void join(const CgratesRows& later) { strange_types_.join(later.strange_types_); }

    void finish(ReadSummary& summary) const {
        summary.date_order = DateOrder::year_first;
        summary.date_evidence = "the layout writes the year first";
        strange_types_.note("ToR", "taken as neither voice nor SMS", summary);
    }

private:
    std::optional<Refusal> take_cli(const DelimitedRow& row, const Places& at, CallRow& call) const {
        int column = at.account;
        call.cli = parse_number(cell(row, column), home_);
        if (!is_dialable(call.cli.number_class) && at.subject >= 0) {
            const ParsedNumber subject = parse_number(cell(row, at.subject), home_);
            if (is_dialable(subject.number_class)) {
                call.cli = subject;
                column = at.subject;
            }
        }
        if (call.cli.number_class == NumberClass::scientific) return Refusal{RejectCode::scientific, column};
        call.cli_text = sender_id(cell(row, column), call.cli.number_class);
        return std::nullopt;
    }

    Service service_of(std::string_view word, std::uint64_t line) {
        if (word == "*voice") return Service::voice;
        if (word == "*sms") return Service::sms;
        if (!is_one_of(word, {"*data", "*mms", "*generic", "*monetary", "*video", "*fax"}))
            strange_types_.count(line);
        return Service::other;
    }

    Region home_;
    Zone zone_;
    bool by_name_;
    Places named_;
    StrangeWords strange_types_;
};

Result<ReadSummary> read_cgrates(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                                 NameTable& names, const CallSink& sink) {
    SENDH_CHECK(check_bytes(head));
    Header header = header_of(head);
    if (header.known > 0) {
        SENDH_CHECK(check_header(header, cgrates_layout));
    } else {
        const Fit fit = best_fit(head, fits);
        const Header lacking = find_header(head, columns);
        if (fit.fitting == 0 && lacking.known >= 4) SENDH_CHECK(check_header(lacking, cgrates_layout));
        header.delimiter = fit.delimiter;
    }
    CgratesRows rows(header, options);
    return read_table(header, source, options, names, sink, rows);
}

}  // namespace

const Layout cgrates_layout = {"cgrates",
                               "CGRateS CSV, with a header or in the positions of its default template",
                               columns, recognise_cgrates, read_cgrates};

}  // namespace sendh
