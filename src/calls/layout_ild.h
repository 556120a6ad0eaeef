// Reader of the export of international long-distance (ILD) gateways: one row a call, header
//   CALL_TIME, CALL_DATE, CALLING_PARTY_NUMBER, CALLED_PARTY_NUMBER, CALL_DURATION_SEC, ORIG_SWITCH_ID,
//   ORG_TRUNC_GROUP, TERM_TRUNC_GROUP, CALL_DIRECTION, CALL_TYPE, ORIG_CARR_NAME, TERM_CARR_NAME, Country
// in any order, with further columns; the first four are required. Dates are day first unless the file shows
// otherwise (calls/date_order.h). Country helps to read the number on the foreign side: the CLI of incoming
// calls, the callee of outgoing ones (or the CLI, where the callee is no number of that country).
//
// Thread rule: a constant.
#pragma once

#include "calls/reader.h"

namespace sendh {
extern const Layout ild_layout;
}  // namespace sendh
