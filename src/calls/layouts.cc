#include <algorithm>
#include <array>

#include "base/text.h"
#include "calls/reader.h"
#include "calls/tabular.h"

// The layouts, in the order in which they are asked: of two that are equally sure the first one is taken.
// clang-format off
#define SENDH_LAYOUTS(layout) \
    layout(ild) \
    layout(airtel) \
    layout(jio) \
    layout(vi) \
    layout(bsnl) \
    layout(common) \
    layout(asterisk) \
    layout(freeswitch) \
    layout(freeswitch_json) \
    layout(cucm) \
    layout(cgrates) \
    layout(msc) \
    layout(ts32298) \
    layout(tap3) \
    layout(nrtrde) \
    layout(sip)
// clang-format on

namespace sendh {

#define SENDH_DECLARE(name) extern const Layout name##_layout;
SENDH_LAYOUTS(SENDH_DECLARE)

namespace {

using tabular::Header;

constexpr std::array<std::string_view, reject_codes> reject_names = {
    "broken_row", "column_count", "bad_encoding", "bad_time",     "bad_callee",
    "scientific", "bad_duration", "bad_value",    "above_header", "not_a_call"};
static_assert(reject_names.size() == static_cast<std::size_t>(RejectCode::not_a_call) + 1);

constexpr int sure_enough = 50;
constexpr const char* use_mapping =
    "name its columns in a mapping file: --layout MAPPING.toml (docs/mapping-files.md)";

bool key_is_one_of(const std::string& key, std::initializer_list<std::string_view> keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool is_number_key(const std::string& key) {
    return key_is_one_of(key, {"number", "mobile", "msisdn", "phone", "phonenumber", "phoneno",
                               "mobilenumber", "mobileno", "telephone", "telephonenumber", "contact",
                               "contactnumber", "contactno", "cellphone", "cell", "num", "tel", "mob"});
}

bool is_time_key(const std::string& key) {
    return key.find("time") != std::string::npos || key.find("date") != std::string::npos ||
           key.find("timestamp") != std::string::npos || key == "start";
}

bool is_register_key(const std::string& key) {
    return key_is_one_of(key,
                         {"joined", "left", "joinedon", "lefton", "joiningdate", "joindate", "dateofjoining",
                          "dateofbirth", "dob", "birthdate", "retirementdate", "dateofretirement"});
}

std::string nearest_layout(const Header& unknown, const FileHead& head) {
    const Layout* best = nullptr;
    std::uint64_t most = 0;
    for (const Layout& layout : layouts()) {
        const Header header = tabular::find_header(head, layout.columns);
        if (header.known > most) {
            most = header.known;
            best = &layout;
        }
    }
    if (best == nullptr) return "no known layout shares a column with it";
    std::string lacks;
    for (const LayoutColumn& column : best->columns) {
        if (!column.required || unknown.find(column.name) >= 0) continue;
        lacks += (lacks.empty() ? "" : ", ") + std::string(column.name);
    }
    return "the nearest layout is " + std::string(best->name) +
           (lacks.empty() ? "" : ", which needs " + lacks);
}

bool looks_like_numbers(const std::vector<std::string>& cells) {
    return cells.size() <= 2 && std::any_of(cells.begin(), cells.end(), [](const std::string& cell) {
               const NumberClass c = parse_number(cell, Region::india).number_class;
               return is_dialable(c) && c != NumberClass::short_code;
           });
}

// The first byte that is not white space.
char first_sign(const FileHead& head) {
    std::string_view text = head.bytes;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos ? '\0' : text[first];
}

Fault unknown_columns(const FileHead& head) {
    if (first_sign(head) == '{') {
        return {FaultKind::input, "this is JSON of no known layout", "line 1",
                "name its values in a mapping file with format = \"jsonl\": --layout MAPPING.toml "
                "(docs/mapping-files.md)"};
    }
    const Header header = tabular::header_after(head, guess_delimiter(head.bytes), 0);
    const std::string where = "line " + std::to_string(header.line);
    const auto any = [&](auto test) { return std::any_of(header.keys.begin(), header.keys.end(), test); };
    const auto has = [&](std::string_view key) { return header.find(key) >= 0; };

    const bool number = any(is_number_key);
    const bool time = any([](const std::string& key) { return is_time_key(key) && !is_register_key(key); });
    const bool told =
        has("threat") || has("link") || has("text") || has("asked_to_press_key") || has("money_lost");
    if (number && told) {
        return {FaultKind::input, "these look like reports of called persons, not call records", where,
                "use `sendh reports import`"};
    }
    if (has("trunk") || has("trunk group")) {
        if (!number && !time) {
            return {FaultKind::input, "this looks like a list of trunk groups, not of calls", where,
                    "use `sendh trunks add`"};
        }
    }
    if ((number && !time) || looks_like_numbers(header.names)) {
        return {FaultKind::input,
                "this looks like a list of numbers, not of calls: it has no column of times", where,
                "use `sendh register add` (or `sendh list add`); if it is call records, " +
                    std::string(use_mapping)};
    }
    return {FaultKind::input, "no known layout has these columns: " + tabular::shown(header.names), where,
            nearest_layout(header, head) + "; " + use_mapping};
}

Fault unknown_binary() {
    std::string tried;
    for (const Layout& layout : layouts()) {
        if (layout.binary) tried += (tried.empty() ? "" : ", ") + std::string(layout.name);
    }
    return {FaultKind::input,
            "the file is binary, and no binary layout begins like this (tried: " + tried + ")", "byte 0",
            "ask what wrote it; if it is one of these, give --layout and see where it breaks"};
}

}  // namespace

std::string_view name_of(RejectCode code) { return reject_names.at(static_cast<std::size_t>(code)); }

std::span<const Layout> layouts() {
#define SENDH_ENTER(name) name##_layout,
    static const std::array table = {SENDH_LAYOUTS(SENDH_ENTER)};
    return table;
}

const Layout* find_layout(std::string_view name) {
    for (const Layout& layout : layouts()) {
        if (layout.name == name) return &layout;
    }
    return nullptr;
}

Result<const Layout*> recognise(const FileHead& head) {
    const Layout* best = nullptr;
    int best_score = sure_enough - 1;
    const auto ask = [&](bool binary) {
        for (const Layout& layout : layouts()) {
            const int score = layout.binary == binary ? layout.recognise(head) : 0;
            if (score <= best_score) continue;
            best_score = score;
            best = &layout;
        }
    };
    ask(true);
    if (best != nullptr) return best;
    if (tabular::is_binary(head.bytes)) return unknown_binary();
    SENDH_CHECK(tabular::check_bytes(head));
    ask(false);
    if (best != nullptr) return best;
    return unknown_columns(head);
}

}  // namespace sendh
