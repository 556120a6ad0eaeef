// Reader of Jio's reports to law enforcement: all calls and messages of one number. A preamble (Ticket
// Number, Input Value (MSISDN/…), Date Range, Total Records, which is compared with the rows found), a header
// of 15 columns, cells wrapped in '…'. Calling and Called Party say who called whom; Call Type says the
// direction and the service (a_in, a_out, A2P_SMSIN, P2P_SMSIN, P2AOUT and their relatives). There are no
// trunks.
//
// Thread rule: a constant.
#include <array>

#include "calls/police.h"

namespace sendh {

extern const Layout jio_layout;

namespace {

constexpr std::array<LayoutColumn, 15> columns = {{
    {"Calling Party Telephone Number", true},
    {"Called Party Telephone Number", true},
    {"Call Forwarding"},
    {"LRN Called No"},
    {"Call Date", true},
    {"Call Time", true},
    {"Call Termination Time"},
    {"Call Duration"},
    {"First Cell ID"},
    {"Last Cell ID"},
    {"Call Type"},
    {"SMS Center Number"},
    {"IMEI"},
    {"IMSI"},
    {"Roaming Circle Name"},
}};

constexpr std::array<std::string_view, 2> preamble = {"inputvaluemsisdn", "reliancejio"};
constexpr police::Form form = {.layout = &jio_layout,
                               .preamble = preamble,
                               .calling = "Calling Party Telephone Number",
                               .called = "Called Party Telephone Number",
                               .date = "Call Date",
                               .time = "Call Time",
                               .duration = "Call Duration",
                               .redirect = "Call Forwarding",
                               .date_order = DateOrder::day_first};

int recognise_jio(const FileHead& head) { return police::recognise(form, head); }

Result<ReadSummary> read_jio(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                             NameTable& names, const CallSink& sink) {
    return police::read(form, head, source, options, names, sink);
}

}  // namespace

const Layout jio_layout = {"jio", "Jio report to law enforcement, one number", columns, recognise_jio,
                           read_jio};

}  // namespace sendh
