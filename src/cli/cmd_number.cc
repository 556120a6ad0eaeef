// sendh number: a column of numbers in, what each one is out. Its input is somebody's list and its output is
// the answer about it, so numbers are shown as they are; nothing of them goes to standard error.
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "casework/import_lists.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "numbering/first_operator.h"
#include "numbering/numbering_plan.h"
#include "numbering/plan.h"
#include "numbering/plan_compiler.h"
#include "numbering/plan_source_json.h"

namespace sendh::cli {

namespace {

constexpr std::size_t at_once = 1U << 20U;

struct Answer {
    char e164[24];
    std::size_t e164_size = 0;
    bool valid = false;
    std::string_view reason, region, type;  // "" : absent
    SeriesAnswer series;
    std::string_view first_operator;
    char block[24];
    std::size_t block_size = 0;
};

// The national classes say more of an Indian number than the general plan does: 140, 160, destroyed numbers.
std::string_view indian_type(NumberClass c) {
    switch (c) {
        case NumberClass::telemarketing: return "telemarketing";
        case NumberClass::service: return "service";
        default: return "";
    }
}

class Judge {
public:
    Judge(const NumberingPlan& plan, TerritoryId home, const SeriesTable& series)
        : plan_(plan), home_(home), india_(plan.territory("IN")), series_(series) {}

    void ask(std::string_view text, Answer& out) const {
        out = {};
        // What tables of call records hold besides numbers is no number, and says what it is.
        if (home_ == india_) {
            const ParsedNumber cell = parse_number(text, Region::india);
            const NumberClass c = cell.number_class;
            if (c == NumberClass::none || c == NumberClass::scientific || c == NumberClass::short_code ||
                c == NumberClass::not_digits) {
                // An extension or letters on a keypad: the general plan may still read it.
                if (c != NumberClass::not_digits) {
                    out.reason = c == NumberClass::none ? "no_number" : name_of(c);
                    if (c == NumberClass::short_code) out.type = "short_code", out.region = "IN";
                    return;
                }
            }
            out.type = indian_type(c);
            if (!out.type.empty()) {
                out.valid = true;
                out.reason = "valid";
                out.region = "IN";
                put(unveil(cell.number), out);
                series(cell.number, out);
                return;
            }
        }
        const PlannedNumber number = plan_.parse(text, home_);
        out.valid = number.valid();
        out.reason = out.valid                                 ? "valid"
                     : number.reason == NumberReason::possible ? "no_such_range"
                                                               : name_of(number.reason);
        if (!number.parsed()) return;
        if (number.territory.index != TerritoryId::none) out.region = plan_.id_of(number.territory);
        if (out.valid) out.type = name_of(number.type);
        out.e164_size = unveil_e164(number, out.e164);
        if (!out.valid) return;
        block(out);
        series(number.number(), out);
    }

private:
    void series(PhoneNumber number, Answer& out) const {
        out.series = series_.find(number);
        out.first_operator = out.series.operator_name;
        if (out.first_operator.empty()) out.first_operator = first_operator(number);
    }
    static void put(std::uint64_t e164, Answer& out) {
        char digits[24];
        std::size_t n = 0;
        for (; e164 != 0; e164 /= 10) digits[n++] = static_cast<char>('0' + e164 % 10);
        out.e164[out.e164_size++] = '+';
        while (n != 0) out.e164[out.e164_size++] = digits[--n];
        block(out);
    }
    // Ten thousand numbers that a range dialler would take together: all but the last four digits.
    static void block(Answer& out) {
        if (out.e164_size < 7) return;
        out.block_size = out.e164_size - 4;
        for (std::size_t i = 0; i < out.block_size; ++i) out.block[i] = out.e164[i];
    }

    const NumberingPlan& plan_;
    TerritoryId home_, india_;
    const SeriesTable& series_;
};

void add_json_text(std::string_view text, std::string& out) {
    bool ordinary = true;
    for (const char c : text) ordinary = ordinary && c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
    if (!ordinary) {
        out += JsonWriter().value(text).text();
        return;
    }
    out += '"';
    out += text;
    out += '"';
}

void add_json(std::string_view key, std::string_view text, std::string& out) {
    out += key;
    if (text.empty()) {
        out += "null";
    } else {
        out += '"';
        out += text;
        out += '"';
    }
}

void add_object(std::string_view input, const Answer& a, Zone zone, std::string& out) {
    out += "{\"input\":";
    add_json_text(input, out);
    add_json(",\"e164\":", {a.e164, a.e164_size}, out);
    out += a.valid ? ",\"valid\":true" : ",\"valid\":false";
    add_json(",\"reason\":", a.reason, out);
    add_json(",\"region\":", a.region, out);
    add_json(",\"type\":", a.type, out);
    add_json(",\"series\":", name_of(a.series.allocation), out);
    add_json(",\"block\":", {a.block, a.block_size}, out);
    out += ",\"first_operator\":";
    if (a.first_operator.empty()) {
        out += "null";
    } else {
        add_json_text(a.first_operator, out);
    }
    if (a.series.as_of) {
        out += ",\"area\":";
        add_json_text(a.series.area, out);
        add_json(",\"as_of\":", iso_date(*a.series.as_of, zone), out);
    }
    out += "}\n";
}

// A plan compiled from a newer metadata file, where the one built in is too old.
struct LoadedPlan {
    std::vector<std::uint64_t> tables;  // aligned as the plan wants them
    std::optional<NumberingPlan> plan;
};

Done load(const std::string& path, LoadedPlan& out) {
    SENDH_TRY(const std::string json, read_whole(path, std::size_t{64} << 20U));
    SENDH_TRY(const PlanSource source, plan_source_from_json(json, shown_name(path)));
    SENDH_TRY(const std::string tables, compile_plan(source));
    out.tables.resize((tables.size() + 7) / 8);
    std::memcpy(out.tables.data(), tables.data(), tables.size());
    SENDH_TRY(out.plan,
              NumberingPlan::over(
                  {static_cast<const char*>(static_cast<const void*>(out.tables.data())), tables.size()}));
    return done();
}

}  // namespace

Result<int> number(Invocation& call) {
    LoadedPlan loaded;
    if (const std::string metadata = call.get("--metadata"); !metadata.empty()) {
        SENDH_CHECK(load(metadata, loaded));
    }
    const NumberingPlan& plan = loaded.plan ? *loaded.plan : NumberingPlan::builtin();
    Zone zone;
    SeriesTable series;
    SENDH_TRY(Case * c, call.open_case_if_any(Case::Access::read));
    if (c != nullptr) {
        zone = c->zone();
        SENDH_TRY(series, series_table(*c));
    }
    std::string usual = "IN";
    if (c != nullptr) usual = c->region() == Region::unknown ? "none" : c->region().id();
    const std::string region = call.get("--region", usual);
    const TerritoryId home = plan.territory(region);
    if (home.index == TerritoryId::none && region != "none") {
        return Fault{FaultKind::usage, "unknown region '" + without_numbers(region) + "'", "--region",
                     "use two capital letters (IN, AE, GB), or none for international form only"};
    }
    const std::string path = call.arguments().empty() ? "-" : call.argument(0);
    SENDH_TRY(const File file, open_to_read(path));
    const Judge judge(plan, home, series);
    const bool objects = call.format() == Format::json || call.format() == Format::ndjson;
    ListOutput list(
        call.format(), "numbers",
        {"input", "e164", "valid", "reason", "region", "type", "series", "block", "first_operator"});
    std::string out;
    Answer answer;
    const auto line = [&](std::string_view text) -> Done {
        if (text.ends_with('\r')) text.remove_suffix(1);
        judge.ask(text, answer);
        if (!objects) {
            list.row({std::string(text), std::string(answer.e164, answer.e164_size), answer.valid,
                      std::string(answer.reason), std::string(answer.region), std::string(answer.type),
                      std::string(name_of(answer.series.allocation)),
                      std::string(answer.block, answer.block_size), std::string(answer.first_operator)});
            return done();
        }
        add_object(text, answer, zone, out);
        if (out.size() < at_once) return done();
        print(out);
        out.clear();
        return flush();
    };
    std::vector<char> buffer(at_once);
    std::string rest;  // of a line that goes on in the next piece
    for (;;) {
        SENDH_TRY(const std::size_t size, read_some(file, buffer, path));
        if (size == 0) break;
        std::string_view piece(buffer.data(), size);
        for (std::size_t end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
            if (rest.empty()) {
                SENDH_CHECK(line(piece.substr(0, end)));
            } else {
                rest += piece.substr(0, end);
                SENDH_CHECK(line(rest));
                rest.clear();
            }
            piece.remove_prefix(end + 1);
        }
        rest += piece;
        if (rest.size() > at_once) {
            return Fault{FaultKind::input, "a line of more than a million characters", shown_name(path),
                         "one number a line"};
        }
    }
    if (!rest.empty()) {
        SENDH_CHECK(line(rest));
    }
    if (objects) {
        print(out);
        SENDH_CHECK(flush());
        return 0;
    }
    SENDH_CHECK(list.finish());
    return 0;
}

}  // namespace sendh::cli
