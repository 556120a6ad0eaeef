// Reader of the export of a mobile switching centre with its trunks: header, separated by semicolons (or as
// the file shows), `_N` for nothing, columns in any order:
//   START_DATE;START_HOUR;A_MSISDN;A_IMSI;B_MSISDN;C_NUM;CALL_REFERENCE;CALL_TYPE;CELL_ID;EVENT_DURATION;
//   EVENT_TYPE;FILENAME;ORIG_START_TIME;RECORD_TYPE;SUBSCRIBER_TYPE;TRUNK_IN;TRUNK_OUT
// The time is ORIG_START_TIME, yymmddHHMMSS (or yyyymmddHHMMSS), with an offset behind it or local; where it
// is empty, START_DATE (yyyymmdd, or a date in the order that the file shows) with a time of day in
// START_HOUR. An hour alone is no time. C_NUM is the third number of a redirected call. RECORD_TYPE may be a
// word or the number of 3GPP TS 32.298, 5.2.2 (0 MO, 1 MT, 3 incoming gateway, 4 outgoing gateway, 5 transit,
// 6 MO SMS, 7 MT SMS).
//
// Thread rule: a constant.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "calls/tabular.h"

namespace sendh {

extern const Layout msc_layout;

namespace {

using namespace tabular;

constexpr std::array<LayoutColumn, 17> columns = {{
    {"START_DATE"},
    {"START_HOUR"},
    {"A_MSISDN", true},
    {"A_IMSI"},
    {"B_MSISDN", true},
    {"C_NUM"},
    {"CALL_REFERENCE"},
    {"CALL_TYPE"},
    {"CELL_ID"},
    {"EVENT_DURATION"},
    {"EVENT_TYPE"},
    {"FILENAME"},
    {"ORIG_START_TIME"},
    {"RECORD_TYPE"},
    {"SUBSCRIBER_TYPE"},
    {"TRUNK_IN"},
    {"TRUNK_OUT"},
}};

bool has_time(const Header& header) {
    return header.find("ORIG_START_TIME") >= 0 ||
           (header.find("START_DATE") >= 0 && header.find("START_HOUR") >= 0);
}

int recognise_msc(const FileHead& head) {
    const Header header = find_header(head, columns);
    const bool parties = header.find("A_MSISDN") >= 0 && header.find("B_MSISDN") >= 0;
    if (parties && has_time(header)) return std::min(100, 60 + 3 * static_cast<int>(header.known));
    return header.known >= 8 ? 55 : 0;
}

// yymmddHHMMSS or yyyymmddHHMMSS, with +hhmm, +hh:mm or Z behind it.
std::optional<Micros> compact_time(std::string_view text, Zone zone) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits != 12 && digits != 14) return std::nullopt;
    if (digits < text.size()) {
        const auto written = parse_zone(trim(text.substr(digits)));
        if (!written.ok()) return std::nullopt;
        zone = *written;
    }
    const auto part = [&](std::size_t at, std::size_t n) {
        return static_cast<int>(parse_integer(text.substr(at, n)).value_or(-1));
    };
    const std::size_t y = digits - 10;
    const int year = y == 2 ? 2000 + part(0, 2) : part(0, 4);
    return to_micros({year, part(y, 2), part(y + 2, 2), part(y + 4, 2), part(y + 6, 2), part(y + 8, 2), 0},
                     zone);
}

// yyyymmdd.
std::optional<Micros> compact_date(std::string_view text, Zone zone) {
    if (text.size() != 8) return std::nullopt;
    return compact_time(std::string(text) + "000000", zone);
}

struct Kind {
    std::string_view word;
    Direction direction;
    Service service;
};
constexpr std::array<Kind, 27> kinds = {{
    {"moc", Direction::outgoing, Service::voice},
    {"mtc", Direction::incoming, Service::voice},
    {"mo", Direction::outgoing, Service::voice},
    {"mt", Direction::incoming, Service::voice},
    {"out", Direction::outgoing, Service::voice},
    {"in", Direction::incoming, Service::voice},
    {"outgoing", Direction::outgoing, Service::voice},
    {"incoming", Direction::incoming, Service::voice},
    {"originating", Direction::outgoing, Service::voice},
    {"terminating", Direction::incoming, Service::voice},
    {"transit", Direction::transit, Service::voice},
    {"forward", Direction::unknown, Service::voice},
    {"cf", Direction::unknown, Service::voice},
    {"roaming", Direction::unknown, Service::voice},
    {"incgateway", Direction::incoming, Service::voice},
    {"outgateway", Direction::outgoing, Service::voice},
    {"smsmo", Direction::outgoing, Service::sms},
    {"smsmt", Direction::incoming, Service::sms},
    {"mosms", Direction::outgoing, Service::sms},
    {"mtsms", Direction::incoming, Service::sms},
    {"smo", Direction::outgoing, Service::sms},
    {"smt", Direction::incoming, Service::sms},
    {"sms", Direction::unknown, Service::sms},
    {"voice", Direction::unknown, Service::voice},
    {"call", Direction::unknown, Service::voice},
    {"data", Direction::unknown, Service::other},
    {"ussd", Direction::unknown, Service::other},
}};
constexpr std::array<Kind, 8> numbered_kinds = {{
    {"0", Direction::outgoing, Service::voice},
    {"1", Direction::incoming, Service::voice},
    {"2", Direction::unknown, Service::voice},
    {"3", Direction::incoming, Service::voice},
    {"4", Direction::outgoing, Service::voice},
    {"5", Direction::transit, Service::voice},
    {"6", Direction::outgoing, Service::sms},
    {"7", Direction::incoming, Service::sms},
}};

// "SMS-MO", "sms_mo" and "SMSMO" are one word.
template <std::size_t n>
const Kind* kind_of(const std::array<Kind, n>& known, std::string_view word) {
    char plain[16];
    std::size_t size = 0;
    for (const char c : word) {
        if (c == '-' || c == '_' || c == ' ') continue;
        if (size == sizeof plain) return nullptr;
        plain[size++] = c;
    }
    const std::string_view text(plain, size);
    const auto at = std::find_if(known.begin(), known.end(),
                                 [&](const Kind& kind) { return same_word(text, kind.word); });
    return at == known.end() ? nullptr : &*at;
}

class MscRows {
public:
    MscRows(const Header& header, const ReadOptions& options, const std::optional<DateDecision>& decision)
        : home_(options.home),
          zone_(options.zone),
          date_(header.find("START_DATE")),
          hour_(header.find("START_HOUR")),
          cli_(header.find("A_MSISDN")),
          callee_(header.find("B_MSISDN")),
          redirect_(header.find("C_NUM")),
          call_type_(header.find("CALL_TYPE")),
          duration_(header.find("EVENT_DURATION")),
          event_type_(header.find("EVENT_TYPE")),
          time_(header.find("ORIG_START_TIME")),
          record_type_(header.find("RECORD_TYPE")),
          trunk_in_(header.find("TRUNK_IN")),
          trunk_out_(header.find("TRUNK_OUT")) {
        if (decision) days_.emplace(*decision, options.zone);
    }

    std::optional<Refusal> take(const DelimitedRow& row, CallRow& call) {
        if (const auto refusal = take_time(row, call)) return refusal;
        take_kind(row, call);

        call.callee = parse_number(cell(row, callee_), home_);
        if (const auto fault = callee_fault(call.callee.number_class)) return Refusal{*fault, callee_};
        const std::string_view cli = cell(row, cli_);
        call.cli = parse_number(is_blank(cli) ? std::string_view{} : cli, home_);
        if (call.cli.number_class == NumberClass::scientific) return Refusal{RejectCode::scientific, cli_};
        call.cli_text = sender_id(cli, call.cli.number_class);
        if (const auto fault =
                take_redirect(cell(row, redirect_), home_, row.line, call.redirect, strange_redirects_))
            return Refusal{*fault, redirect_};
        if (const std::string_view seconds = cell(row, duration_); !is_blank(seconds)) {
            const auto value = seconds_of(seconds);
            if (!value) return Refusal{RejectCode::bad_duration, duration_};
            call.duration = *value;
            if (call.service == Service::voice)
                call.disposition = *value > 0 ? Disposition::answered : Disposition::unanswered;
        }
        call.trunk_in = as_name(cell(row, trunk_in_));
        call.trunk_out = as_name(cell(row, trunk_out_));
        return std::nullopt;
    }

    [[nodiscard]] DateDecision& dates() { return days_ ? days_->decision() : no_dates_; }
    [[nodiscard]] int time_column(const DelimitedRow&) const { return time_ >= 0 ? time_ : date_; }
    [[nodiscard]] Fault fault() const { return days_ ? days_->decision().fault() : Fault{}; }

    void join(const MscRows& later) {
        strange_call_types_.join(later.strange_call_types_);
        compact_dates_ = compact_dates_ || later.compact_dates_;
        strange_record_types_.join(later.strange_record_types_);
        strange_redirects_.join(later.strange_redirects_);
    }

    void finish(ReadSummary& summary) const {
        summary.date_order = DateOrder::year_first;
        summary.date_evidence = "the layout writes ORIG_START_TIME with the year first";
        if (time_ < 0 && compact_dates_) {
            summary.date_evidence = "START_DATE begins with the year";
        } else if (time_ < 0 && days_) {
            days_->decision().report_to(summary);
        }
        strange_record_types_.note("RECORD_TYPE", "it says nothing about direction and service", summary);
        strange_call_types_.note("CALL_TYPE", "it says nothing about direction and service", summary);
        strange_redirects_.note("C_NUM", no_redirect, summary);
    }

private:
    static std::string_view cell(const DelimitedRow& row, int column) {
        return column < 0 ? std::string_view{} : bare(row.fields[static_cast<std::size_t>(column)]);
    }

    std::optional<Refusal> take_time(const DelimitedRow& row, CallRow& call) {
        if (const std::string_view text = cell(row, time_); !is_blank(text)) {
            const auto time = compact_time(text, zone_);
            if (!time) return Refusal{RejectCode::bad_time, time_};
            call.time = *time;
            return std::nullopt;
        }
        const int column = date_ >= 0 ? date_ : time_;
        if (date_ < 0 || hour_ < 0) return Refusal{RejectCode::bad_time, column};
        const std::string_view date = cell(row, date_);
        if (const auto midnight = compact_date(date, zone_)) {
            call.time = *midnight;
            compact_dates_ = true;
        } else if (!days_) {
            return Refusal{RejectCode::bad_time, date_};
        } else {
            switch (days_->read(date, row.line, call.time)) {
                case Days::Outcome::bad: return Refusal{RejectCode::bad_time, date_};
                case Days::Outcome::stop: return Refusal{RejectCode::bad_time, date_, true};
                case Days::Outcome::read: break;
            }
        }
        auto clock = time_of_day(cell(row, hour_));
        if (!clock) clock = time_of_dated(cell(row, hour_), date, call.time, zone_);
        if (!clock) return Refusal{RejectCode::bad_time, hour_};
        call.time.value += *clock;
        return std::nullopt;
    }

    // RECORD_TYPE tells best, then CALL_TYPE, then EVENT_TYPE; SMS in any of them is SMS.
    void take_kind(const DelimitedRow& row, CallRow& call) {
        const Kind* record = nullptr;
        if (const std::string_view word = cell(row, record_type_); !is_blank(word)) {
            record = kind_of(numbered_kinds, word);
            if (record == nullptr) record = kind_of(kinds, word);
            if (record == nullptr) strange_record_types_.count(row.line);
        }
        const Kind* type = nullptr;
        if (const std::string_view word = cell(row, call_type_); !is_blank(word)) {
            type = kind_of(kinds, word);
            if (type == nullptr) strange_call_types_.count(row.line);
        }
        const Kind* event = kind_of(kinds, cell(row, event_type_));
        for (const Kind* kind : {record, type, event}) {
            if (kind == nullptr) continue;
            if (call.direction == Direction::unknown) call.direction = kind->direction;
            if (call.service == Service::voice) call.service = kind->service;
        }
    }

    Region home_;
    Zone zone_;
    std::optional<Days> days_;
    bool compact_dates_ = false;
    DateDecision no_dates_{DateOrder::undecided, DateOrder::undecided};
    int date_, hour_, cli_, callee_, redirect_, call_type_, duration_, event_type_, time_, record_type_,
        trunk_in_, trunk_out_;
    StrangeWords strange_call_types_, strange_record_types_, strange_redirects_;
};

Result<ReadSummary> read_msc(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                             NameTable& names, const CallSink& sink) {
    SENDH_CHECK(check_bytes(head));
    const Header header = find_header(head, columns);
    SENDH_CHECK(check_header(header, msc_layout));
    if (!has_time(header)) {
        return Fault{
            FaultKind::input, "layout msc needs the column ORIG_START_TIME, or START_DATE and START_HOUR",
            "line " + std::to_string(header.line),
            "found: " + shown(header.names) + "; name the columns in a mapping file: --layout MAPPING.toml"};
    }
    std::optional<DateDecision> decision;
    if (header.find("START_DATE") >= 0) {
        auto decided = decide_dates(head, header, header.find("START_DATE"),
                                    DateDecision(options.date_order, DateOrder::undecided, options.now),
                                    [](std::string_view cell) { return cell; });
        // Only where there is no ORIG_START_TIME does everything hang on it.
        if (!decided.ok() && header.find("ORIG_START_TIME") < 0) return decided.fault();
        if (decided.ok()) decision = *decided;
    }
    MscRows rows(header, options, decision);
    return read_table(header, source, options, names, sink, rows);
}

}  // namespace

const Layout msc_layout = {"msc", "MSC export with trunks (ORIG_START_TIME;A_MSISDN;B_MSISDN;TRUNK_IN;...)",
                           columns, recognise_msc, read_msc};

}  // namespace sendh
