#include "store/catalogue_log.h"

#include "base/file.h"
#include "base/text.h"
#include "store/catalogue.h"
#include "store/catalogue_columns.h"

namespace sendh {

using namespace columns;

namespace {

constexpr const char* head_key = "log_head";
constexpr const char* seal_key = "log_mac";
constexpr std::string_view head_purpose = "sendh/log-head/1";

// Masking once may put digits next to each other that were apart.
std::string masked(std::string text) {
    for (std::string again = without_numbers(text); again != text; again = without_numbers(text))
        text = again;
    return text;
}

}  // namespace

Result<LogState> Catalogue::log_state() {
    LogState out;
    if (format_ < 4) return out;
    // Both as of one moment, whatever another process commits meanwhile.
    SENDH_TRY(SqlStatement s,
              database_.prepare("SELECT value,coalesce(line,'') FROM meta LEFT JOIN log_pending "
                                "WHERE key=?1 ORDER BY position"));
    s.bind(1, head_key);
    std::string head;
    while (true) {
        SENDH_TRY(const bool more, s.step());
        if (!more) break;
        head = s.text(0);
        out.pending += s.text(1);
    }
    if (head.empty()) return out;
    const std::size_t first = head.find(' ');
    const std::size_t second = head.find(' ', first + 1);
    const auto count = parse_integer(head.substr(0, first));
    const auto bytes = second == std::string::npos
                           ? std::nullopt
                           : parse_integer(head.substr(first + 1, second - first - 1));
    if (!count || !bytes || *count < 0 || *bytes < 0 ||
        out.pending.size() > static_cast<std::uint64_t>(*bytes))
        return Fault{FaultKind::corrupt, "the catalogue does not say how long the log is", "",
                     "the catalogue is damaged; restore the case from a backup"};
    out.head = {static_cast<std::uint64_t>(*count), static_cast<std::uint64_t>(*bytes),
                head.substr(second + 1)};
    return out;
}

Done Catalogue::add_to_log(LogEntry entry) {
    SENDH_TRY(LogState state, log_state());
    const std::size_t from = state.pending.size();
    SENDH_CHECK(chain(state, std::move(entry)));
    SENDH_TRY(SqlStatement s, database_.prepare("INSERT INTO log_pending VALUES(?1,?2)"));
    SENDH_CHECK(s.bind(1, number(state.head.count)).bind(2, state.pending.substr(from)).run());
    SENDH_CHECK(set_meta(head_key, std::to_string(state.head.count) + " " + std::to_string(state.head.bytes) +
                                       " " + state.head.hash));
    return log_seal_ ? seal_log_head() : done();
}

Done Catalogue::seal_log_head() {
    SENDH_TRY(const std::string head, meta(head_key));
    return set_meta(seal_key, log_seal_->tag(head_purpose, head));
}

Result<Catalogue::HeadSeal> Catalogue::log_head_seal() {
    // Both as of one moment.
    SENDH_TRY(SqlStatement s, database_.prepare("SELECT (SELECT value FROM meta WHERE key=?1),"
                                                "(SELECT value FROM meta WHERE key=?2)"));
    SENDH_CHECK(s.bind(1, head_key).bind(2, seal_key).step());
    if (s.is_null(1)) return HeadSeal::none;
    return log_seal_->is_tag(s.text(1), head_purpose, s.text(0)) ? HeadSeal::right : HeadSeal::wrong;
}

Done Catalogue::settle_log(const LogState& state) {
    SENDH_TRY(SqlStatement s, database_.prepare("DELETE FROM log_pending WHERE position<=?1"));
    return s.bind(1, number(state.head.count)).run();
}

Done Catalogue::log_upgrade(const std::string& who, std::int64_t from_format) {
    format_ = catalogue_format;
    LogEntry entry;
    entry.who = who;
    entry.time = now();
    entry.kind = "case_upgraded";
    entry.details = {{"from_format", static_cast<std::uint64_t>(from_format)},
                     {"to_format", static_cast<std::uint64_t>(catalogue_format)}};
    if (from_format >= 4) return add_to_log(entry);
    // What was kept elsewhere before there was a log.
    std::vector<LogEntry> earlier;
    {
        SENDH_TRY(SqlStatement s, database_.prepare("SELECT who,at,what,reason FROM access ORDER BY rowid"));
        while (true) {
            SENDH_TRY(const bool more, s.step());
            if (!more) break;
            LogEntry one;
            one.who = masked(s.text(0).empty() ? "unknown" : s.text(0));
            one.time = Micros{s.integer(1)};
            one.kind = "access";
            one.details = {{"what", masked(s.text(2))}, {"reason", masked(s.text(3))}};
            earlier.push_back(std::move(one));
        }
    }
    std::vector<std::string> commitments;
    {
        SENDH_TRY(SqlStatement s, database_.prepare("SELECT DISTINCT mark_commitment FROM issued_copies"));
        SENDH_TRY(commitments,
                  all<std::string>(std::move(s), [](const SqlStatement& row) { return row.text(0); }));
    }
    entry.details.emplace_back("earlier_readings", static_cast<std::uint64_t>(earlier.size()));
    SENDH_CHECK(add_to_log(entry));
    for (LogEntry& one : earlier) SENDH_CHECK(add_to_log(std::move(one)));
    for (const std::string& commitment : commitments) {
        entry.kind = "mark_key_commitment";
        entry.details = {{"commitment", commitment}};
        SENDH_CHECK(add_to_log(entry));
    }
    return database_.run("DROP TABLE access");
}

}  // namespace sendh
