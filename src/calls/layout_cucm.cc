// Reader of the call detail records of Cisco Unified Communications Manager: a header, a row of SQL types,
// then one row a call leg; columns by name, in any order, about a hundred of them (Cisco, "Call Detail
// Records Administration Guide", "CDR Field Descriptions"). Times are seconds since 1970, UTC;
// dateTimeConnect 0: not answered. The callee is who was dialled (originalCalledPartyNumber); where the call
// ended elsewhere, lastRedirectDn is the redirecting number.
//
// Thread rule: a constant.
#include <algorithm>
#include <array>

#include "calls/switch_words.h"
#include "calls/tabular.h"

namespace sendh {

extern const Layout cucm_layout;

namespace {

using namespace tabular;

constexpr std::array<LayoutColumn, 13> columns = {{
    {"globalCallID_callId"},
    {"dateTimeOrigination", true},
    {"dateTimeConnect"},
    {"dateTimeDisconnect"},
    {"duration"},
    {"callingPartyNumber", true},
    {"originalCalledPartyNumber"},
    {"finalCalledPartyNumber", true},
    {"lastRedirectDn"},
    {"origDeviceName"},
    {"destDeviceName"},
    {"origCause_value"},
    {"destCause_value"},
}};

int recognise_cucm(const FileHead& head) {
    const Header header = find_header(head, columns);
    const bool all = std::all_of(columns.begin(), columns.end(), [&](const LayoutColumn& c) {
        return !c.required || header.find(c.name) >= 0;
    });
    if (all) return std::min(100, 70 + 4 * static_cast<int>(header.known - 3));
    return header.known >= 6 ? 55 : 0;
}

class CucmRows {
public:
    CucmRows(const Header& header, const ReadOptions& options)
        : home_(options.home),
          time_(header.find("dateTimeOrigination")),
          connect_(header.find("dateTimeConnect")),
          duration_(header.find("duration")),
          cli_(header.find("callingPartyNumber")),
          dialled_(header.find("originalCalledPartyNumber")),
          reached_(header.find("finalCalledPartyNumber")),
          redirect_(header.find("lastRedirectDn")),
          trunk_in_(header.find("origDeviceName")),
          trunk_out_(header.find("destDeviceName")),
          cause_in_(header.find("origCause_value")),
          cause_out_(header.find("destCause_value")) {}

    [[nodiscard]] std::optional<Refusal> take(const DelimitedRow& row, CallRow& call) {
        const auto time = epoch_time(cell(row, time_), 1);
        if (!time || time->value == 0) return Refusal{RejectCode::bad_time, time_};
        call.time = *time;

        const std::string_view dialled = cell(row, dialled_);
        const std::string_view reached = cell(row, reached_);
        const int callee = is_blank(dialled) ? reached_ : dialled_;
        call.callee = parse_number(cell(row, callee), home_);
        if (const auto fault = callee_fault(call.callee.number_class)) return Refusal{*fault, callee};
        const std::string_view cli = cell(row, cli_);
        call.cli = parse_number(cli, home_);
        if (call.cli.number_class == NumberClass::scientific) return Refusal{RejectCode::scientific, cli_};
        call.cli_text = sender_id(cli, call.cli.number_class);
        const std::string_view redirect = cell(row, redirect_);
        if (!is_blank(redirect) && !is_blank(dialled) && !is_blank(reached) && dialled != reached) {
            if (const auto fault =
                    take_redirect(redirect, home_, row.line, call.redirect, strange_redirects_))
                return Refusal{*fault, redirect_};
        }

        if (const std::string_view seconds = cell(row, duration_); !is_blank(seconds)) {
            const auto value = seconds_of(seconds);
            if (!value) return Refusal{RejectCode::bad_duration, duration_};
            call.duration = *value;
        }
        const std::string_view connect = cell(row, connect_);
        bool answered = call.duration > 0;
        if (!is_blank(connect)) {
            const auto when = epoch_time(connect, 1);
            if (!when) return Refusal{RejectCode::bad_time, connect_};
            answered = when->value != 0;
        }
        // The side that did not hang up says 0.
        const std::string_view cause_in = cell(row, cause_in_);
        const bool nothing_in = is_blank(cause_in) || cause_in == "0";
        if (answered || connect_ >= 0 || duration_ >= 0)
            call.disposition = disposition_of_cause(nothing_in ? cell(row, cause_out_) : cause_in, answered);
        call.trunk_in = as_name(cell(row, trunk_in_));
        call.trunk_out = as_name(cell(row, trunk_out_));
        return std::nullopt;
    }

    [[nodiscard]] int time_column(const DelimitedRow&) const { return time_; }
    [[nodiscard]] static Fault fault() { return {}; }
    void join(const CucmRows& later) { strange_redirects_.join(later.strange_redirects_); }
    void finish(ReadSummary& summary) const {
        strange_redirects_.note("lastRedirectDn", no_redirect, summary);
        summary.date_evidence = "the layout counts seconds since 1970";
    }

private:
    static std::string_view cell(const DelimitedRow& row, int column) {
        return column < 0 ? std::string_view{} : bare(row.fields[static_cast<std::size_t>(column)]);
    }

    Region home_;
    int time_, connect_, duration_, cli_, dialled_, reached_, redirect_, trunk_in_, trunk_out_, cause_in_,
        cause_out_;
    StrangeWords strange_redirects_;
};

Result<ReadSummary> read_cucm(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                              NameTable& names, const CallSink& sink) {
    SENDH_CHECK(check_bytes(head));
    const Header header = find_header(head, columns);
    SENDH_CHECK(check_header(header, cucm_layout));
    CucmRows rows(header, options);
    return read_table(header, source, options, names, sink, rows);
}

}  // namespace

const Layout cucm_layout = {"cucm",
                            "Cisco CUCM call detail records (dateTimeOrigination, callingPartyNumber, ...)",
                            columns, recognise_cucm, read_cucm};

}  // namespace sendh
