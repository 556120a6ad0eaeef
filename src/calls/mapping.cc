#include "calls/mapping.h"

#include <algorithm>

#include "base/settings.h"
#include "base/text.h"
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
        "delimiter",   "header",      "preamble",           "zone",   "date_order",
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
        SENDH_CHECK(parse_shape());
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
                             "give its name in the header, or its number from 1");
            }
            if (ref.name.find_first_not_of("0123456789") == std::string::npos) {
                const auto number = parse_integer(ref.name);
                if (!number || *number < 1 || *number > 10'000) {
                    return fault(key, as_written(key) + " is no number of a column",
                                 "columns are numbered from 1");
                }
                ref.index = static_cast<int>(*number - 1);
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
          zone_(mapping.zone.value_or(options.zone)),
          stamps_(mapping.time_form, mapping.time_format ? &*mapping.time_format : nullptr, zone_, decision),
          days_(decision, zone_),
          at_(at) {
        for (const int column : at_) widest_ = std::max(widest_, column);
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

        if (const std::string_view duration = cell(row, Field::duration); !duration.empty()) {
            const auto seconds = seconds_of(duration);
            if (!seconds) return refuse(RejectCode::bad_duration, Field::duration);
            call.duration = *seconds;
        }
        const bool says = !cell(row, Field::disposition).empty();
        if (says) {
            call.disposition = word_of(row, Field::disposition, mapping_.dispositions, usual_disposition,
                                       strange_dispositions_, Disposition::unknown);
        } else if (call.duration >= 0 && call.service == Service::voice) {
            call.disposition = call.duration > 0 ? Disposition::answered : Disposition::unanswered;
        }
        if (const std::string_view redirect = cell(row, Field::redirect); !redirect.empty()) {
            const ParsedNumber number = parse_number(redirect, home_);
            if (is_dialable(number.number_class)) call.redirect = number.number;
        }
        call.trunk_in = cell(row, Field::trunk_in);
        call.trunk_out = cell(row, Field::trunk_out);
        call.carrier = cell(row, Field::carrier);
        return std::nullopt;
    }

    [[nodiscard]] Fault fault() const { return decision().fault(); }

    void finish(ReadSummary& summary) const {
        const bool fixed = mapping_.date_format || mapping_.time_form != TimeForm::any;
        summary.date_order = fixed ? DateOrder::undecided : decision().order();
        summary.date_evidence = fixed ? "the mapping file gives the form of dates" : decision().evidence();
        if (!fixed && mapping_.date_order != DateOrder::undecided)
            summary.date_evidence = "the mapping file says so";
        strange_directions_.note("direction", "taken as unknown", summary);
        strange_services_.note("service", "taken as voice", summary);
        strange_dispositions_.note("disposition", "taken as unknown", summary);
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
    StrangeWords strange_directions_, strange_dispositions_, strange_services_;
};

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
        return Fault{FaultKind::input, "the column " + shown(ref.name) + " stands in the header twice",
                     "line " + std::to_string(header.line),
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
    for (std::size_t i = 0; i < at.size(); ++i) {
        if (!mapping.columns[i]) continue;
        SENDH_TRY(at[i], resolve(mapping, *mapping.columns[i], header));
    }
    const DateOrder stated =
        options.date_order != DateOrder::undecided ? options.date_order : mapping.date_order;
    const bool open = one_column ? mapping.time_form == TimeForm::any : !mapping.date_format.has_value();
    DateDecision decision(stated, DateOrder::undecided);
    if (open) {
        const int column = at[static_cast<std::size_t>(one_column ? Field::time : Field::date)];
        SENDH_TRY(decision, decide_dates(
                                head, header, column, stated, DateOrder::undecided,
                                one_column ? Stamps::date_part : [](std::string_view cell) { return cell; }));
    }
    MappedRows rows(mapping, options, at, decision);
    return read_table(header, source, names, sink, rows);
}

}  // namespace sendh
