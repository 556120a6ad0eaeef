// The table that format 4 of the catalogue has and format 3 has not: lines of the log that may not have
// reached its file yet. (Formats before had a table `access` with readings in clear; these went into the
// log.) Private to this room.
//
// Thread rule: constants.
#pragma once

namespace sendh {

inline constexpr const char* tables_of_format_4 = R"sql(
CREATE TABLE log_pending(position INTEGER PRIMARY KEY, line TEXT NOT NULL) STRICT;
)sql";

}  // namespace sendh
