// Words that several switches share: causes of release, and names of channels, from which comes the trunk.
// Private to this room.
//
// Causes: ITU-T Q.850, table 1, by number, and the names that FreeSWITCH gives them (its documentation,
// "Hangup Cause Code Table").
//
// Thread rule: pure functions.
#pragma once

#include <string_view>

#include "calls/call_batch.h"

namespace sendh {

// How a call ended. answered: the record says that it was (time of answer, seconds of conversation); then the
// cause only tells who hung up. An empty cause of a call that was not answered is `unanswered`.
[[nodiscard]] Disposition disposition_of_cause(std::string_view cause, bool answered);

// The trunk in the name of an Asterisk channel: SIP/peer-0000a1b2, PJSIP/peer-…, IAX2/peer-… give "peer";
// other technologies keep their name and give up what differs from call to call: DAHDI/i1/…-1 gives
// "DAHDI/i1". A Local channel is no trunk: "". A view into the name.
[[nodiscard]] std::string_view trunk_of_asterisk(std::string_view channel);

// The trunk in the name of a FreeSWITCH channel: sofia/external/…@host gives the profile "external",
// sofia/gateway/name/… the gateway "name", FreeTDM/1:1/… "FreeTDM/1", others their technology. A loopback
// channel is no trunk: "". A view into the name.
[[nodiscard]] std::string_view trunk_of_freeswitch(std::string_view channel);

}  // namespace sendh
