// Reader of BSNL's reports to law enforcement: all calls and messages of one number (the target). A preamble
// (Search Criteria : MSISDN, Search Value : …), a header of 22 columns, the rows, then *** END OF REPORT ***
// and CDR COUNT : n, which is compared with the rows found. Call Type says who called: IN came to the target,
// OUT went out from it; Service Type tells messages. Original Calling Party is the redirecting number.
//
// Thread rule: a constant.
#include <array>

#include "calls/police.h"

namespace sendh {

extern const Layout bsnl_layout;

namespace {

constexpr std::array<LayoutColumn, 22> columns = {{
    {"Target/A-Party Number", true},
    {"Call Type", true},
    {"Type of Connection"},
    {"Other/B-party Number", true},
    {"LRN of B-Party Number"},
    {"Translation of LRN"},
    {"Call Date", true},
    {"Call Initiation Time", true},
    {"Call Duration"},
    {"First BTS Location"},
    {"First Cell Global ID"},
    {"Last BTS Location"},
    {"Last Cell Global ID"},
    {"SMS Centre No."},
    {"Service Type"},
    {"IMEI"},
    {"IMSI"},
    {"Original Calling Party"},
    {"Roaming Network/Circle"},
    {"Switch/MSC ID"},
    {"In TG"},
    {"Out TG"},
}};

constexpr std::array<std::string_view, 1> preamble = {"searchcriteria"};
constexpr police::Form form = {.layout = &bsnl_layout,
                               .preamble = preamble,
                               .target = "Target/A-Party Number",
                               .party = "Other/B-party Number",
                               .date = "Call Date",
                               .time = "Call Initiation Time",
                               .duration = "Call Duration",
                               .service = "Service Type",
                               .redirect = "Original Calling Party",
                               .date_order = DateOrder::day_first};

int recognise_bsnl(const FileHead& head) { return police::recognise(form, head); }

Result<ReadSummary> read_bsnl(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                              NameTable& names, const CallSink& sink) {
    return police::read(form, head, source, options, names, sink);
}

}  // namespace

const Layout bsnl_layout = {"bsnl", "BSNL report to law enforcement, one target number", columns,
                            recognise_bsnl, read_bsnl};

}  // namespace sendh
