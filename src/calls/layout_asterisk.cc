// Reader of Asterisk's Master.csv (cdr_csv): one row a leg, no header, strings in quotes that are doubled
// inside, 16 to 21 columns by configuration:
//   accountcode, src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, start, answer, end,
//   duration, billsec, disposition, amaflags [, uniqueid][, userfield][, peeraccount, linkedid, sequence]
// (docs.asterisk.org, "CDR Specification" and cdr.conf). Times are local to the switch unless it was
// configured with usegmtime. src is the CLI; where it is empty, the number in clid. A call that rang several
// phones has several rows; each is a call here.
//
// Thread rule: a constant.
#include <array>

#include "calls/row_shapes.h"
#include "calls/switch_words.h"

namespace sendh {

extern const Layout asterisk_layout;

namespace {

using namespace tabular;

enum Column : std::uint8_t {
    accountcode,
    src,
    dst,
    dcontext,
    clid,
    channel,
    dstchannel,
    lastapp,
    lastdata,
    start,
    answer,
    end,
    duration,
    billsec,
    disposition,
    amaflags,
};
constexpr std::size_t fewest_columns = 16;
constexpr std::size_t most_columns = 21;
constexpr std::array<const char*, fewest_columns> column_names = {
    "accountcode", "src",   "dst",    "dcontext", "clid",     "channel", "dstchannel",  "lastapp",
    "lastdata",    "start", "answer", "end",      "duration", "billsec", "disposition", "amaflags"};

std::string_view cell(const DelimitedRow& row, Column column) { return bare(row.fields[column]); }

bool is_disposition(std::string_view word) {
    return is_one_of(word, {"answered", "no answer", "busy", "failed", "congestion"});
}

bool fits(const DelimitedRow& row) {
    if (row.fields.size() < fewest_columns || row.fields.size() > most_columns) return false;
    const auto may_be_stamp = [&](Column column) {
        return cell(row, column).empty() || is_stamp(cell(row, column));
    };
    const std::string_view flags = cell(row, amaflags);
    return is_stamp(cell(row, start)) && may_be_stamp(answer) && may_be_stamp(end) &&
           is_count(cell(row, duration)) && is_count(cell(row, billsec)) &&
           is_disposition(cell(row, disposition)) &&
           (flags.empty() || is_count(flags) ||
            is_one_of(flags, {"documentation", "billing", "omit", "ignore", "default", "unknown"}));
}

int recognise_asterisk(const FileHead& head) { return score_of(best_fit(head, fits), 95); }

// 971500000001 in "Name" <971500000001>.
std::string_view number_in(std::string_view caller_id) {
    const std::size_t close = caller_id.rfind('>');
    const std::size_t open = caller_id.rfind('<', close);
    if (close == std::string_view::npos || open == std::string_view::npos) return {};
    return bare(caller_id.substr(open + 1, close - open - 1));
}

class AsteriskRows {
public:
    AsteriskRows(const ReadOptions& options, DateDecision decision)
        : home_(options.home), stamps_(TimeForm::any, nullptr, options.zone, decision) {}

    std::optional<Refusal> take(const DelimitedRow& row, CallRow& call) {
        if (row.fields.size() < fewest_columns || row.fields.size() > most_columns)
            return Refusal{RejectCode::column_count};
        switch (stamps_.read(cell(row, start), row.line, call.time)) {
            case Days::Outcome::bad: return Refusal{RejectCode::bad_time, start};
            case Days::Outcome::stop: return Refusal{RejectCode::bad_time, start, true};
            case Days::Outcome::read: break;
        }
        call.callee = parse_number(cell(row, dst), home_);
        if (const auto fault = callee_fault(call.callee.number_class)) return Refusal{*fault, dst};
        std::string_view cli = cell(row, src);
        Column cli_column = src;
        if (cli.empty()) {
            cli = number_in(row.fields[clid]);
            cli_column = clid;
        }
        call.cli = parse_number(cli, home_);
        if (call.cli.number_class == NumberClass::scientific)
            return Refusal{RejectCode::scientific, cli_column};
        call.cli_text = sender_id(cli, call.cli.number_class);

        const auto seconds = seconds_of(cell(row, billsec));
        if (!seconds) return Refusal{RejectCode::bad_duration, billsec};
        call.duration = *seconds;
        call.disposition = disposition_of(cell(row, disposition), row.line);
        call.trunk_in = trunk_of_asterisk(cell(row, channel));
        call.trunk_out = trunk_of_asterisk(cell(row, dstchannel));
        return std::nullopt;
    }

    [[nodiscard]] DateDecision& dates() { return stamps_.decision(); }
    [[nodiscard]] static int time_column(const DelimitedRow&) { return start; }
    [[nodiscard]] Fault fault() const { return stamps_.decision().fault(); }

    void join(const AsteriskRows& later) { strange_dispositions_.join(later.strange_dispositions_); }

    void finish(ReadSummary& summary) const {
        stamps_.decision().report_to(summary);
        strange_dispositions_.note("disposition", "taken as unknown", summary);
    }

private:
    Disposition disposition_of(std::string_view word, std::uint64_t line) {
        if (word == "ANSWERED") return Disposition::answered;
        if (is_one_of(word, {"no answer", "noanswer", "cancel"})) return Disposition::unanswered;
        if (same_word(word, "busy")) return Disposition::busy;
        if (is_one_of(word, {"failed", "congestion"})) return Disposition::failed;
        if (same_word(word, "answered")) return Disposition::answered;
        strange_dispositions_.count(line);
        return Disposition::unknown;
    }

    Region home_;
    Stamps stamps_;
    StrangeWords strange_dispositions_;
};

Result<ReadSummary> read_asterisk(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                                  NameTable& names, const CallSink& sink) {
    SENDH_CHECK(check_bytes(head));
    Header header;
    header.delimiter = best_fit(head, fits).delimiter;
    header.names.assign(column_names.begin(), column_names.end());
    SENDH_TRY(
        DateDecision decision,
        decide_dates(head, header, start, DateDecision(options.date_order, DateOrder::undecided, options.now),
                     Stamps::date_part));
    AsteriskRows rows(options, decision);
    return read_table(header, source, options, names, sink, rows);
}

}  // namespace

const Layout asterisk_layout = {"asterisk",
                                "Asterisk Master.csv (cdr_csv, no header, 16 to 21 columns)",
                                {},
                                recognise_asterisk,
                                read_asterisk};

}  // namespace sendh
