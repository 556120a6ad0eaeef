// Reader of FreeSWITCH's mod_cdr_csv with the shipped template "example": one row a leg, no header,
//   caller_id_name, caller_id_number, destination_number, context, start_stamp, answer_stamp, end_stamp,
//   duration, billsec, hangup_cause, uuid, bleg_uuid, accountcode [, read_codec, write_codec …]
// (FreeSWITCH documentation, mod_cdr_csv). Columns behind accountcode may be missing or more. Times are local
// to the switch. Other templates are read with a mapping file that holds the template
// (docs/mapping-files.md). The template has no channel, so there are no trunks.
//
// Thread rule: a constant.
#include <algorithm>
#include <array>

#include "calls/row_shapes.h"
#include "calls/switch_words.h"

namespace sendh {

extern const Layout freeswitch_layout;

namespace {

using namespace tabular;

enum Column : std::uint8_t {
    caller_id_name,
    caller_id_number,
    destination_number,
    context,
    start_stamp,
    answer_stamp,
    end_stamp,
    duration,
    billsec,
    hangup_cause,
    uuid,
    bleg_uuid,
    accountcode,
};
constexpr std::size_t fewest_columns = 12;
constexpr std::size_t most_columns = 24;
constexpr std::array<const char*, 15> column_names = {
    "caller_id_name", "caller_id_number", "destination_number", "context",    "start_stamp",
    "answer_stamp",   "end_stamp",        "duration",           "billsec",    "hangup_cause",
    "uuid",           "bleg_uuid",        "accountcode",        "read_codec", "write_codec"};

std::string_view cell(const DelimitedRow& row, Column column) { return bare(row.fields[column]); }

bool is_cause(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
    });
}

bool fits(const DelimitedRow& row) {
    if (row.fields.size() < fewest_columns || row.fields.size() > most_columns) return false;
    const auto may_be_stamp = [&](Column column) {
        return cell(row, column).empty() || is_stamp(cell(row, column));
    };
    return is_stamp(cell(row, start_stamp)) && may_be_stamp(answer_stamp) && may_be_stamp(end_stamp) &&
           is_count(cell(row, duration)) && is_count(cell(row, billsec)) &&
           is_cause(cell(row, hangup_cause)) && is_uuid(cell(row, uuid));
}

int recognise_freeswitch(const FileHead& head) { return score_of(best_fit(head, fits), 94); }

class FreeswitchRows {
public:
    FreeswitchRows(const ReadOptions& options, DateDecision decision)
        : home_(options.home), stamps_(TimeForm::any, nullptr, options.zone, decision) {}

    std::optional<Refusal> take(const DelimitedRow& row, CallRow& call) {
        if (row.fields.size() < fewest_columns || row.fields.size() > most_columns)
            return Refusal{RejectCode::column_count};
        switch (stamps_.read(cell(row, start_stamp), row.line, call.time)) {
            case Days::Outcome::bad: return Refusal{RejectCode::bad_time, start_stamp};
            case Days::Outcome::stop: return Refusal{RejectCode::bad_time, start_stamp, true};
            case Days::Outcome::read: break;
        }
        call.callee = parse_number(cell(row, destination_number), home_);
        if (const auto fault = callee_fault(call.callee.number_class))
            return Refusal{*fault, destination_number};
        const std::string_view cli = cell(row, caller_id_number);
        call.cli = parse_number(cli, home_);
        if (call.cli.number_class == NumberClass::scientific)
            return Refusal{RejectCode::scientific, caller_id_number};
        call.cli_text = sender_id(cli, call.cli.number_class);

        const auto seconds = seconds_of(cell(row, billsec));
        if (!seconds) return Refusal{RejectCode::bad_duration, billsec};
        call.duration = *seconds;
        const bool answered = *seconds > 0 || !is_blank(cell(row, answer_stamp));
        call.disposition = disposition_of_cause(cell(row, hangup_cause), answered);
        return std::nullopt;
    }

    [[nodiscard]] DateDecision& dates() { return stamps_.decision(); }
    [[nodiscard]] static int time_column(const DelimitedRow&) { return start_stamp; }
    [[nodiscard]] Fault fault() const { return stamps_.decision().fault(); }

    void join(const FreeswitchRows&) {}

    void finish(ReadSummary& summary) const { stamps_.decision().report_to(summary); }

private:
    Region home_;
    Stamps stamps_;
};

Result<ReadSummary> read_freeswitch(const FileHead& head, const ByteSource& source,
                                    const ReadOptions& options, NameTable& names, const CallSink& sink) {
    SENDH_CHECK(check_bytes(head));
    Header header;
    header.delimiter = best_fit(head, fits).delimiter;
    header.names.assign(column_names.begin(), column_names.end());
    SENDH_TRY(
        DateDecision decision,
        decide_dates(head, header, start_stamp,
                     DateDecision(options.date_order, DateOrder::undecided, options.now), Stamps::date_part));
    FreeswitchRows rows(options, decision);
    return read_table(header, source, options, names, sink, rows);
}

}  // namespace

const Layout freeswitch_layout = {"freeswitch",
                                  "FreeSWITCH mod_cdr_csv, shipped template \"example\" (no header)",
                                  {},
                                  recognise_freeswitch,
                                  read_freeswitch};

}  // namespace sendh
