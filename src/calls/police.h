// What the reports of Indian operators to law enforcement have in common: a preamble that names the request,
// a header, the calls and messages of one number (the target) with the other party, trailers. A layout says
// what its columns are called (Form); the rest is here. Private to this room.
//
//   who called whom  Call Type says whether the call came to the target or went out from it; where the layout
//                    has a column for either party, Call Type says the direction only
//   unquoted commas  in free text (places, names of networks) make a row too long. The row is taken if all
//   ways
//                    of placing the commas in which every cell looks like its column give the same call;
//                    else it is refused (column_count): a trunk or a number is never guessed.
//   surplus cells    empty cells at the end of most rows that the header does not name are known from the
//                    beginning of the file
//
// Formats: as operators deliver them; there is no public specification.
//
// Thread rule: one file, one thread; a Form is a constant.
#pragma once

#include <span>
#include <string_view>

#include "calls/reader.h"

namespace sendh::police {

struct Form {
    const Layout* layout = nullptr;
    std::span<const std::string_view> preamble = {};  // beginnings of its lines, as column keys
    // Names of columns; "" where the layout has none.
    std::string_view target = {}, party = {};    // Call Type says who called
    std::string_view calling = {}, called = {};  // or these say it
    std::string_view date = {}, time = {};       // without date: time holds both
    std::string_view duration = {}, service = {}, redirect = {};
    DateOrder date_order = DateOrder::undecided;  // that the layout's files are known to have
    bool remarks = false;                         // lines of words may stand behind the rows
};

[[nodiscard]] int recognise(const Form& form, const FileHead& head);
[[nodiscard]] Result<ReadSummary> read(const Form& form, const FileHead& head, const ByteSource& source,
                                       const ReadOptions& options, NameTable& names, const CallSink& sink);

}  // namespace sendh::police
