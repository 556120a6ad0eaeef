// What format 5 of the catalogue has and format 4 has not: which columns of a register say when a row holds
// and whose it is, and what was done to it when. Private to this room.
//
// An entry whose token and attributes have no bytes is an erased one: its place stays.
//
// Thread rule: constants.
#pragma once

namespace sendh {

inline constexpr const char* tables_of_format_5 = R"sql(
ALTER TABLE registers ADD COLUMN joined_column TEXT NOT NULL DEFAULT '';
ALTER TABLE registers ADD COLUMN left_column TEXT NOT NULL DEFAULT '';
ALTER TABLE registers ADD COLUMN person_column TEXT NOT NULL DEFAULT '';
CREATE TABLE register_changes(id INTEGER PRIMARY KEY, register INTEGER NOT NULL REFERENCES registers(id),
    kind TEXT NOT NULL CHECK (kind IN ('added','updated','erased')), date INTEGER, made_at INTEGER NOT NULL,
    joined INTEGER NOT NULL, left INTEGER NOT NULL, changed_number INTEGER NOT NULL, changed_other INTEGER NOT NULL,
    unchanged INTEGER NOT NULL, rows INTEGER NOT NULL) STRICT;
)sql";

}  // namespace sendh
