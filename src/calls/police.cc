#include "calls/police.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/text.h"
#include "calls/tabular.h"

namespace sendh::police {

namespace {

using namespace tabular;

constexpr std::string_view type_name = "Call Type";
constexpr std::string_view trunk_in_name = "IN TG";
constexpr std::string_view trunk_out_name = "OUT TG";
constexpr std::uint64_t enough_for_a_header = 5;  // known columns; covering letters reach one or two

// Words without case, signs and what Jio adds for Wi-Fi (a_in_wifi, a_in_vw, a_in_wv).
struct CallType {
    std::string_view word;
    Direction direction = Direction::unknown;
    Service service = Service::voice;
};
constexpr std::array<CallType, 39> call_types = {{
    {"in", Direction::incoming, Service::voice},
    {"out", Direction::outgoing, Service::voice},
    {"smt", Direction::incoming, Service::sms},
    {"smo", Direction::outgoing, Service::sms},
    {"incoming", Direction::incoming, Service::voice},
    {"outgoing", Direction::outgoing, Service::voice},
    {"ain", Direction::incoming, Service::voice},
    {"aout", Direction::outgoing, Service::voice},
    {"a2psmsin", Direction::incoming, Service::sms},
    {"p2psmsin", Direction::incoming, Service::sms},
    {"p2aout", Direction::outgoing, Service::sms},
    {"p2pout", Direction::outgoing, Service::sms},
    {"mt", Direction::incoming, Service::voice},
    {"mo", Direction::outgoing, Service::voice},
    {"mtc", Direction::incoming, Service::voice},
    {"moc", Direction::outgoing, Service::voice},
    {"smsmt", Direction::incoming, Service::sms},
    {"smsmo", Direction::outgoing, Service::sms},
    {"smsin", Direction::incoming, Service::sms},
    {"smsout", Direction::outgoing, Service::sms},
    {"smsincoming", Direction::incoming, Service::sms},
    {"smsoutgoing", Direction::outgoing, Service::sms},
    {"incomingsms", Direction::incoming, Service::sms},
    {"outgoingsms", Direction::outgoing, Service::sms},
    {"callin", Direction::incoming, Service::voice},
    {"callout", Direction::outgoing, Service::voice},
    {"voicein", Direction::incoming, Service::voice},
    {"voiceout", Direction::outgoing, Service::voice},
    {"vin", Direction::incoming, Service::voice},
    {"vout", Direction::outgoing, Service::voice},
    {"vdoin", Direction::incoming, Service::voice},
    {"vdoout", Direction::outgoing, Service::voice},
    {"p2psmsout", Direction::outgoing, Service::sms},
    {"a2psmsout", Direction::outgoing, Service::sms},
    {"p2asmsout", Direction::outgoing, Service::sms},
    {"p2pin", Direction::incoming, Service::sms},
    {"a2pin", Direction::incoming, Service::sms},
    {"incomingcall", Direction::incoming, Service::voice},
    {"outgoingcall", Direction::outgoing, Service::voice},
}};

const CallType* call_type_of(std::string_view text) {
    char key[24];
    std::size_t n = 0;
    for (const char c : text) {
        const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if ((low < 'a' || low > 'z') && (low < '0' || low > '9')) continue;
        if (n == sizeof key) return nullptr;
        key[n++] = low;
    }
    std::string_view word(key, n);
    for (const std::string_view way : {"wifi", "vw", "wv"}) {
        if (word.ends_with(way)) word.remove_suffix(way.size());
    }
    if (word.empty()) return nullptr;
    const auto* const found = std::find_if(call_types.begin(), call_types.end(), [&](const CallType& type) {
        return type.word.back() == word.back() && type.word == word;
    });
    return found == call_types.end() ? nullptr : found;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
std::size_t count_digits(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_digit));
}
bool all_in(std::string_view text, bool letters, std::string_view signs) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return is_digit(c) || (letters && is_letter(c)) || signs.find(c) != std::string_view::npos;
    });
}

// What a cell of a column looks like, as far as it can tell that a row is shifted.
enum class Shape : std::uint8_t {
    text,   // anything; trunks too
    name,   // one word of any signs
    party,  // a number, or a sender id with its dashes (AD-FIRM-S)
    nothing,
    word,  // letters
    service,
    digits,  // also with signs or an exponent: IMEI and IMSI out of a spreadsheet, a time
    cell,    // a cell identity
    address,
    port,
    call_type,
    date,
    time,
    date_and_time,
    seconds,
};

// Whether this may be what follows a delimiter in a cell of this shape: anything in a text, words among
// words, three digits in a number with thousands apart (1,234), and nothing everywhere.
bool may_go_on(Shape shape, std::string_view piece) {
    if (trim(piece).empty()) return true;
    switch (shape) {
        case Shape::text:
        case Shape::name: return true;
        case Shape::word: return count_digits(piece) == 0;
        case Shape::party:
        case Shape::digits:
        case Shape::seconds: return piece.size() == 3 && count_digits(piece) == 3;
        default: return false;
    }
}

struct ShapeOfColumn {
    std::string_view key;
    Shape shape;
};
constexpr std::array<ShapeOfColumn, 33> shapes_of_columns = {{
    {"callterminationtime", Shape::digits},
    {"firstcellid", Shape::cell},
    {"lastcellid", Shape::cell},
    {"firstcellglobalid", Shape::cell},
    {"lastcellglobalid", Shape::cell},
    {"firstcgi", Shape::cell},
    {"lastcgi", Shape::cell},
    {"firstlat", Shape::digits},
    {"firstlon", Shape::digits},
    {"lastlat", Shape::digits},
    {"lastlon", Shape::digits},
    {"imei", Shape::digits},
    {"imsi", Shape::digits},
    {"smscno", Shape::digits},
    {"smscentreno", Shape::digits},
    {"smscentrenumber", Shape::digits},
    {"smscenternumber", Shape::digits},
    {"lrnno", Shape::digits},
    {"lrncalledno", Shape::digits},
    {"lrnbpartynumber", Shape::digits},
    {"lrnofbpartynumber", Shape::digits},
    {"toc", Shape::word},
    {"typeofconnection", Shape::word},
    {"mscid", Shape::name},
    {"swmscid", Shape::name},
    {"switchmscid", Shape::name},
    {"sw4mscid", Shape::name},
    {"ipaddress", Shape::address},
    {"vowififirstueip", Shape::address},
    {"vowifilastueip", Shape::address},
    {"port1", Shape::port},
    {"port2", Shape::port},
    {"portno", Shape::port},
}};

bool has_shape(Shape shape, std::string_view field) {
    const std::string_view cell = bare(field);
    switch (shape) {
        case Shape::text: return true;
        case Shape::nothing: return trim(field).empty();
        case Shape::date: return split_date(cell).has_value();
        case Shape::time: {
            if (time_since_midnight(cell, Zone{})) return true;
            const std::string_view date = Stamps::date_part(cell);
            return date.size() < cell.size() && split_date(date).has_value();
        }
        case Shape::date_and_time:
            return parse_iso(cell, Zone{}).has_value() || split_date(Stamps::date_part(cell)).has_value();
        case Shape::call_type: return call_type_of(cell) != nullptr;
        default: break;
    }
    if (is_blank(cell) || is_one_of(cell, {"na", "n/a", "nil", "none", "unknown", "not available"}))
        return true;
    switch (shape) {
        case Shape::party:
            return is_digit(cell.front()) || cell.find_first_of("-+") != std::string_view::npos;
        case Shape::word:
        case Shape::service: return count_digits(cell) == 0;
        case Shape::name: return cell.find(' ') == std::string_view::npos;
        case Shape::digits: return count_digits(cell) > 0 && all_in(cell, false, "+-.:eE");
        case Shape::cell: return count_digits(cell) >= 4 && all_in(cell, true, "-_:.+");
        case Shape::address:
            return cell.find_first_of(".:") != std::string_view::npos && all_in(cell, true, ".:[]/%-");
        case Shape::port: return cell.size() <= 7 && all_in(cell, false, ".");
        case Shape::seconds: return seconds_of(cell).has_value();
        default: return true;
    }
}

// How a row with more fields than columns is read: see police.h.
class Alignment {
public:
    // matters: the columns that make the call.
    Alignment(const Header& header, const Form& form, const std::vector<int>& matters) : matters_(matters) {
        for (const std::string& key : header.keys) {
            const auto* const known = std::find_if(shapes_of_columns.begin(), shapes_of_columns.end(),
                                                   [&](const ShapeOfColumn& s) { return s.key == key; });
            shapes_.push_back(key.empty()                        ? Shape::nothing
                              : known == shapes_of_columns.end() ? Shape::text
                                                                 : known->shape);
        }
        const auto set = [&](std::string_view name, Shape shape) {
            if (const int i = name.empty() ? -1 : header.find(name); i >= 0)
                shapes_[static_cast<std::size_t>(i)] = shape;
        };
        for (const std::string_view name : {form.target, form.party, form.calling, form.called})
            set(name, Shape::party);
        set(type_name, Shape::call_type);
        set(form.date, Shape::date);
        set(form.time, form.date.empty() ? Shape::date_and_time : Shape::time);
        set(form.duration, Shape::seconds);
        set(form.service, Shape::service);
        set(form.redirect, Shape::digits);
    }

    // Learns from the beginning of a file how many empty cells its rows have at their ends.
    void look_at(const FileHead& head, const Header& header) {
        DelimitedReader reader(head.bytes, header.delimiter);
        DelimitedRow row;
        std::array<std::uint64_t, most_surplus + 1> rows{};
        std::uint64_t all = 0;
        while (true) {
            const auto more = reader.next(row);
            if (!more.ok() || !*more) break;
            const bool cut = !head.whole && row.offset + row.raw.size() >= head.bytes.size();
            if (row.line <= header.line || row.broken || cut || row.fields.size() < shapes_.size()) continue;
            ++all;
            const std::size_t surplus = row.fields.size() - shapes_.size();
            if (surplus <= most_surplus && is_plain(row)) ++rows[surplus];
        }
        for (std::size_t s = 1; s <= most_surplus; ++s) {
            if (2 * rows[s] > all) surplus_ = s;
        }
    }

    // Cells that do not look like their columns.
    [[nodiscard]] std::size_t contradictions(const DelimitedRow& row) const {
        std::size_t count = 0;
        for (std::size_t c = 0; c < shapes_.size(); ++c)
            count += has_shape(shapes_[c], row.fields[c]) ? 0U : 1U;
        return count;
    }

    // A row with more fields than columns. Field c + d is the cell of column c when d delimiters stand in the
    // cells before it.
    bool realign(DelimitedRow& row) const {
        const std::size_t columns = shapes_.size();
        const std::size_t extra = row.fields.size() - columns;
        if (extra == surplus_ && is_plain(row)) {
            row.fields.resize(columns);
            return true;
        }
        if (extra > most_extra) return false;

        // Bit d of reached[c]: the cells before column c can be read so.
        std::vector<std::uint32_t> reached(columns + 1, 0);
        reached[0] = 1;
        for (std::size_t c = 0; c < columns; ++c) {
            for (std::size_t d = 0; d <= extra; ++d) {
                if ((reached[c] >> d & 1U) == 0) continue;
                if (has_shape(shapes_[c], row.fields[c + d])) {
                    reached[c + 1] |= after(row, c, d, extra);
                } else {
                    reached[c] &= ~(1U << d);
                }
            }
        }
        // What is behind the last column has no name: blank, or it is unknown what it is.
        for (std::size_t d = 0; d <= extra; ++d) {
            if ((reached[columns] >> d & 1U) == 0) continue;
            if (!ends_blank(row, columns + d)) return false;
            if (extra - d < surplus_) reached[columns] &= ~(1U << d);
        }
        if (reached[columns] == 0) return false;
        // Now the same from the end: what is left are the cells of whole readings.
        for (std::size_t c = columns; c-- > 0;) {
            const std::uint32_t next = reached[c + 1];
            std::uint32_t kept = 0;
            for (std::size_t d = 0; d <= extra; ++d) {
                if ((reached[c] >> d & 1U) != 0 && (after(row, c, d, extra) & next) != 0) kept |= 1U << d;
            }
            reached[c] = kept;
        }
        for (const int m : matters_) {
            if (!is_certain(row, static_cast<std::size_t>(m), extra, reached)) return false;
        }
        for (std::size_t c = 0; c < columns; ++c)
            row.fields[c] = row.fields[c + static_cast<std::size_t>(std::countr_zero(reached[c]))];
        row.fields.resize(columns);
        return true;
    }

private:
    static constexpr std::size_t most_surplus = 4;
    static constexpr std::size_t most_extra = 24;

    // No delimiter stands in a cell; only blank cells are too many. A switch has digits in its name: without
    // them it may be the rest of the network's name.
    [[nodiscard]] bool is_plain(const DelimitedRow& row) const {
        for (std::size_t c = 0; c < shapes_.size(); ++c) {
            if (shapes_[c] != Shape::name || is_blank(bare(row.fields[c]))) continue;
            if (count_digits(row.fields[c]) == 0) return false;
        }
        return contradictions(row) == 0 && ends_blank(row, shapes_.size());
    }

    // How many delimiters may stand before the next column.
    [[nodiscard]] std::uint32_t after(const DelimitedRow& row, std::size_t column, std::size_t before,
                                      std::size_t extra) const {
        std::uint32_t bits = 1U << before;
        for (std::size_t d = before + 1; d <= extra && may_go_on(shapes_[column], row.fields[column + d]);
             ++d)
            bits |= 1U << d;
        return bits;
    }

    static bool ends_blank(const DelimitedRow& row, std::size_t field) {
        return std::all_of(row.fields.begin() + static_cast<std::ptrdiff_t>(field), row.fields.end(),
                           [](std::string_view text) { return trim(text).empty(); });
    }

    // All readings give this column the same cell, and none puts more into it.
    [[nodiscard]] bool is_certain(const DelimitedRow& row, std::size_t column, std::size_t extra,
                                  const std::vector<std::uint32_t>& reached) const {
        const auto least = static_cast<std::size_t>(std::countr_zero(reached[column]));
        const std::string_view cell = as_name(bare(row.fields[column + least]));
        for (std::size_t d = least; d <= extra; ++d) {
            if ((reached[column] >> d & 1U) == 0) continue;
            if (as_name(bare(row.fields[column + d])) != cell) return false;
            const std::uint32_t on = after(row, column, d, extra) & reached[column + 1];
            for (std::size_t more = d + 1; on >> more != 0; ++more) {
                if (!trim(row.fields[column + more]).empty()) return false;
            }
        }
        return true;
    }

    std::vector<Shape> shapes_;
    std::vector<int> matters_;
    std::size_t surplus_ = 0;
};

struct Columns {
    int target = -1, party = -1, calling = -1, called = -1, type = -1, date = -1, time = -1;
    int duration = -1, service = -1, redirect = -1, trunk_in = -1, trunk_out = -1;
    int last_cell = -1, imei = -1;  // make no call, but show whether a row is shifted

    Columns(const Header& header, const Form& form) {
        const auto find = [&](std::string_view name) { return name.empty() ? -1 : header.find(name); };
        target = find(form.target), party = find(form.party);
        calling = find(form.calling), called = find(form.called);
        type = find(type_name), date = find(form.date), time = find(form.time);
        duration = find(form.duration), service = find(form.service), redirect = find(form.redirect);
        trunk_in = find(trunk_in_name), trunk_out = find(trunk_out_name);
        imei = find("IMEI");
        for (const std::string_view name : {"Last Cell Global ID", "Last Cell ID", "Last CGI"})
            last_cell = std::max(last_cell, find(name));
    }

    [[nodiscard]] std::vector<int> of_the_call() const {
        std::vector<int> out;
        for (const int c : {target, party, calling, called, type, date, time, duration, service, redirect,
                            trunk_in, trunk_out}) {
            if (c >= 0) out.push_back(c);
        }
        return out;
    }
};

class Rows {
public:
    Rows(const Header& header, const Form& form, const FileHead& head, const ReadOptions& options,
         DateDecision decision)
        : form_(&form),
          columns_(header, form),
          alignment_(header, form, columns_.of_the_call()),
          home_(options.home),
          zone_(options.zone),
          days_(decision, options.zone),
          stamps_(TimeForm::any, nullptr, options.zone, decision) {
        alignment_.look_at(head, header);
    }

    bool realign(DelimitedRow& row) const { return alignment_.realign(row); }

    // A line of words behind the rows: few cells, no number in them.
    bool is_remark(const DelimitedRow& row) {
        if (!form_->remarks) return false;
        std::size_t filled = 0;
        for (const std::string_view field : row.fields) {
            if (trim(field).empty()) continue;
            if (++filled > most_cells_of_a_remark || count_digits(field) > 4) return false;
        }
        if (filled == 0 || row.raw.find(' ') == std::string_view::npos) return false;
        if (remarks_++ == 0) first_remark_ = row.line;
        return true;
    }

    std::optional<Refusal> take(const DelimitedRow& row, CallRow& call) {
        if (const auto refusal = take_time(row, call)) return refusal;
        if (const auto refusal = take_parties(row, call)) return refusal;
        if (is_shifted(row)) return Refusal{RejectCode::column_count, -1};
        if (call.service == Service::voice) {
            call.service = service_of(cell(row, columns_.service), row.line);
        }
        const std::string_view duration = cell(row, columns_.duration);
        if (!is_blank(duration)) {
            const auto seconds = seconds_of(duration);
            if (!seconds) return Refusal{RejectCode::bad_duration, columns_.duration};
            call.duration = *seconds;
            if (call.service == Service::voice)
                call.disposition = *seconds > 0 ? Disposition::answered : Disposition::unanswered;
        }
        if (const auto fault = take_redirect(cell(row, columns_.redirect), home_, row.line, call.redirect,
                                             strange_redirects_))
            return Refusal{*fault, columns_.redirect};
        call.trunk_in = as_name(cell(row, columns_.trunk_in));
        call.trunk_out = as_name(cell(row, columns_.trunk_out));
        return std::nullopt;
    }

    [[nodiscard]] DateDecision& dates() { return columns_.date >= 0 ? days_.decision() : stamps_.decision(); }
    [[nodiscard]] int time_column(const DelimitedRow&) const {
        return columns_.date >= 0 ? columns_.date : columns_.time;
    }
    [[nodiscard]] Fault fault() const { return decision().fault(); }

    void join(const Rows& later) {
        strange_types_.join(later.strange_types_);
        strange_services_.join(later.strange_services_);
        strange_redirects_.join(later.strange_redirects_);
        if (remarks_ == 0) first_remark_ = later.first_remark_;
        remarks_ += later.remarks_;
    }

    void finish(ReadSummary& summary) const {
        decision().report_to(summary);
        strange_types_.note(type_name, "direction taken as unknown, service as neither voice nor SMS",
                            summary);
        strange_services_.note(form_->service, "taken as neither voice nor SMS", summary);
        strange_redirects_.note(form_->redirect, no_redirect, summary);
        if (remarks_ > 0) {
            summary.notes.push_back(grouped(remarks_) + (remarks_ == 1 ? " line" : " lines") +
                                    " of words without a number (first at line " +
                                    std::to_string(first_remark_) + "): taken as remarks, not as records");
        }
    }

private:
    static constexpr std::size_t most_cells_of_a_remark = 4;

    static std::string_view cell(const DelimitedRow& row, int column) {
        return column < 0 ? std::string_view{} : bare(row.fields[static_cast<std::size_t>(column)]);
    }

    [[nodiscard]] const DateDecision& decision() const {
        return columns_.date >= 0 ? days_.decision() : stamps_.decision();
    }

    // As many fields as columns, but a delimiter too many in one place and a cell too few in another.
    [[nodiscard]] bool is_shifted(const DelimitedRow& row) const {
        const std::string_view last_cell = cell(row, columns_.last_cell);
        const std::string_view service = cell(row, columns_.service);
        const std::string_view imei = cell(row, columns_.imei);
        const bool strange = last_cell.find(' ') != std::string_view::npos ||
                             (!is_blank(last_cell) && !is_digit(last_cell.front())) ||
                             (!is_blank(imei) && !is_digit(imei.front())) ||
                             (!service.empty() && is_digit(service.front()));
        return strange && alignment_.contradictions(row) > 2;
    }

    std::optional<Refusal> take_time(const DelimitedRow& row, CallRow& call) {
        const bool apart = columns_.date >= 0;
        const int column = apart ? columns_.date : columns_.time;
        const Days::Outcome outcome = apart ? days_.read(cell(row, column), row.line, call.time)
                                            : stamps_.read(cell(row, column), row.line, call.time);
        switch (outcome) {
            case Days::Outcome::bad: return Refusal{RejectCode::bad_time, column};
            case Days::Outcome::stop: return Refusal{RejectCode::bad_time, column, true};
            case Days::Outcome::read: break;
        }
        if (!apart) return std::nullopt;
        auto time = time_since_midnight(cell(row, columns_.time), zone_);
        if (!time) time = time_of_dated(cell(row, columns_.time), cell(row, column), call.time, zone_);
        if (!time) return Refusal{RejectCode::bad_time, columns_.time};
        call.time.value += *time;
        return std::nullopt;
    }

    std::optional<Refusal> take_parties(const DelimitedRow& row, CallRow& call) {
        const std::string_view word = cell(row, columns_.type);
        int cli = columns_.calling;
        int callee = columns_.called;
        if (const CallType* const type = call_type_of(word)) {
            call.direction = type->direction;
            call.service = type->service;
        } else if (columns_.target >= 0) {
            return Refusal{RejectCode::bad_value, columns_.type};
        } else if (!is_blank(word)) {
            strange_types_.count(row.line);
            call.service = Service::other;
        }
        if (columns_.target >= 0) {
            const bool incoming = call.direction == Direction::incoming;
            cli = incoming ? columns_.party : columns_.target;
            callee = incoming ? columns_.target : columns_.party;
        }
        call.callee = parse_number(cell(row, callee), home_);
        if (const auto fault = callee_fault(call.callee.number_class)) return Refusal{*fault, callee};
        call.cli = parse_number(cell(row, cli), home_);
        if (call.cli.number_class == NumberClass::scientific) return Refusal{RejectCode::scientific, cli};
        call.cli_text = sender_id(cell(row, cli), call.cli.number_class);
        return std::nullopt;
    }

    Service service_of(std::string_view word, std::uint64_t line) {
        if (is_blank(word) || is_one_of(word, {"voice", "voice call", "call", "volte", "vowifi", "vilte",
                                               "pre", "post", "prepaid", "postpaid"}))
            return Service::voice;
        if (same_word(word, "sms")) return Service::sms;
        if (!is_one_of(word, {"data", "gprs", "video", "mms", "fax"})) strange_services_.count(line);
        return Service::other;
    }

    const Form* form_;
    Columns columns_;
    Alignment alignment_;
    Region home_;
    Zone zone_;
    Days days_;
    Stamps stamps_;
    StrangeWords strange_types_, strange_services_, strange_redirects_;
    std::uint64_t remarks_ = 0;
    std::uint64_t first_remark_ = 0;
};

static_assert(std::is_copy_constructible_v<Rows>);  // parts of a file are read by copies

bool lacks_a_column(const Header& header, const Layout& layout) {
    return std::any_of(layout.columns.begin(), layout.columns.end(), [&](const LayoutColumn& column) {
        return column.required && header.find(column.name) < 0;
    });
}

// A line of the preamble stands before the header. Not among the rows: there names of operators are data.
bool has_preamble(const Form& form, const FileHead& head, const Header& header) {
    DelimitedReader reader(head.bytes, ',');
    DelimitedRow row;
    for (int i = 0; i < header_search_rows; ++i) {
        const auto more = reader.next(row);
        if (!more.ok() || !*more) return false;
        if (header.known >= enough_for_a_header && row.line >= header.line) return false;
        const auto filled = std::count_if(row.fields.begin(), row.fields.end(),
                                          [](std::string_view field) { return !trim(field).empty(); });
        if (filled == 0 || filled > 2) continue;
        const std::string key = column_key(row.raw.substr(0, 80));
        if (std::any_of(form.preamble.begin(), form.preamble.end(),
                        [&](std::string_view line) { return key.starts_with(line); }))
            return true;
    }
    return false;
}

}  // namespace

// Names of all required columns: 60 and more, by how much else fits. A preamble alone may be an empty
// report: 59.
int recognise(const Form& form, const FileHead& head) {
    const Layout& layout = *form.layout;
    const Header header = find_header(head, layout.columns);
    const bool preamble = has_preamble(form, head, header);
    const int share = static_cast<int>(20 * header.known / layout.columns.size());
    if (!lacks_a_column(header, layout)) return 60 + (preamble ? 20 : 0) + share;
    if (preamble) return 59;
    return share >= 12 ? 38 + share : 0;
}

Result<ReadSummary> read(const Form& form, const FileHead& head, const ByteSource& source,
                         const ReadOptions& options, NameTable& names, const CallSink& sink) {
    SENDH_CHECK(check_bytes(head));
    const Layout& layout = *form.layout;
    const Header header = find_header(head, layout.columns);
    if (header.known < enough_for_a_header && says_empty(head)) {
        ReadSummary summary;
        summary.notes.emplace_back("the report says that no records were found");
        return summary;
    }
    SENDH_CHECK(check_header(header, layout));
    const bool apart = !form.date.empty();
    SENDH_TRY(DateDecision decision,
              decide_dates(head, header, header.find(apart ? form.date : form.time),
                           DateDecision(options.date_order, form.date_order, options.now),
                           apart ? +[](std::string_view cell) { return cell; } : &Stamps::date_part));
    Rows rows(header, form, head, options, decision);
    return read_table(header, source, options, names, sink, rows);
}

}  // namespace sendh::police
