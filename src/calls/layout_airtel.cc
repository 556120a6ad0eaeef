// Reader of Airtel's reports to law enforcement: all calls and messages of one number (the target). A
// preamble (BHARTI AIRTEL LIMITED, Call Details of Mobile No …), then a header of 26 columns, cells wrapped
// in '…'. Call Type says who called: IN and SMT came to the target, OUT and SMO went out from it. A report
// without a header that says "No records found" has zero rows; that is evidence too.
//
// Thread rule: a constant.
#include <array>

#include "calls/police.h"

namespace sendh {

extern const Layout airtel_layout;

namespace {

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

constexpr std::array<std::string_view, 3> preamble = {"bhartiairtel", "calldetailsofmobileno",
                                                      "calldetailsofimei"};
constexpr police::Form form = {.layout = &airtel_layout,
                               .preamble = preamble,
                               .target = "Target No",
                               .party = "B Party No",
                               .date = "Date",
                               .time = "Time",
                               .duration = "Dur(s)",
                               .service = "Service Type",
                               .redirect = "Call Fow No",
                               .date_order = DateOrder::day_first};

int recognise_airtel(const FileHead& head) { return police::recognise(form, head); }

Result<ReadSummary> read_airtel(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                                NameTable& names, const CallSink& sink) {
    return police::read(form, head, source, options, names, sink);
}

}  // namespace

const Layout airtel_layout = {"airtel", "Airtel report to law enforcement, one target number", columns,
                              recognise_airtel, read_airtel};

}  // namespace sendh
