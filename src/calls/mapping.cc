#include "calls/mapping.h"

#include <algorithm>

#include "base/settings.h"
#include "base/text.h"
#include "calls/json_rows.h"
#include "calls/switch_words.h"
#include "calls/tabular.h"

namespace sendh {

namespace {

using namespace tabular;

constexpr std::array<std::string_view, call_fields> field_names = {
    "time",        "date",    "time_of_day", "cli",       "callee",  "duration", "direction",
    "disposition", "service", "trunk_in",    "trunk_out", "carrier", "country",  "redirect"};
static_assert(field_names.size() == static_cast<std::size_t>(Field::redirect) + 1);

const std::vector<std::string>& plain_keys() {
    static const std::vector<std::string> keys = {
        "format",      "template",    "delimiter",          "header", "preamble", "zone", "date_order",
        "time_format", "date_format", "time_of_day_format", "nothing"};
    return keys;
}

std::vector<std::string> known_keys() {
    std::vector<std::string> keys = plain_keys();
    for (const std::string_view name : field_names) keys.push_back("columns." + std::string(name));
    for (const std::string& name : report_fields()) keys.push_back("columns." + name);
    for (const Direction d :
         {Direction::unknown, Direction::incoming, Direction::outgoing, Direction::transit}) {
        keys.push_back("direction." + std::string(name_of(d)));
    }
    for (const Disposition d : {Disposition::unknown, Disposition::answered, Disposition::unanswered,
                                Disposition::busy, Disposition::failed}) {
        keys.push_back("disposition." + std::string(name_of(d)));
    }
    for (const Service s : {Service::voice, Service::sms, Service::other})
        keys.push_back("service." + std::string(name_of(s)));
    return keys;
}

// What a column means by the variable that FreeSWITCH's template writes into it; of two that mean the same,
// the one named first here.
struct Variable {
    std::string_view name;
    Field field;
    TimeForm form = TimeForm::any;
};
constexpr std::array<Variable, 10> variables = {{
    {"start_uepoch", Field::time, TimeForm::epoch_us},
    {"start_epoch", Field::time, TimeForm::epoch},
    {"start_stamp", Field::time},
    {"caller_id_number", Field::cli},
    {"destination_number", Field::callee},
    {"billsec", Field::duration},
    {"hangup_cause", Field::disposition},
    {"channel_name", Field::trunk_in},
    {"bridge_channel", Field::trunk_out},
    {"rdnis", Field::redirect},
}};

// The variable of a cell that holds "${name}" and nothing else; else "".
std::string_view variable_in(std::string_view cell) {
    cell = trim(cell);
    if (!cell.starts_with("${") || !cell.ends_with('}')) return {};
    cell = cell.substr(2, cell.size() - 3);
    return cell.find_first_of("${}") == std::string_view::npos ? trim(cell) : std::string_view{};
}

// [columns] as a whole and the like; what Settings flattens to "columns.time".
std::string as_written(const std::string& key) {
    const std::size_t dot = key.find('.');
    return dot == std::string::npos ? key : "[" + key.substr(0, dot) + "] " + key.substr(dot + 1);
}

class Parser {
public:
    Parser(const Settings& settings, std::string file_name) : settings_(settings) {
        mapping_.file_name = std::move(file_name);
    }

    Result<Mapping> parse() {
        SENDH_CHECK(refuse_unknown_keys());
        SENDH_CHECK(parse_form());
        SENDH_CHECK(parse_shape());
        SENDH_CHECK(parse_template());
        SENDH_CHECK(parse_times());
        SENDH_CHECK(parse_columns());
        read_words("direction", mapping_.directions,
                   {Direction::unknown, Direction::incoming, Direction::outgoing, Direction::transit});
        read_words("disposition", mapping_.dispositions,
                   {Disposition::unknown, Disposition::answered, Disposition::unanswered, Disposition::busy,
                    Disposition::failed});
        read_words("service", mapping_.services, {Service::voice, Service::sms, Service::other});
        SENDH_CHECK(check_words(mapping_.directions, "direction"));
        SENDH_CHECK(check_words(mapping_.dispositions, "disposition"));
        SENDH_CHECK(check_words(mapping_.services, "service"));
        mapping_.nothing = settings_.list("nothing");
        return std::move(mapping_);
    }

private:
    [[nodiscard]] std::string at(unsigned line) const {
        return mapping_.file_name + (line > 0 ? ":" + std::to_string(line) : "");
    }
    [[nodiscard]] Fault fault(const std::string& key, std::string what, std::string to_do) const {
        return {FaultKind::input, std::move(what), at(settings_.line(key)), std::move(to_do)};
    }

    Done refuse_unknown_keys() {
        const std::vector<std::string> known = known_keys();
        std::string first;
        for (const std::string& key : settings_.keys()) {
            if (std::find(known.begin(), known.end(), key) != known.end()) continue;
            if (first.empty() || settings_.line(key) < settings_.line(first)) first = key;
        }
        if (first.empty()) return done();
        const std::string near = nearest(first, known);
        return fault(first, "a mapping file does not know " + shown(as_written(first)),
                     near.empty() ? "see docs/mapping-files.md for the keys"
                                  : "did you mean " + as_written(near) + "?");
    }

    Done parse_form() {
        const std::string format = lower_ascii(settings_.get("format", "csv"));
        if (format != "csv" && format != "jsonl")
            return fault("format", "unknown format", "csv (any delimiter), or jsonl");
        mapping_.json_lines = format == "jsonl";
        if (!mapping_.json_lines) return done();
        for (const char* key : {"delimiter", "header", "preamble", "template"}) {
            if (settings_.has(key))
                return fault(key, "JSON lines have no " + std::string(key),
                             "leave it out, or format = \"csv\"");
        }
        return done();
    }

    Done parse_template() {
        if (!settings_.has("template")) return done();
        if (settings_.has("header")) {
            return fault("header", "a file that a template has written has no header",
                         "leave out header, or template");
        }
        const std::string text = settings_.get("template");
        const std::size_t first = text.find('}');
        std::size_t behind = first == std::string::npos ? text.size() : first + 1;
        if (behind < text.size() && (text[behind] == '"' || text[behind] == '\'')) ++behind;
        const char guess = behind < text.size() ? text[behind] : ',';
        const char delimiter = mapping_.delimiter.value_or(guess);
        if (text.find('\n') != std::string::npos ||
            std::string_view(",;|\t").find(guess) == std::string_view::npos) {
            return fault("template", "the template is no row of ${variables} with a delimiter between them",
                         "copy it from cdr_csv.conf: \"${caller_id_number}\",\"${destination_number}\",…");
        }
        DelimitedReader reader(text, delimiter);
        DelimitedRow row;
        const auto more = reader.next(row);
        bool any = false;
        if (more.ok() && *more && !row.broken) {
            for (const std::string_view field : row.fields) {
                mapping_.template_columns.emplace_back(variable_in(bare(field)));
                any = any || !mapping_.template_columns.back().empty();
            }
        }
        if (!any) {
            return fault("template", "the template names no ${variable}",
                         "copy it from cdr_csv.conf: \"${caller_id_number}\",\"${destination_number}\",…");
        }
        mapping_.delimiter = delimiter;
        mapping_.header = false;
        return done();
    }

    // What [columns] leaves out is told by the variables of the template.
    void use_variables() {
        const auto& names = mapping_.template_columns;
        const auto has = [&](Field field) { return mapping_.column(field).has_value(); };
        if (has(Field::time) && !names.empty() && !settings_.has("time_format")) {
            for (const Variable& variable : variables) {
                if (variable.name == mapping_.column(Field::time)->name) mapping_.time_form = variable.form;
            }
        }
        for (const Variable& variable : variables) {
            if (has(variable.field) || std::find(names.begin(), names.end(), variable.name) == names.end())
                continue;
            if (variable.field == Field::time) {
                if (has(Field::date) || has(Field::time_of_day)) continue;
                if (!settings_.has("time_format")) mapping_.time_form = variable.form;
            }
            Mapping::ColumnRef ref;
            ref.name = std::string(variable.name);
            ref.line = settings_.line("template");
            mapping_.columns[static_cast<std::size_t>(variable.field)] = ref;
        }
    }

    Done parse_shape() {
        const std::string delimiter = settings_.get("delimiter", "auto");
        if (delimiter != "auto") {
            constexpr std::array<std::pair<std::string_view, char>, 5> names = {
                {{"tab", '\t'}, {"comma", ','}, {"semicolon", ';'}, {"pipe", '|'}, {"space", ' '}}};
            char c = delimiter.size() == 1 ? delimiter[0] : '\0';
            for (const auto& [name, value] : names) {
                if (delimiter == name) c = value;
            }
            const bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            const bool sign = c == '\t' || (c >= ' ' && c < 0x7F);
            if (!sign || letter || c == '"') {
                return fault("delimiter", "a delimiter is one sign", "one of , ; | tab, or auto");
            }
            mapping_.delimiter = c;
        }
        if (settings_.has("header")) {
            const auto header = parse_yes_no(settings_.get("header"));
            if (!header)
                return fault("header", "header is neither true nor false",
                             "header = true, or header = false");
            mapping_.header = *header;
        }
        if (settings_.has("preamble")) {
            const auto lines = parse_integer(settings_.get("preamble"));
            if (!lines || *lines < 0 || *lines > 10'000) {
                return fault("preamble", "preamble is the number of lines before the header",
                             "a number from 0 to 10000");
            }
            mapping_.preamble = static_cast<std::uint64_t>(*lines);
        }
        return done();
    }

    Done parse_times() {
        if (settings_.has("zone")) {
            const auto zone = parse_zone(settings_.get("zone"));
            if (!zone.ok()) return fault("zone", zone.fault().what, zone.fault().to_do);
            mapping_.zone = *zone;
        }
        if (settings_.has("date_order")) {
            const std::string order = lower_ascii(settings_.get("date_order"));
            if (order == "day" || order == "day_first") {
                mapping_.date_order = DateOrder::day_first;
            } else if (order == "month" || order == "month_first") {
                mapping_.date_order = DateOrder::month_first;
            } else if (order == "year" || order == "year_first") {
                mapping_.date_order = DateOrder::year_first;
            } else {
                return fault("date_order", "unknown date_order", "day, month or year");
            }
        }
        if (settings_.has("time_format")) {
            constexpr std::array<std::pair<std::string_view, TimeForm>, 5> forms = {
                {{"auto", TimeForm::any},
                 {"iso", TimeForm::iso},
                 {"epoch", TimeForm::epoch},
                 {"epoch_ms", TimeForm::epoch_ms},
                 {"epoch_us", TimeForm::epoch_us}}};
            const std::string text = settings_.get("time_format");
            mapping_.time_form = TimeForm::format;
            for (const auto& [name, form] : forms) {
                if (text == name) mapping_.time_form = form;
            }
            if (mapping_.time_form == TimeForm::format) {
                if (text.find('%') == std::string::npos) {
                    return fault("time_format", "unknown time_format",
                                 "auto, iso, epoch, epoch_ms, epoch_us, or a form such as %d/%m/%Y %H:%M:%S");
                }
                SENDH_CHECK(
                    parse_format("time_format", TimeFormat::Gives::date_and_time, mapping_.time_format));
            }
        }
        SENDH_CHECK(parse_format("date_format", TimeFormat::Gives::date, mapping_.date_format));
        return parse_format("time_of_day_format", TimeFormat::Gives::time, mapping_.time_of_day_format);
    }

    Done parse_format(const std::string& key, TimeFormat::Gives gives, std::optional<TimeFormat>& out) {
        if (!settings_.has(key)) return done();
        auto format = TimeFormat::parse(settings_.get(key), gives);
        if (!format.ok()) return fault(key, format.fault().what, format.fault().to_do);
        out = std::move(*format);
        return done();
    }

    Done parse_columns() {
        std::vector<std::string> keys = settings_.keys();
        for (const std::string& key : keys) {
            if (!key.starts_with("columns.")) continue;
            const std::string name = key.substr(8);
            Mapping::ColumnRef ref;
            ref.name = settings_.get(key);
            ref.line = settings_.line(key);
            if (settings_.list(key).size() != 1 || column_key(ref.name).empty()) {
                return fault(key, as_written(key) + " names no column",
                             mapping_.json_lines ? "give the path of its value: event.from"
                                                 : "give its name in the header, or its number from 1");
            }
            if (mapping_.json_lines) {
                SENDH_CHECK(check_path(key, ref.name));
            } else if (ref.name.find_first_not_of("0123456789") == std::string::npos) {
                const auto number = parse_integer(ref.name);
                if (!number || *number < 1 || *number > 10'000) {
                    return fault(key, as_written(key) + " is no number of a column",
                                 "columns are numbered from 1");
                }
                ref.index = static_cast<int>(*number - 1);
            } else if (!mapping_.template_columns.empty()) {
                const auto& names = mapping_.template_columns;
                if (std::find(names.begin(), names.end(), ref.name) == names.end()) {
                    const std::string near = nearest(ref.name, names);
                    return fault(
                        key, "the template has no variable " + shown(ref.name),
                        near.empty() ? "it has " + shown(names) : "did you mean " + shown(near) + "?");
                }
            } else if (!mapping_.header) {
                return fault(key, "a file without a header has no column names",
                             "give the number of the column, from 1");
            }
            const auto at = std::find(field_names.begin(), field_names.end(), name);
            if (at != field_names.end())
                mapping_.columns[static_cast<std::size_t>(at - field_names.begin())] = ref;
            const auto& reports = report_fields();
            if (std::find(reports.begin(), reports.end(), name) != reports.end())
                mapping_.report_columns[name] = ref;
        }
        use_variables();
        const auto has = [&](Field field) { return mapping_.column(field).has_value(); };
        if (!has(Field::callee) && !mapping_.report_columns.contains("number")) {
            return Fault{FaultKind::input, "the mapping names no called number", at(0),
                         "[columns] callee = … for calls, number = … for reports"};
        }
        if (has(Field::time) && (has(Field::date) || has(Field::time_of_day))) {
            return fault("columns.time", "both time and date or time_of_day are named",
                         "time is date and time in one column; date and time_of_day are two");
        }
        if (has(Field::date) != has(Field::time_of_day)) {
            return fault(has(Field::date) ? "columns.date" : "columns.time_of_day",
                         "date and time_of_day go together",
                         "name both, or time for one column that holds both");
        }
        return done();
    }

    Done check_path(const std::string& key, const std::string& path) const {
        constexpr std::size_t longest = 200;
        const bool empty_key =
            path.starts_with('.') || path.ends_with('.') || path.find("..") != std::string::npos;
        if (path.size() <= longest && !empty_key) return done();
        return fault(key, as_written(key) + " is no path of keys",
                     "write the keys with one dot between them: event.from");
    }

    template <class Value>
    void read_words(const std::string& table, std::vector<std::pair<std::string, Value>>& out,
                    std::initializer_list<Value> values) {
        for (const Value value : values) {
            for (const std::string& word : settings_.list(table + "." + std::string(name_of(value)))) {
                out.emplace_back(lower_ascii(trim(word)), value);
            }
        }
    }

    template <class Value>
    Done check_words(const std::vector<std::pair<std::string, Value>>& words, const std::string& table) {
        for (std::size_t i = 0; i < words.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (words[i].first != words[j].first || words[i].second == words[j].second) continue;
                return fault(table + "." + std::string(name_of(words[i].second)),
                             "a word of [" + table + "] means two things: " + shown(words[i].first),
                             "let it stand once");
            }
        }
        return done();
    }

    const Settings& settings_;
    Mapping mapping_;
};

template <class Value>
std::optional<Value> look_up(const std::vector<std::pair<std::string, Value>>& words, std::string_view word) {
    for (const auto& [text, value] : words) {
        if (same_word(word, text)) return value;
    }
    return std::nullopt;
}

std::optional<Direction> usual_direction(std::string_view word) {
    if (is_one_of(word, {"in", "incoming", "inbound", "mt", "mtc", "terminating", "smt", "a_in"}))
        return Direction::incoming;
    if (is_one_of(word, {"out", "outgoing", "outbound", "mo", "moc", "originating", "smo", "a_out"}))
        return Direction::outgoing;
    if (is_one_of(word, {"transit", "tandem"})) return Direction::transit;
    if (same_word(word, "unknown")) return Direction::unknown;
    return std::nullopt;
}

std::optional<Disposition> usual_disposition(std::string_view word) {
    if (is_one_of(word, {"answered", "answer", "normal_clearing", "connected", "success", "completed"}))
        return Disposition::answered;
    if (is_one_of(word, {"unanswered", "no answer", "no_answer", "noanswer", "missed", "cancel",
                         "originator_cancel"})) {
        return Disposition::unanswered;
    }
    if (is_one_of(word, {"busy", "user_busy"})) return Disposition::busy;
    if (is_one_of(word, {"failed", "failure", "congestion", "error"})) return Disposition::failed;
    if (same_word(word, "unknown")) return Disposition::unknown;
    return std::nullopt;
}

std::optional<Service> usual_service(std::string_view word) {
    if (is_one_of(word, {"voice", "voice call", "call", "volte", "vowifi", "tel"})) return Service::voice;
    if (is_one_of(word, {"sms", "message", "text", "smt", "smo"})) return Service::sms;
    if (is_one_of(word, {"other", "data", "gprs", "video", "mms", "fax"})) return Service::other;
    return std::nullopt;
}

class MappedRows {
public:
    MappedRows(const Mapping& mapping, const ReadOptions& options, std::array<int, call_fields> at,
               DateDecision decision)
        : mapping_(mapping),
          home_(options.home),
          zone_(options.zone_stated ? options.zone : mapping.zone.value_or(options.zone)),
          stamps_(mapping.time_form, mapping.time_format ? &*mapping.time_format : nullptr, zone_, decision),
          days_(decision, zone_),
          at_(at) {
        for (const int column : at_) widest_ = std::max(widest_, column);
        const auto holds_channel = [&](Field field) {
            const auto& ref = mapping.column(field);
            return !mapping.template_columns.empty() && ref && ref->name.ends_with("channel_name");
        };
        channel_in_ = holds_channel(Field::trunk_in);
        channel_out_ = holds_channel(Field::trunk_out) ||
                       (!mapping.template_columns.empty() && mapping.column(Field::trunk_out) &&
                        mapping.column(Field::trunk_out)->name.ends_with("_channel"));
        causes_ = !mapping.template_columns.empty() && mapping.dispositions.empty();
    }

    std::optional<Refusal> take(const DelimitedRow& row, CallRow& call) {
        if (static_cast<std::size_t>(widest_) >= row.fields.size()) return Refusal{RejectCode::column_count};
        if (const auto refusal = take_time(row, call)) return refusal;

        const std::string_view callee = cell(row, Field::callee);
        const std::string_view cli = cell(row, Field::cli);
        call.direction = word_of(row, Field::direction, mapping_.directions, usual_direction,
                                 strange_directions_, Direction::unknown);
        call.service =
            word_of(row, Field::service, mapping_.services, usual_service, strange_services_, Service::voice);
        const std::string_view country = cell(row, Field::country);
        const int hint = country.empty() ? 0 : calling_code_of(country);
        const bool outgoing = call.direction == Direction::outgoing;
        call.callee = parse_number(callee, home_, outgoing ? hint : 0);
        if (const auto fault = callee_fault(call.callee.number_class)) return refuse(*fault, Field::callee);
        call.cli =
            parse_number(cli, home_, outgoing && call.callee.number_class == NumberClass::foreign ? 0 : hint);
        if (call.cli.number_class == NumberClass::scientific)
            return refuse(RejectCode::scientific, Field::cli);
        call.cli_text = sender_id(cli, call.cli.number_class);
        if (hint != 0 && call.direction == Direction::incoming &&
            fits_both(cli, call.cli.number_class, home_, hint))
            of_either_country_.count(row.line);

        if (const std::string_view duration = cell(row, Field::duration); !duration.empty()) {
            const auto seconds = seconds_of(duration);
            if (!seconds) return refuse(RejectCode::bad_duration, Field::duration);
            call.duration = *seconds;
        }
        const bool says = !cell(row, Field::disposition).empty();
        if (says && causes_) {
            call.disposition = disposition_of_cause(cell(row, Field::disposition), call.duration > 0);
        } else if (says) {
            call.disposition = word_of(row, Field::disposition, mapping_.dispositions, usual_disposition,
                                       strange_dispositions_, Disposition::unknown);
        } else if (call.duration >= 0 && call.service == Service::voice) {
            call.disposition = call.duration > 0 ? Disposition::answered : Disposition::unanswered;
        }
        if (const auto fault =
                take_redirect(cell(row, Field::redirect), home_, row.line, call.redirect, strange_redirects_))
            return refuse(*fault, Field::redirect);
        call.trunk_in = cell(row, Field::trunk_in);
        call.trunk_out = cell(row, Field::trunk_out);
        if (channel_in_) call.trunk_in = trunk_of_freeswitch(call.trunk_in);
        if (channel_out_) call.trunk_out = trunk_of_freeswitch(call.trunk_out);
        call.carrier = cell(row, Field::carrier);
        return std::nullopt;
    }

    [[nodiscard]] DateDecision& dates() {
        return at_[static_cast<std::size_t>(Field::time)] < 0 ? days_.decision() : stamps_.decision();
    }
    [[nodiscard]] int time_column(const DelimitedRow&) const {
        const int time = at_[static_cast<std::size_t>(Field::time)];
        return time >= 0 ? time : at_[static_cast<std::size_t>(Field::date)];
    }
    [[nodiscard]] Fault fault() const { return decision().fault(); }

    void join(const MappedRows& later) {
        strange_directions_.join(later.strange_directions_);
        strange_dispositions_.join(later.strange_dispositions_);
        strange_services_.join(later.strange_services_);
        strange_redirects_.join(later.strange_redirects_);
        of_either_country_.join(later.of_either_country_);
    }

    void finish(ReadSummary& summary) const {
        const bool fixed = mapping_.date_format || mapping_.time_form != TimeForm::any;
        if (fixed)
            summary.date_evidence = "the mapping file gives the form of dates";
        else
            decision().report_to(summary);
        if (!fixed && mapping_.date_order != DateOrder::undecided)
            summary.date_evidence = "the mapping file says so";
        strange_directions_.note("direction", "taken as unknown", summary);
        strange_services_.note("service", "taken as voice", summary);
        strange_dispositions_.note("disposition", "taken as unknown", summary);
        strange_redirects_.note("redirect", no_redirect, summary);
        note_of_both(of_either_country_, "country", summary);
    }

private:
    [[nodiscard]] const DateDecision& decision() const {
        return at_[static_cast<std::size_t>(Field::time)] < 0 ? days_.decision() : stamps_.decision();
    }

    // A bare cell; "" when nothing stands in it.
    [[nodiscard]] std::string_view cell(const DelimitedRow& row, Field field) const {
        const int column = at_[static_cast<std::size_t>(field)];
        if (column < 0) return {};
        const std::string_view text = bare(row.fields[static_cast<std::size_t>(column)]);
        if (is_blank(text)) return {};
        for (const std::string& nothing : mapping_.nothing) {
            if (text == nothing) return {};
        }
        return text;
    }

    [[nodiscard]] Refusal refuse(RejectCode code, Field field) const {
        return {code, at_[static_cast<std::size_t>(field)]};
    }

    template <class Value>
    Value word_of(const DelimitedRow& row, Field field,
                  const std::vector<std::pair<std::string, Value>>& words,
                  std::optional<Value> (*usual)(std::string_view), StrangeWords& strange, Value otherwise) {
        const std::string_view word = cell(row, field);
        if (word.empty()) return otherwise;
        const auto value = words.empty() ? usual(word) : look_up(words, word);
        if (!value) strange.count(row.line);
        return value.value_or(otherwise);
    }

    std::optional<Refusal> take_time(const DelimitedRow& row, CallRow& call) {
        if (at_[static_cast<std::size_t>(Field::time)] < 0) return take_date_and_time(row, call);
        switch (stamps_.read(cell(row, Field::time), row.line, call.time)) {
            case Days::Outcome::read: return std::nullopt;
            case Days::Outcome::bad: return refuse(RejectCode::bad_time, Field::time);
            default: return Refusal{RejectCode::bad_time, at_[static_cast<std::size_t>(Field::time)], true};
        }
    }

    std::optional<Refusal> take_date_and_time(const DelimitedRow& row, CallRow& call) {
        const Refusal bad = refuse(RejectCode::bad_time, Field::date);
        Micros midnight;
        const std::string_view date = cell(row, Field::date);
        if (mapping_.date_format) {
            const auto parts = mapping_.date_format->read(date);
            const auto instant = parts ? to_micros(parts->civil, zone_) : std::nullopt;
            if (!instant) return bad;
            midnight = *instant;
        } else {
            switch (days_.read(date, row.line, midnight)) {
                case Days::Outcome::bad: return bad;
                case Days::Outcome::stop: return Refusal{RejectCode::bad_time, bad.column, true};
                case Days::Outcome::read: break;
            }
        }
        const std::string_view text = cell(row, Field::time_of_day);
        std::optional<std::int64_t> clock;
        if (!mapping_.time_of_day_format) {
            clock = time_of_day(text);
        } else if (const auto parts = mapping_.time_of_day_format->read(text)) {
            const auto instant = to_micros(parts->civil, Zone{0});
            if (instant) clock = instant->value;
        }
        if (!clock && !mapping_.time_of_day_format) clock = time_of_dated(text, date, midnight, zone_);
        if (!clock) return refuse(RejectCode::bad_time, Field::time_of_day);
        call.time.value = midnight.value + *clock;
        return std::nullopt;
    }

    const Mapping& mapping_;
    Region home_;
    Zone zone_;
    Stamps stamps_;  // `time`
    Days days_;      // `date`
    std::array<int, call_fields> at_;
    int widest_ = 0;
    // Of a file that a FreeSWITCH template has written:
    bool channel_in_ = false, channel_out_ = false;  // the trunk stands in the name of a channel
    bool causes_ = false;                            // the disposition is a cause of release
    StrangeWords strange_directions_, strange_dispositions_, strange_services_, strange_redirects_,
        of_either_country_;
};

// The paths of a mapping and where each field stands among them.
std::vector<std::string> paths_of(const Mapping& mapping, std::array<int, call_fields>& at) {
    std::vector<std::string> paths;
    at.fill(-1);
    for (std::size_t i = 0; i < at.size(); ++i) {
        if (!mapping.columns[i]) continue;
        at[i] = static_cast<int>(paths.size());
        paths.push_back(mapping.columns[i]->name);
    }
    return paths;
}

// What the first records show: that the values everything hangs on are there, and the order of the dates.
Result<DateDecision> look_at_json(const Mapping& mapping, const FileHead& head,
                                  const std::vector<std::string>& paths,
                                  const std::array<int, call_fields>& at, DateDecision decision) {
    const bool one_column = mapping.column(Field::time).has_value();
    const bool open = one_column ? mapping.time_form == TimeForm::any : !mapping.date_format.has_value();
    const auto date =
        static_cast<std::size_t>(at[static_cast<std::size_t>(one_column ? Field::time : Field::date)]);
    SENDH_TRY(JsonRows records, JsonRows::open(memory_source(head.bytes), JsonRows::Form::lines, paths));
    JsonRow row;
    std::uint64_t whole_records = 0;
    while (true) {
        SENDH_TRY(const bool more, records.next(row));
        if (!more) break;
        const DelimitedRow& cells = row.cells;
        const bool cut = !head.whole && cells.offset + cells.raw.size() >= head.bytes.size();
        if (cut || row.why) continue;
        ++whole_records;
        const std::string_view cell = bare(cells.fields[date]);
        const auto written = open ? split_date(one_column ? Stamps::date_part(cell) : cell) : std::nullopt;
        if (written) decision.observe(*written, cells.line);
    }
    for (const Field field : {Field::callee, Field::time, Field::date, Field::time_of_day}) {
        const int column = at[static_cast<std::size_t>(field)];
        if (whole_records == 0 || column < 0 || records.seen(static_cast<std::size_t>(column))) continue;
        const Mapping::ColumnRef& ref = *mapping.column(field);
        const std::vector<std::string> found = records.found();
        const std::string near = nearest(ref.name, found);
        return Fault{FaultKind::input, "no record has a value at " + shown(ref.name),
                     mapping.file_name + ":" + std::to_string(ref.line),
                     (near.empty() ? "" : "did you mean " + shown(near) + "? ") + "found: " + shown(found)};
    }
    if (open) SENDH_CHECK(decision.decide(head.whole));
    return decision;
}

Result<ReadSummary> read_mapped_json(const Mapping& mapping, const FileHead& head, const ByteSource& source,
                                     const ReadOptions& options, NameTable& names, const CallSink& sink) {
    SENDH_CHECK(check_json_bytes(head));
    std::array<int, call_fields> at{};
    const std::vector<std::string> paths = paths_of(mapping, at);
    const DateOrder stated =
        options.date_order != DateOrder::undecided ? options.date_order : mapping.date_order;
    SENDH_TRY(
        const DateDecision decision,
        look_at_json(mapping, head, paths, at, DateDecision(stated, DateOrder::undecided, options.now)));
    MappedRows rows(mapping, options, at, decision);
    SENDH_TRY(JsonRows records, JsonRows::open(source, JsonRows::Form::lines, paths));
    SENDH_TRY(ReadSummary summary, read_json(records, options, names, sink, rows));
    for (std::size_t i = 0; i < paths.size() && summary.accepted > 0; ++i) {
        if (!records.seen(i)) summary.notes.push_back("no record has a value at " + shown(paths[i]));
    }
    return summary;
}

}  // namespace

std::string_view name_of(Field field) { return field_names.at(static_cast<std::size_t>(field)); }

Result<int> tabular::resolve(const Mapping& mapping, const Mapping::ColumnRef& ref, const Header& header) {
    if (ref.index >= 0) {
        if (!header.keys.empty() && static_cast<std::size_t>(ref.index) >= header.keys.size()) {
            return Fault{FaultKind::input, "the file has no column " + std::to_string(ref.index + 1),
                         mapping.file_name + ":" + std::to_string(ref.line),
                         "it has " + std::to_string(header.keys.size()) + " columns"};
        }
        return ref.index;
    }
    const int column = header.find(ref.name);
    if (column < 0) {
        return Fault{FaultKind::input, "the file has no column " + shown(ref.name),
                     mapping.file_name + ":" + std::to_string(ref.line), "found: " + shown(header.names)};
    }
    if (std::count(header.keys.begin(), header.keys.end(), header.keys[static_cast<std::size_t>(column)]) >
        1) {
        const bool by_template = !mapping.template_columns.empty();
        return Fault{FaultKind::input,
                     "the column " + shown(ref.name) + " stands in the " +
                         (by_template ? "template" : "header") + " twice",
                     by_template ? mapping.file_name : "line " + std::to_string(header.line),
                     "name it by its number in the mapping file, from 1"};
    }
    return column;
}

Result<std::shared_ptr<const Mapping>> parse_mapping(std::string_view toml, std::string_view file_name) {
    const std::string name = shown(file_name);
    auto settings = Settings::parse(toml, name);
    if (!settings.ok()) {
        Fault fault = settings.fault();
        fault.what = without_numbers(fault.what);
        fault.where = without_numbers(fault.where);
        return fault;
    }
    SENDH_TRY(Mapping mapping, Parser(*settings, name).parse());
    return std::shared_ptr<const Mapping>(std::make_shared<Mapping>(std::move(mapping)));
}

Result<ReadSummary> read_mapped(const Mapping& mapping, const FileHead& head, const ByteSource& source,
                                const ReadOptions& options, NameTable& names, const CallSink& sink) {
    const bool one_column = mapping.column(Field::time).has_value();
    if (!mapping.column(Field::callee) || (!one_column && !mapping.column(Field::date))) {
        return Fault{FaultKind::input, "the mapping names no called number or no time", mapping.file_name,
                     "[columns] needs callee, and time or date with time_of_day"};
    }
    if (mapping.json_lines) return read_mapped_json(mapping, head, source, options, names, sink);
    SENDH_CHECK(check_bytes(head));
    const char delimiter = mapping.delimiter ? *mapping.delimiter : guess_delimiter(head.bytes);
    Header header = header_after(head, delimiter, mapping.preamble);
    if (mapping.header && header.line == 0) {
        return Fault{FaultKind::input, "the file has no header",
                     "line " + std::to_string(mapping.preamble + 1),
                     "look at preamble and header in the mapping file"};
    }
    std::array<int, call_fields> at;
    at.fill(-1);
    if (!mapping.header) header = Header{delimiter, mapping.preamble, 0, {}, {}};
    for (const std::string& variable : mapping.template_columns) {
        header.names.push_back(variable);
        header.keys.push_back(column_key(variable));
    }
    for (std::size_t i = 0; i < at.size(); ++i) {
        if (!mapping.columns[i]) continue;
        SENDH_TRY(at[i], resolve(mapping, *mapping.columns[i], header));
    }
    const DateOrder stated =
        options.date_order != DateOrder::undecided ? options.date_order : mapping.date_order;
    const bool open = one_column ? mapping.time_form == TimeForm::any : !mapping.date_format.has_value();
    DateDecision decision(stated, DateOrder::undecided, options.now);
    if (open) {
        const int column = at[static_cast<std::size_t>(one_column ? Field::time : Field::date)];
        SENDH_TRY(decision, decide_dates(
                                head, header, column, decision,
                                one_column ? Stamps::date_part : [](std::string_view cell) { return cell; }));
    }
    MappedRows rows(mapping, options, at, decision);
    return read_table(header, source, options, names, sink, rows);
}

}  // namespace sendh
