#include "calls/layout_airtel.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "calls/tabular.h"

namespace sendh {

namespace {

using namespace tabular;

constexpr std::array<LayoutColumn, 26> columns = {{
    {"Target No", true},
    {"Call Type", true},
    {"TOC"},
    {"B Party No", true},
    {"LRN No"},
    {"LRN TSP-LSA"},
    {"Date", true},
    {"Time", true},
    {"Dur(s)"},
    {"First CGI Lat/Long"},
    {"First CGI"},
    {"Last CGI Lat/Long"},
    {"Last CGI"},
    {"SMSC No"},
    {"Service Type"},
    {"IMEI"},
    {"IMSI"},
    {"Call Fow No"},
    {"Roam Nw"},
    {"SW & MSC ID"},
    {"IN TG"},
    {"OUT TG"},
    {"Vowifi First UE IP"},
    {"Port1"},
    {"Vowifi Last UE IP"},
    {"Port2"},
}};

constexpr std::size_t preamble_reach = 8192;

bool has_preamble(const FileHead& head) {
    const std::string text = lower_ascii(head.bytes.substr(0, preamble_reach));
    return text.find("bharti airtel") != std::string::npos ||
           text.find("call details of mobile no") != std::string::npos;
}

bool says_no_records(const FileHead& head) {
    const std::string key = column_key(head.bytes.substr(0, preamble_reach));
    return key.find("norecordsfound") != std::string::npos || key.find("norecordfound") != std::string::npos;
}

int recognise_airtel(const FileHead& head) {
    const Header header = find_header(head, columns);
    const bool all = std::all_of(columns.begin(), columns.end(), [&](const LayoutColumn& c) {
        return !c.required || header.find(c.name) >= 0;
    });
    const int preamble = has_preamble(head) ? 20 : 0;
    if (all) return std::min(100, 60 + preamble + static_cast<int>(header.known));
    if (preamble > 0) return 70;
    return header.known >= 12 ? 55 : 0;
}

class AirtelRows {
public:
    AirtelRows(const Header& header, const ReadOptions& options, DateDecision decision)
        : home_(options.home),
          days_(decision, options.zone),
          target_(header.find("Target No")),
          type_(header.find("Call Type")),
          party_(header.find("B Party No")),
          date_(header.find("Date")),
          time_(header.find("Time")),
          duration_(header.find("Dur(s)")),
          service_(header.find("Service Type")),
          forward_(header.find("Call Fow No")),
          trunk_in_(header.find("IN TG")),
          trunk_out_(header.find("OUT TG")) {}

    std::optional<Refusal> take(const DelimitedRow& row, CallRow& call) {
        Micros midnight;
        switch (days_.read(cell(row, date_), row.line, midnight)) {
            case Days::Outcome::bad: return Refusal{RejectCode::bad_time, date_};
            case Days::Outcome::stop: return Refusal{RejectCode::bad_time, date_, true};
            case Days::Outcome::read: break;
        }
        const auto time = time_of_day(cell(row, time_));
        if (!time) return Refusal{RejectCode::bad_time, time_};
        call.time.value = midnight.value + *time;

        const std::string_view type = cell(row, type_);
        const bool message_in = same_word(type, "smt");
        const bool message_out = same_word(type, "smo");
        if (message_in || is_one_of(type, {"in", "incoming"})) {
            call.direction = Direction::incoming;
        } else if (message_out || is_one_of(type, {"out", "outgoing"})) {
            call.direction = Direction::outgoing;
        } else {
            return Refusal{RejectCode::bad_value, type_};
        }
        const bool incoming = call.direction == Direction::incoming;
        const int cli = incoming ? party_ : target_;
        const int callee = incoming ? target_ : party_;
        call.callee = parse_number(cell(row, callee), home_);
        if (const auto fault = callee_fault(call.callee.number_class)) return Refusal{*fault, callee};
        call.cli = parse_number(cell(row, cli), home_);
        if (call.cli.number_class == NumberClass::scientific) return Refusal{RejectCode::scientific, cli};
        call.cli_text = sender_id(cell(row, cli), call.cli.number_class);

        call.service = message_in || message_out ? Service::sms : service_of(cell(row, service_), row.line);
        const std::string_view duration = cell(row, duration_);
        if (!is_blank(duration)) {
            const auto seconds = seconds_of(duration);
            if (!seconds) return Refusal{RejectCode::bad_duration, duration_};
            call.duration = *seconds;
            if (call.service == Service::voice) {
                call.disposition = *seconds > 0 ? Disposition::answered : Disposition::unanswered;
            }
        }
        const std::string_view forward = cell(row, forward_);
        if (!is_blank(forward)) {
            const ParsedNumber redirect = parse_number(forward, home_);
            if (is_dialable(redirect.number_class)) call.redirect = redirect.number;
        }
        call.trunk_in = as_name(cell(row, trunk_in_));
        call.trunk_out = as_name(cell(row, trunk_out_));
        return std::nullopt;
    }

    [[nodiscard]] Fault fault() const { return days_.decision().fault(); }

    void finish(ReadSummary& summary) const {
        summary.date_order = days_.decision().order();
        summary.date_evidence = days_.decision().evidence();
        strange_services_.note("Service Type", "taken as neither voice nor SMS", summary);
    }

private:
    static std::string_view cell(const DelimitedRow& row, int column) {
        return column < 0 ? std::string_view{} : bare(row.fields[static_cast<std::size_t>(column)]);
    }

    Service service_of(std::string_view word, std::uint64_t line) {
        if (is_blank(word) || is_one_of(word, {"voice", "voice call", "call", "volte", "vowifi", "vilte"}))
            return Service::voice;
        if (same_word(word, "sms")) return Service::sms;
        if (!is_one_of(word, {"data", "gprs", "video", "mms", "fax"})) strange_services_.count(line);
        return Service::other;
    }

    Region home_;
    Days days_;
    int target_, type_, party_, date_, time_, duration_, service_, forward_, trunk_in_, trunk_out_;
    StrangeWords strange_services_;
};

Result<ReadSummary> read_airtel(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                                NameTable& names, const CallSink& sink) {
    SENDH_CHECK(check_bytes(head));
    const Header header = find_header(head, columns);
    if (header.known < 5 && head.whole && says_no_records(head)) {
        ReadSummary summary;
        summary.notes.emplace_back("the report says that no records were found");
        return summary;
    }
    SENDH_CHECK(check_header(header, airtel_layout));
    SENDH_TRY(DateDecision decision,
              decide_dates(head, header, header.find("Date"), options.date_order, DateOrder::day_first,
                           [](std::string_view cell) { return cell; }));
    AirtelRows rows(header, options, decision);
    return read_table(header, source, names, sink, rows);
}

}  // namespace

const Layout airtel_layout = {"airtel", "Airtel report to law enforcement, one target number", columns,
                              recognise_airtel, read_airtel};

}  // namespace sendh
