#include <algorithm>
#include <array>

#include "base/text.h"
#include "calls/layout_airtel.h"
#include "calls/layout_ild.h"
#include "calls/reader.h"
#include "calls/tabular.h"

namespace sendh {

namespace {

using tabular::Header;

constexpr std::array<std::string_view, reject_codes> reject_names = {
    "broken_row", "column_count", "bad_encoding", "bad_time",
    "bad_callee", "scientific",   "bad_duration", "bad_value"};
static_assert(reject_names.size() == static_cast<std::size_t>(RejectCode::bad_value) + 1);

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

Fault unknown_columns(const FileHead& head) {
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

}  // namespace

std::string_view name_of(RejectCode code) { return reject_names.at(static_cast<std::size_t>(code)); }

std::span<const Layout> layouts() {
    static const std::array<Layout, 2> table = {ild_layout, airtel_layout};
    return table;
}

const Layout* find_layout(std::string_view name) {
    for (const Layout& layout : layouts()) {
        if (layout.name == name) return &layout;
    }
    return nullptr;
}

Result<const Layout*> recognise(const FileHead& head) {
    SENDH_CHECK(tabular::check_bytes(head));
    const Layout* best = nullptr;
    int best_score = 0;
    for (const Layout& layout : layouts()) {
        const int score = layout.recognise(head);
        if (score > best_score) {
            best_score = score;
            best = &layout;
        }
    }
    if (best_score >= sure_enough) return best;
    return unknown_columns(head);
}

}  // namespace sendh
