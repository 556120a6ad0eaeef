// The tables that format 3 of the catalogue has and format 2 has not, and which canaries are numbers of one
// made-up person: what format 7 has and format 6 has not (NULL: the only or the first one). Private to this
// room.
//
// Thread rule: constants.
#pragma once

namespace sendh {

inline constexpr const char* tables_of_format_3 = R"sql(
CREATE TABLE copy_terms(copy INTEGER PRIMARY KEY REFERENCES copies(id), purpose TEXT NOT NULL, legal_basis TEXT NOT NULL,
    delete_by TEXT NOT NULL) STRICT;
CREATE TABLE issued_copies(copy INTEGER PRIMARY KEY REFERENCES copies(id), serial BLOB NOT NULL UNIQUE, recipient BLOB NOT NULL,
    canary_share REAL NOT NULL, rows INTEGER NOT NULL, members BLOB NOT NULL, pool BLOB NOT NULL, offered BLOB NOT NULL,
    how BLOB NOT NULL, mark_commitment TEXT NOT NULL, delivered INTEGER NOT NULL, sha256 TEXT NOT NULL) STRICT;
CREATE TABLE canaries(id INTEGER PRIMARY KEY, register INTEGER NOT NULL REFERENCES registers(id), token BLOB NOT NULL UNIQUE,
    joined INTEGER, attributes BLOB NOT NULL, added_at INTEGER NOT NULL) STRICT;
CREATE TABLE canary_states(id INTEGER PRIMARY KEY, canary INTEGER NOT NULL REFERENCES canaries(id),
    state TEXT NOT NULL CHECK (state IN ('active','resting','burnt')), since INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE INDEX canary_states_by_canary ON canary_states(canary);
)sql";

inline constexpr const char* tables_of_format_7 = R"sql(
ALTER TABLE canaries ADD COLUMN persona INTEGER REFERENCES canaries(id);
)sql";

}  // namespace sendh
