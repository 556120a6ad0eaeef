// Reader of the common layout of 23 columns for law enforcement, into which reports of several operators are
// brought: no preamble, a header, one target number a row. CALL_TYPE says who called: MT and SMS-MT came to
// the target, MO and SMS-MO went out from it. CALL_TIME holds date and time; nothing says which of day and
// month comes first, so the file has to show it.
//
// Thread rule: a constant.
#include <array>

#include "calls/police.h"

namespace sendh {

extern const Layout common_layout;

namespace {

constexpr std::array<LayoutColumn, 23> columns = {{
    {"PAN_NO"},   {"TARGET_NO", true}, {"CALL_TYPE", true}, {"TOC"},       {"B_PARTY", true}, {"LRN_NO"},
    {"LRN_TSP"},  {"CALL_TIME", true}, {"DURATION"},        {"FIRST_CGI"}, {"FIRST_LAT"},     {"FIRST_LON"},
    {"LAST_CGI"}, {"LAST_LAT"},        {"LAST_LON"},        {"SMSC_NO"},   {"IMEI"},          {"IMSI"},
    {"CALL_FWD"}, {"ROAM_NO"},         {"SW4MSCID"},        {"IN_TG"},     {"OUT_TG"},
}};

constexpr police::Form form = {.layout = &common_layout,
                               .target = "TARGET_NO",
                               .party = "B_PARTY",
                               .time = "CALL_TIME",
                               .duration = "DURATION",
                               .service = "TOC",
                               .redirect = "CALL_FWD"};

int recognise_common(const FileHead& head) { return police::recognise(form, head); }

Result<ReadSummary> read_common(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                                NameTable& names, const CallSink& sink) {
    return police::read(form, head, source, options, names, sink);
}

}  // namespace

const Layout common_layout = {
    "common",
    "common layout of 23 columns for law enforcement (TARGET_NO, CALL_TYPE, B_PARTY, CALL_TIME, ...)",
    columns, recognise_common, read_common};

}  // namespace sendh
