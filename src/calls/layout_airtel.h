// Reader of Airtel's reports to law enforcement: all calls and messages of one number (the target). A
// preamble (BHARTI AIRTEL LIMITED, Call Details of Mobile No …), then a header of 26 columns, cells wrapped
// in '…'. Call Type says who called: IN and SMT came to the target, OUT and SMO went out from it. A report
// without a header that says "No records found" has zero rows; that is evidence too.
//
// Thread rule: a constant.
#pragma once

#include "calls/reader.h"

namespace sendh {
extern const Layout airtel_layout;
}  // namespace sendh
