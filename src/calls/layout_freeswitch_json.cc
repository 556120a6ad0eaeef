// Reader of FreeSWITCH's mod_json_cdr: one JSON document a leg, one or many in a file, on one line each or
// over several (FreeSWITCH documentation, mod_json_cdr). Of callflow, which lists the profiles of a channel
// with the newest first, the last one counts: who was dialled before the switch transferred the call. Older
// versions have one profile instead of a list. Times are microseconds since 1970. Values that were written
// URL-encoded (encode-values, the default) are decoded.
//
// Thread rule: a constant.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "calls/json_rows.h"
#include "calls/switch_words.h"

namespace sendh {

extern const Layout freeswitch_json_layout;

namespace {

using namespace tabular;

// Where a value is looked for, the best place first.
enum Column : std::uint8_t {
    start_uepoch,
    created_time,
    created_time_old,
    start_epoch,
    start_stamp,
    caller_id_number,
    caller_id_number_old,
    sip_from_user,
    destination_number,
    destination_number_old,
    sip_req_user,
    rdnis,
    rdnis_old,
    billsec,
    answer_uepoch,
    answered_time,
    answered_time_old,
    hangup_cause,
    leg_direction,
    channel_direction,
    gateway_name,
    gateway,
    chan_name,
    chan_name_old,
    channel_name,
    bridge_channel,
};
constexpr std::array<const char*, 26> paths = {
    "variables.start_uepoch",
    "callflow.[last].times.created_time",
    "callflow.times.created_time",
    "variables.start_epoch",
    "variables.start_stamp",
    "callflow.[last].caller_profile.caller_id_number",
    "callflow.caller_profile.caller_id_number",
    "variables.sip_from_user",
    "callflow.[last].caller_profile.destination_number",
    "callflow.caller_profile.destination_number",
    "variables.sip_req_user",
    "callflow.[last].caller_profile.rdnis",
    "callflow.caller_profile.rdnis",
    "variables.billsec",
    "variables.answer_uepoch",
    "callflow.[last].times.answered_time",
    "callflow.times.answered_time",
    "variables.hangup_cause",
    "variables.direction",
    "channel_data.direction",
    "variables.sip_gateway_name",
    "variables.sip_gateway",
    "callflow.[last].caller_profile.chan_name",
    "callflow.caller_profile.chan_name",
    "variables.channel_name",
    "variables.bridge_channel",
};
static_assert(paths.size() == bridge_channel + 1);

int recognise_freeswitch_json(const FileHead& head) {
    std::string_view text = head.bytes;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    const std::size_t first = text.find_first_not_of(" \t\r\n[");
    if (first == std::string_view::npos || text[first] != '{') return 0;
    const auto has = [&](std::string_view key) { return text.find(key) != std::string_view::npos; };
    if (!has("\"variables\"")) return 0;
    if (has("\"callflow\"")) return 96;
    return has("\"core-uuid\"") || has("\"channel_data\"") ? 80 : 0;
}

int hexadecimal(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char low = static_cast<char>(c | 0x20);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

class FreeswitchJsonRows {
public:
    explicit FreeswitchJsonRows(const ReadOptions& options) : home_(options.home), zone_(options.zone) {}

    // 0 means that the time is not known.
    static Column time_column(const DelimitedRow& row) {
        for (const Column column : {start_uepoch, created_time, created_time_old, start_epoch, start_stamp}) {
            if (filled(row, column) && bare(row.fields[column]) != "0") return column;
        }
        return start_stamp;
    }

    std::optional<Refusal> take(const DelimitedRow& row, CallRow& call) {
        const auto time = time_of(row);
        if (!time) return Refusal{RejectCode::bad_time, time_column(row)};
        call.time = *time;

        const Column callee = first_of(row, {destination_number, destination_number_old, sip_req_user});
        call.callee = parse_number(value(row, callee, callee_), home_);
        if (const auto fault = callee_fault(call.callee.number_class)) return Refusal{*fault, callee};
        const Column cli = first_of(row, {caller_id_number, caller_id_number_old, sip_from_user});
        const std::string_view presented = value(row, cli, cli_);
        call.cli = parse_number(presented, home_);
        if (call.cli.number_class == NumberClass::scientific) return Refusal{RejectCode::scientific, cli};
        call.cli_text = sender_id(presented, call.cli.number_class);
        const Column redirect = first_of(row, {rdnis, rdnis_old});
        if (const auto fault = take_redirect(value(row, redirect, scratch_), home_, row.line, call.redirect,
                                             strange_redirects_))
            return Refusal{*fault, redirect};

        if (const std::string_view text = value(row, billsec, scratch_); !is_blank(text)) {
            const auto seconds = seconds_of(text);
            if (!seconds) return Refusal{RejectCode::bad_duration, billsec};
            call.duration = *seconds;
        }
        const std::string_view answer =
            value(row, first_of(row, {answer_uepoch, answered_time, answered_time_old}), scratch_);
        const bool answered = call.duration > 0 || (!is_blank(answer) && answer != "0");
        const std::string_view cause = value(row, hangup_cause, scratch_);
        if (answered || call.duration == 0 || !is_blank(cause))
            call.disposition = disposition_of_cause(cause, answered);
        take_trunks(row, call);
        return std::nullopt;
    }

    [[nodiscard]] static Fault fault() { return {}; }
    void join(const FreeswitchJsonRows& later) { strange_redirects_.join(later.strange_redirects_); }
    void finish(ReadSummary& summary) const {
        strange_redirects_.note("rdnis", no_redirect, summary);
        summary.date_order = DateOrder::year_first;
        summary.date_evidence = "the layout counts microseconds since 1970";
    }

private:
    static bool filled(const DelimitedRow& row, Column column) { return !is_blank(bare(row.fields[column])); }

    static Column first_of(const DelimitedRow& row, std::initializer_list<Column> columns) {
        for (const Column column : columns) {
            if (filled(row, column)) return column;
        }
        return *columns.begin();
    }

    // A bare value without URL encoding; a view into the row, or into `room`.
    static std::string_view value(const DelimitedRow& row, Column column, std::string& room) {
        const std::string_view text = bare(row.fields[column]);
        if (text.find('%') == std::string_view::npos) return text;
        room.clear();
        for (std::size_t i = 0; i < text.size(); ++i) {
            const bool encoded = text[i] == '%' && i + 2 < text.size() && hexadecimal(text[i + 1]) >= 0 &&
                                 hexadecimal(text[i + 2]) >= 0;
            if (encoded) {
                room += static_cast<char>(hexadecimal(text[i + 1]) * 16 + hexadecimal(text[i + 2]));
                i += 2;
            } else {
                room += text[i];
            }
        }
        return first_bad_utf8(room) ? text : bare(room);
    }

    std::optional<Micros> time_of(const DelimitedRow& row) {
        const Column column = time_column(row);
        const std::string_view text = value(row, column, scratch_);
        if (column == start_stamp) return parse_iso(text, zone_);
        return epoch_time(text, column == start_epoch ? 1 : 1'000'000);
    }

    void take_trunks(const DelimitedRow& row, CallRow& call) {
        std::string_view own = value(row, first_of(row, {gateway_name, gateway}), own_);
        if (is_blank(own))
            own = trunk_of_freeswitch(
                value(row, first_of(row, {chan_name, chan_name_old, channel_name}), own_));
        const std::string_view other = trunk_of_freeswitch(value(row, bridge_channel, other_));
        // The record of the second leg is written from its own side.
        const std::string_view direction =
            value(row, first_of(row, {leg_direction, channel_direction}), scratch_);
        const bool outbound = direction == "outbound";
        call.trunk_in = outbound ? other : own;
        call.trunk_out = outbound ? own : other;
    }

    Region home_;
    Zone zone_;
    std::string callee_, cli_, own_, other_, scratch_;
    StrangeWords strange_redirects_;
};

Result<ReadSummary> read_freeswitch_json(const FileHead& head, const ByteSource& source,
                                         const ReadOptions& options, NameTable& names, const CallSink& sink) {
    SENDH_CHECK(check_json_bytes(head));
    SENDH_TRY(JsonRows records,
              JsonRows::open(source, JsonRows::Form::documents, {paths.begin(), paths.end()}));
    FreeswitchJsonRows rows(options);
    return read_json(records, options, names, sink, rows);
}

}  // namespace

const Layout freeswitch_json_layout = {"freeswitch_json",
                                       "FreeSWITCH mod_json_cdr, JSON documents one after another",
                                       {},
                                       recognise_freeswitch_json,
                                       read_freeswitch_json};

}  // namespace sendh
