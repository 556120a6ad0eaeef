// Reader of the export of international long-distance (ILD) gateways: one row a call, header
//   CALL_TIME, CALL_DATE, CALLING_PARTY_NUMBER, CALLED_PARTY_NUMBER, CALL_DURATION_SEC, ORIG_SWITCH_ID,
//   ORG_TRUNC_GROUP, TERM_TRUNC_GROUP, CALL_DIRECTION, CALL_TYPE, ORIG_CARR_NAME, TERM_CARR_NAME, Country
// in any order, with further columns; the first four are required. Dates are day first unless the file shows
// otherwise (calls/date_order.h). Country helps to read the number on the foreign side: the CLI of incoming
// calls, the callee of outgoing ones (or the CLI, where the callee is no number of that country). It never
// makes a foreign number of a CLI that reads as one at home without it: it is the country of the carrier as
// well, and a home number shown from abroad is what is looked for. Where both readings are numbers, the rows
// are counted.
//
// Thread rule: a constant.
#include <algorithm>
#include <array>
#include <utility>

#include "calls/tabular.h"

namespace sendh {

extern const Layout ild_layout;

namespace {

using namespace tabular;

constexpr std::array<LayoutColumn, 13> columns = {{
    {"CALL_TIME", true},
    {"CALL_DATE", true},
    {"CALLING_PARTY_NUMBER", true},
    {"CALLED_PARTY_NUMBER", true},
    {"CALL_DURATION_SEC"},
    {"ORIG_SWITCH_ID"},
    {"ORG_TRUNC_GROUP"},
    {"TERM_TRUNC_GROUP"},
    {"CALL_DIRECTION"},
    {"CALL_TYPE"},
    {"ORIG_CARR_NAME"},
    {"TERM_CARR_NAME"},
    {"Country"},
}};

int recognise_ild(const FileHead& head) {
    const Header header = find_header(head, columns);
    const bool all = std::all_of(columns.begin(), columns.end(), [&](const LayoutColumn& c) {
        return !c.required || header.find(c.name) >= 0;
    });
    if (all) return std::min(100, 64 + 4 * static_cast<int>(header.known - 4));
    return header.known >= 7 ? 55 : 0;
}

class IldRows {
public:
    IldRows(const Header& header, const ReadOptions& options, DateDecision decision)
        : home_(options.home),
          zone_(options.zone),
          days_(decision, options.zone),
          time_(header.find("CALL_TIME")),
          date_(header.find("CALL_DATE")),
          cli_(header.find("CALLING_PARTY_NUMBER")),
          callee_(header.find("CALLED_PARTY_NUMBER")),
          duration_(header.find("CALL_DURATION_SEC")),
          trunk_in_(header.find("ORG_TRUNC_GROUP")),
          trunk_out_(header.find("TERM_TRUNC_GROUP")),
          direction_(header.find("CALL_DIRECTION")),
          type_(header.find("CALL_TYPE")),
          carrier_(header.find("ORIG_CARR_NAME")),
          country_(header.find("Country")) {}

    std::optional<Refusal> take(const DelimitedRow& row, CallRow& call) {
        Micros midnight;
        switch (days_.read(cell(row, date_), row.line, midnight)) {
            case Days::Outcome::bad: return Refusal{RejectCode::bad_time, date_};
            case Days::Outcome::stop: return Refusal{RejectCode::bad_time, date_, true};
            case Days::Outcome::read: break;
        }
        auto time = time_of_day(cell(row, time_));
        if (!time) time = time_of_dated(cell(row, time_), cell(row, date_), midnight, zone_);
        if (!time) return Refusal{RejectCode::bad_time, time_};
        call.time.value = midnight.value + *time;
        call.direction = direction_of(cell(row, direction_), row.line);
        call.service = service_of(cell(row, type_), row.line);

        const std::string_view cli = cell(row, cli_);
        const std::string_view callee = cell(row, callee_);
        const int hint = code_of(cell(row, country_));
        const bool outgoing = call.direction == Direction::outgoing;
        call.callee = parse_number(callee, home_, outgoing ? hint : 0);
        if (const auto fault = callee_fault(call.callee.number_class)) return Refusal{*fault, callee_};
        call.cli =
            parse_number(cli, home_, outgoing && call.callee.number_class == NumberClass::foreign ? 0 : hint);
        if (call.cli.number_class == NumberClass::scientific) return Refusal{RejectCode::scientific, cli_};
        // A gateway writes "OUT" for its own leg: a foreign CLI that calls a national number came in.
        if (outgoing && call.cli.number_class == NumberClass::foreign &&
            is_national(call.callee.number_class)) {
            call.direction = Direction::incoming;
        }
        call.cli_text = sender_id(cli, call.cli.number_class);
        if (hint != 0 && call.direction == Direction::incoming &&
            fits_both(cli, call.cli.number_class, home_, hint))
            of_either_country_.count(row.line);

        const std::string_view duration = cell(row, duration_);
        if (!is_blank(duration)) {
            const auto seconds = seconds_of(duration);
            if (!seconds) return Refusal{RejectCode::bad_duration, duration_};
            call.duration = *seconds;
            if (call.service == Service::voice) {
                call.disposition = *seconds > 0 ? Disposition::answered : Disposition::unanswered;
            }
        }
        call.trunk_in = as_name(cell(row, trunk_in_));
        call.trunk_out = as_name(cell(row, trunk_out_));
        call.carrier = as_name(cell(row, carrier_));
        return std::nullopt;
    }

    [[nodiscard]] DateDecision& dates() { return days_.decision(); }
    [[nodiscard]] int time_column(const DelimitedRow&) const { return date_; }
    [[nodiscard]] Fault fault() const { return days_.decision().fault(); }

    void join(const IldRows& later) {
        strange_directions_.join(later.strange_directions_);
        strange_types_.join(later.strange_types_);
        of_either_country_.join(later.of_either_country_);
    }

    void finish(ReadSummary& summary) const {
        days_.decision().report_to(summary);
        strange_directions_.note("CALL_DIRECTION", "direction taken as unknown", summary);
        strange_types_.note("CALL_TYPE", "taken as neither voice nor SMS", summary);
        note_of_both(of_either_country_, "Country", summary);
    }

private:
    static std::string_view cell(const DelimitedRow& row, int column) {
        return column < 0 ? std::string_view{} : bare(row.fields[static_cast<std::size_t>(column)]);
    }

    Direction direction_of(std::string_view word, std::uint64_t line) {
        if (word == "IN") return Direction::incoming;
        if (word == "OUT") return Direction::outgoing;
        if (is_blank(word)) return Direction::unknown;
        if (is_one_of(word, {"in", "incoming", "inbound", "i", "mt", "term", "terminating"}))
            return Direction::incoming;
        if (is_one_of(word, {"out", "outgoing", "outbound", "o", "mo", "orig", "originating"}))
            return Direction::outgoing;
        if (is_one_of(word, {"transit", "t", "tandem"})) return Direction::transit;
        strange_directions_.count(line);
        return Direction::unknown;
    }

    Service service_of(std::string_view word, std::uint64_t line) {
        if (word == "VOICE" || is_blank(word)) return Service::voice;
        if (is_one_of(word, {"voice", "voice call", "call", "volte", "vowifi"})) return Service::voice;
        if (is_one_of(word, {"sms", "smt", "smo", "a2p", "p2p", "sms-mt", "sms-mo"})) return Service::sms;
        if (!is_one_of(word, {"fax", "data", "video", "mms"})) strange_types_.count(line);
        return Service::other;
    }

    int code_of(std::string_view country) {
        if (country.empty()) return 0;
        const std::size_t mix = country.size() * 7 + static_cast<unsigned char>(country.front()) * 5U +
                                static_cast<unsigned char>(country.back());
        auto& [name, code] = codes_[mix % codes_.size()];
        if (!same_short(name, country)) {
            name = country;
            code = calling_code_of(country);
        }
        return code;
    }

    Region home_;
    Zone zone_;
    Days days_;
    int time_, date_, cli_, callee_, duration_, trunk_in_, trunk_out_, direction_, type_, carrier_, country_;
    StrangeWords strange_directions_, strange_types_, of_either_country_;
    std::array<std::pair<std::string, int>, 64> codes_;
};

Result<ReadSummary> read_ild(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                             NameTable& names, const CallSink& sink) {
    SENDH_CHECK(check_bytes(head));
    const Header header = find_header(head, columns);
    SENDH_CHECK(check_header(header, ild_layout));
    SENDH_TRY(DateDecision decision,
              decide_dates(head, header, header.find("CALL_DATE"),
                           DateDecision(options.date_order, DateOrder::day_first, options.now),
                           [](std::string_view cell) { return cell; }));
    IldRows rows(header, options, decision);
    return read_table(header, source, options, names, sink, rows);
}

}  // namespace

const Layout ild_layout = {"ild", "ILD gateway export (CALL_TIME, CALL_DATE, CALLING_PARTY_NUMBER, ...)",
                           columns, recognise_ild, read_ild};

}  // namespace sendh
