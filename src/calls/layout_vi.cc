// Reader of Vodafone Idea's reports to law enforcement: all calls and messages of one number (the target). A
// preamble between rulers of dashes (VODAFONE IDEA CALL DATA RECORDS, MSISDN : - …), a header of 24 columns,
// a ruler, the rows, a ruler, notes in words. CALL_TYPE says who called: Incoming came to the target,
// Outgoing went out from it; Service Type tells messages. Unquoted commas stand in places and names of
// networks.
//
// Thread rule: a constant.
#include <array>

#include "calls/police.h"

namespace sendh {

extern const Layout vi_layout;

namespace {

constexpr std::array<LayoutColumn, 24> columns = {{
    {"Target /A PARTY NUMBER", true},
    {"CALL_TYPE", true},
    {"Type of Connection"},
    {"B PARTY NUMBER", true},
    {"LRN- B Party Number"},
    {"Translation of LRN"},
    {"Call date", true},
    {"Call Initiation Time", true},
    {"Call Duration"},
    {"First BTS Location"},
    {"First Cell Global Id"},
    {"Last BTS Location"},
    {"Last Cell Global Id"},
    {"SMS Centre Number"},
    {"Service Type"},
    {"IMEI"},
    {"IMSI"},
    {"Call Forwarding Number"},
    {"Roaming Network/Circle"},
    {"MSC ID"},
    {"In TG"},
    {"Out TG"},
    {"IP Address"},
    {"Port No"},
}};

constexpr std::array<std::string_view, 1> preamble = {"vodafoneideacalldata"};
constexpr police::Form form = {.layout = &vi_layout,
                               .preamble = preamble,
                               .target = "Target /A PARTY NUMBER",
                               .party = "B PARTY NUMBER",
                               .date = "Call date",
                               .time = "Call Initiation Time",
                               .duration = "Call Duration",
                               .service = "Service Type",
                               .redirect = "Call Forwarding Number",
                               .date_order = DateOrder::day_first,
                               .remarks = true};

int recognise_vi(const FileHead& head) { return police::recognise(form, head); }

Result<ReadSummary> read_vi(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                            NameTable& names, const CallSink& sink) {
    return police::read(form, head, source, options, names, sink);
}

}  // namespace

const Layout vi_layout = {"vi", "Vodafone Idea report to law enforcement, one target number", columns,
                          recognise_vi, read_vi};

}  // namespace sendh
