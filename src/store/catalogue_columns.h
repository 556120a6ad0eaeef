// How the catalogue's two sources put values into columns and read them back. Private to this room.
//
// Thread rule: pure functions.
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "crypto/token.h"
#include "store/sqlite.h"

namespace sendh::columns {

// Lists of names in one column, a line each.
inline std::string lines_of(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        for (const char c : name) out += c == '\n' ? ' ' : c;
        out += '\n';
    }
    return out;
}

inline std::vector<std::string> names_of(const std::string& lines) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < lines.size();) {
        const std::size_t end = lines.find('\n', at);
        out.push_back(lines.substr(at, end - at));
        at = end == std::string::npos ? lines.size() : end + 1;
    }
    return out;
}

inline std::string_view bytes_of(const Token& token) {
    return {reinterpret_cast<const char*>(token.bytes.data()), token.bytes.size()};
}

inline Token token_of(const std::string& bytes) {
    Token token;
    std::memcpy(token.bytes.data(), bytes.data(), std::min(bytes.size(), token.bytes.size()));
    return token;
}

inline std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }
inline std::uint64_t count(const SqlStatement& s, int column) {
    return static_cast<std::uint64_t>(s.integer(column));
}

inline void bind_time(SqlStatement& s, int position, const std::optional<Micros>& time) {
    if (time) {
        s.bind(position, time->value);
    } else {
        s.bind_null(position);
    }
}
inline std::optional<Micros> time_of(const SqlStatement& s, int column) {
    return s.is_null(column) ? std::nullopt : std::optional(Micros{s.integer(column)});
}
inline void bind_flag(SqlStatement& s, int position, const std::optional<bool>& flag) {
    if (flag) {
        s.bind(position, std::int64_t{*flag});
    } else {
        s.bind_null(position);
    }
}
inline std::optional<bool> flag_of(const SqlStatement& s, int column) {
    return s.is_null(column) ? std::nullopt : std::optional(s.integer(column) != 0);
}

// All rows of a query, each made by `make(statement)`.
template <class Row, class Make>
Result<std::vector<Row>> all(SqlStatement statement, Make make) {
    std::vector<Row> out;
    while (true) {
        SENDH_TRY(const bool more, statement.step());
        if (!more) return out;
        out.push_back(make(statement));
    }
}

// `INSERT INTO table(owner, row, token)` for each token.
inline Done insert_tokens(Database& database, const std::string& sql, std::int64_t owner,
                          const std::vector<Token>& tokens) {
    SENDH_TRY(SqlStatement insert, database.prepare(sql));
    std::int64_t row = 0;
    for (const Token& token : tokens) {
        insert.bind(1, owner).bind(2, row++).bind_blob(3, bytes_of(token));
        SENDH_CHECK(insert.run());
    }
    return done();
}

}  // namespace sendh::columns
