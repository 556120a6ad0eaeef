#include "casework/workbook.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "base/progress.h"
#include "base/text.h"
#include "casework/cell_values.h"
#include "casework/xml.h"

namespace sendh {

namespace {

// ECMA-376 and the limits of Excel.
constexpr std::uint64_t most_rows = 1'048'576;
constexpr std::uint64_t most_columns = 16'384;
constexpr std::size_t most_cell_bytes = std::size_t{4} * 32'767;
constexpr std::size_t most_sheets = 10'000;
constexpr std::size_t most_styles = 100'000;
constexpr std::size_t longest_name = 2'048;  // of a sheet, a part, a relation
constexpr std::size_t most_names = 4 << 20;  // bytes of them together
constexpr std::uint64_t most_members_looked_at = 10'000;
// So little XML at a time that what comes of it stays small.
constexpr std::size_t xml_piece = 4 * 1024;
constexpr std::size_t enough_csv = 64 * 1024;

constexpr const char* save_again = "open it in a spreadsheet program, save it again and import that";

Fault not_so(std::string what) { return {FaultKind::input, std::move(what), "", save_again}; }

std::optional<std::uint64_t> whole_number(std::string_view text) {
    const auto value = parse_integer(text);
    if (!value || *value < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*value);
}

// A target of xl/_rels/workbook.xml.rels as a name in the archive.
std::string part_name(std::string_view target) {
    if (target.starts_with('/')) return std::string(target.substr(1));
    while (target.starts_with("./")) target.remove_prefix(2);
    if (target.starts_with("../")) return std::string(target.substr(3));
    return "xl/" + std::string(target);
}

// Texts of <si> and <is>: the runs of <t>, without the phonetic ones of <rPh>.
class TextCollector {
public:
    void start(std::string_view element) {
        if (element == "rPh") {
            in_phonetic_ = true;
        } else if (element == "t") {
            in_text_ = !in_phonetic_;
        }
    }
    void end(std::string_view element) {
        if (element == "rPh") in_phonetic_ = false;
        if (element == "t") in_text_ = false;
    }
    [[nodiscard]] bool takes() const { return in_text_; }

private:
    bool in_text_ = false, in_phonetic_ = false;
};

Done append_text(std::string& to, std::size_t from, std::string_view text) {
    if (to.size() - from + text.size() > most_cell_bytes)
        return not_so("a cell holds more than 32,767 characters");
    to += text;
    return done();
}

void append_utf8(std::string& out, unsigned code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0U | code >> 6U);
        out += static_cast<char>(0x80U | (code & 0x3fU));
    } else {
        out += static_cast<char>(0xe0U | code >> 12U);
        out += static_cast<char>(0x80U | (code >> 6U & 0x3fU));
        out += static_cast<char>(0x80U | (code & 0x3fU));
    }
}

// A cell's text on one line: _x000D_ (22.9.2.19, ST_Xstring) read, control characters as spaces.
std::string one_line(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned code = 0;
        const bool escape =
            text[i] == '_' && text.size() - i >= 7 && text[i + 1] == 'x' && text[i + 6] == '_' &&
            std::from_chars(text.data() + i + 2, text.data() + i + 6, code, 16).ptr == text.data() + i + 6;
        if (escape && (code < 0xd800 || code > 0xdfff)) {
            append_utf8(out, code < 0x20 ? ' ' : code);
            i += 6;
        } else {
            out += static_cast<unsigned char>(text[i]) < 0x20 || text[i] == 0x7f ? ' ' : text[i];
        }
    }
    return out;
}

void append_csv(std::string& out, std::string_view cell) {
    if (cell.find_first_of(",\"\t;|") == std::string_view::npos) {
        out += cell;
        return;
    }
    out += '"';
    for (const char c : cell) out.append(c == '"' ? 2 : 1, c);
    out += '"';
}

// "BC23" -> 55. Nothing when it is no cell.
std::optional<std::uint64_t> column_of(std::string_view reference) {
    std::uint64_t column = 0;
    for (const char c : reference) {
        if (c >= '0' && c <= '9') break;
        const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
        if (upper < 'A' || upper > 'Z' || column > most_columns) return std::nullopt;
        column = column * 26 + static_cast<std::uint64_t>(upper - 'A' + 1);
    }
    return column == 0 || column > most_columns ? std::nullopt : std::optional(column);
}

}  // namespace

Result<ZipKind> kind_of_zip(const RandomBytes& bytes) {
    SENDH_TRY(const auto zip, ZipArchive::open(bytes));
    for (std::uint64_t i = 0; i < most_members_looked_at; ++i) {
        auto member = zip->next();
        // A damaged member does not say what the archive is; whoever reads it will find it.
        if (!member.ok() && member.fault().kind == FaultKind::input) break;
        if (!member.ok()) return std::move(member).fault();
        if (!*member) break;
        const std::string name = lower_ascii((*member)->name);
        if (name == "xl/workbook.xml") return ZipKind::workbook;
        if (name == "xl/workbook.bin") return ZipKind::binary_workbook;
        if (name == "word/document.xml" || name == "ppt/presentation.xml") return ZipKind::document;
        if (i == 0 && name == "mimetype") return ZipKind::open_document;
    }
    return ZipKind::archive;
}

struct Workbook::State {
    std::unique_ptr<ZipArchive> zip;
    std::map<std::string, std::uint64_t> members;  // number of each part by its name in lower case
    std::optional<Fault> damaged;                  // of a member whose name cannot be read
    std::size_t names = 0;                         // bytes of names met
    bool from_1904 = false;
    std::vector<Sheet> sheets;
    std::vector<std::string> parts;  // of each sheet
    std::string texts;               // shared ones, one behind the other
    std::vector<std::uint32_t> ends;
    std::vector<TimeShown> styles;

    Done list_members();
    // The archive, standing at the member of this name; nothing if there is none.
    [[nodiscard]] Result<std::unique_ptr<ZipArchive>> find(const std::string& part) const;
    // Reads a part to its end. false: there is no such part.
    [[nodiscard]] Result<bool> read_part(const std::string& part, XmlHandler handler) const;
    [[nodiscard]] Result<std::string> name(std::string_view written);
    Done read_sheets();
    Done read_texts(const std::string& part);
    Done read_styles(const std::string& part);

    [[nodiscard]] std::optional<std::string_view> text(std::uint64_t index) const {
        if (index >= ends.size()) return std::nullopt;
        const std::uint32_t from = index == 0 ? 0 : ends[index - 1];
        return std::string_view(texts).substr(from, ends[index] - from);
    }
};

Done Workbook::State::list_members() {
    while (true) {
        auto member = zip->next();
        if (!member.ok()) {
            // It may be one that nobody asks for.
            if (member.fault().kind != FaultKind::input) return std::move(member).fault();
            if (!damaged) damaged = std::move(member).fault();
            continue;
        }
        if (!*member) return done();
        if ((*member)->is_file && (*member)->name.size() <= longest_name)
            members.try_emplace(lower_ascii((*member)->name), (*member)->number);
    }
}

Result<std::unique_ptr<ZipArchive>> Workbook::State::find(const std::string& part) const {
    const auto found = members.find(lower_ascii(part));
    if (found == members.end() && damaged) return *damaged;
    if (found == members.end()) return std::unique_ptr<ZipArchive>{};
    auto at = zip->again(found->second);
    SENDH_CHECK(at->next());
    return at;
}

Result<bool> Workbook::State::read_part(const std::string& part, XmlHandler handler) const {
    SENDH_TRY(const auto bytes, find(part));
    if (!bytes) return false;
    XmlReader xml(std::move(handler), without_numbers(part));
    std::array<char, xml_piece> piece{};
    while (true) {
        SENDH_TRY(const std::size_t n, bytes->read(piece));
        if (n == 0) break;
        SENDH_CHECK(xml.feed(std::span(piece).first(n)));
    }
    SENDH_CHECK(xml.finish());
    return true;
}

// A name that the workbook gives to something, within the limits.
Result<std::string> Workbook::State::name(std::string_view written) {
    names += written.size();
    if (written.size() > longest_name || names > most_names)
        return not_so("the workbook has names longer than " + grouped(longest_name) + " bytes, or " +
                      grouped(most_names) + " together");
    return std::string(written);
}

Done Workbook::State::read_sheets() {
    struct Relation {
        bool cells = false;
        std::string part;
    };
    std::map<std::string, Relation> relations;
    std::string texts_part;
    std::string styles_part;
    XmlHandler of_relations;
    of_relations.start = [&](std::string_view element, const XmlAttributes& a) -> Done {
        if (element != "Relationship") return done();
        SENDH_TRY(const std::string id, name(a.get("Id").value_or("")));
        SENDH_TRY(const std::string target, name(a.get("Target").value_or("")));
        const std::string part = part_name(target);
        const std::string_view type = a.get("Type").value_or("");
        const std::string_view last = type.substr(type.rfind('/') + 1);
        if (last == "sharedStrings") texts_part = part;
        if (last == "styles") styles_part = part;
        if (relations.size() >= 2 * most_sheets) return not_so("the workbook has too many parts");
        relations[id] = {last == "worksheet", part};
        return done();
    };
    SENDH_CHECK(read_part("xl/_rels/workbook.xml.rels", std::move(of_relations)));

    std::set<std::string> taken;
    XmlHandler of_workbook;
    of_workbook.start = [&](std::string_view element, const XmlAttributes& a) -> Done {
        if (element == "workbookPr") {
            const std::string_view system = a.get("date1904").value_or("");
            from_1904 = system == "1" || system == "true" || system == "on";
        }
        if (element != "sheet") return done();
        Sheet sheet;
        SENDH_TRY(sheet.name, name(a.get("name").value_or("")));
        const std::string_view state = a.get("state").value_or("visible");
        sheet.hidden = state == "hidden" || state == "veryHidden";
        const auto found = relations.find(std::string(a.get("id", true).value_or("")));
        if (found == relations.end()) return not_so("the workbook does not say where a sheet lies");
        sheet.cells = found->second.cells;
        if (sheets.size() >= most_sheets)
            return not_so("the workbook has more than " + grouped(most_sheets) + " sheets");
        if (!taken.insert(lower_ascii(found->second.part)).second)
            return not_so("two sheets of the workbook lie in the same part");
        parts.push_back(found->second.part);
        sheets.push_back(std::move(sheet));
        return done();
    };
    SENDH_TRY(const bool found, read_part("xl/workbook.xml", std::move(of_workbook)));
    if (!found) return not_so("the workbook has no xl/workbook.xml");
    if (!texts_part.empty()) SENDH_CHECK(read_texts(texts_part));
    if (!styles_part.empty()) SENDH_CHECK(read_styles(styles_part));
    return done();
}

Done Workbook::State::read_texts(const std::string& part) {
    TextCollector collector;
    std::size_t from = 0;
    XmlHandler handler;
    handler.start = [&](std::string_view element, const XmlAttributes&) -> Done {
        collector.start(element);
        return done();
    };
    handler.text = [&](std::string_view text) {
        return collector.takes() ? append_text(texts, from, text) : done();
    };
    handler.end = [&](std::string_view element) -> Done {
        collector.end(element);
        if (element != "si") return done();
        from = texts.size();
        ends.push_back(static_cast<std::uint32_t>(from));
        if (texts.size() + ends.size() * sizeof(ends[0]) <= most_shared_text) return done();
        return Fault{FaultKind::input, "the workbook has more than 256 MiB of shared texts", "",
                     "save its sheets as CSV UTF-8 and import these"};
    };
    SENDH_CHECK(read_part(part, std::move(handler)));
    return done();
}

Done Workbook::State::read_styles(const std::string& part) {
    std::map<std::uint64_t, TimeShown> own;
    bool in_cell_formats = false;
    XmlHandler handler;
    handler.start = [&](std::string_view element, const XmlAttributes& a) -> Done {
        if (element == "numFmt") {
            const auto id = whole_number(a.get("numFmtId").value_or(""));
            if (own.size() >= most_styles) return not_so("the workbook has too many number formats");
            if (id) own[*id] = shown_by(a.get("formatCode").value_or(""));
        } else if (element == "cellXfs") {
            in_cell_formats = true;
        } else if (element == "xf" && in_cell_formats) {
            const std::uint64_t id = whole_number(a.get("numFmtId").value_or("")).value_or(0);
            if (styles.size() >= most_styles) return not_so("the workbook has too many styles");
            const auto found = own.find(id);
            styles.push_back(found != own.end() ? found->second
                                                : builtin_format(static_cast<std::uint32_t>(
                                                      std::min<std::uint64_t>(id, 1'000))));
        }
        return done();
    };
    handler.end = [&](std::string_view element) {
        if (element == "cellXfs") in_cell_formats = false;
        return done();
    };
    SENDH_CHECK(read_part(part, std::move(handler)));
    return done();
}

Workbook::Workbook() : state_(std::make_unique<State>()) {}
Workbook::~Workbook() = default;

Result<std::shared_ptr<Workbook>> Workbook::open(RandomBytes bytes) {
    std::shared_ptr<Workbook> workbook(new Workbook());
    SENDH_TRY(workbook->state_->zip, ZipArchive::open(std::move(bytes)));
    SENDH_CHECK(workbook->state_->list_members());
    SENDH_CHECK(workbook->state_->read_sheets());
    return workbook;
}

const std::vector<Workbook::Sheet>& Workbook::sheets() const { return state_->sheets; }

struct SheetReader::State {
    std::shared_ptr<const Workbook> workbook;
    std::unique_ptr<ZipArchive> zip;
    std::unique_ptr<XmlReader> xml;
    std::array<char, xml_piece> piece{};
    std::string csv;  // made and not yet given
    std::size_t given = 0;
    bool ended = false;
    bool any_cell = false;

    std::uint64_t row = 0, column = 0;  // where the XML is
    std::uint64_t lines = 0;            // line ends written
    std::uint64_t filled = 0;           // cells of this row written
    std::uint64_t widest = 0;
    bool in_row = false, in_cell = false, in_value = false;
    std::string type;
    std::uint64_t style = 0;
    std::string value;
    bool has_value = false, has_formula = false;
    TextCollector inline_text;
    std::uint64_t without_value = 0, merged = 0;

    Done start(std::string_view element, const XmlAttributes& a);
    Done text(std::string_view text);
    Done end(std::string_view element);
    Done cell();
    void end_row();
    Result<std::string> shown() const;
    Done fill();
};

Done SheetReader::State::start(std::string_view element, const XmlAttributes& a) {
    if (element == "row") {
        const auto said = a.get("r");
        const std::uint64_t next = said ? whole_number(*said).value_or(0) : row + 1;
        if (next <= row || next > most_rows || in_row)
            return not_so("the rows of the sheet are not in order");
        row = next;
        column = 0;
        filled = 0;
        in_row = true;
    } else if (element == "c" && in_row) {
        const auto said = a.get("r");
        const std::uint64_t next = said ? column_of(*said).value_or(0) : column + 1;
        if (next <= column || next > most_columns || in_cell)
            return not_so("the cells of row " + std::to_string(row) + " are not in order");
        column = next;
        type = a.get("t").value_or("n");
        style = whole_number(a.get("s").value_or("0")).value_or(0);
        value.clear();
        in_cell = true;
        has_value = has_formula = false;
    } else if (in_cell && element == "v") {
        in_value = has_value = true;
    } else if (in_cell && element == "f") {
        has_formula = true;
    } else if (in_cell) {
        inline_text.start(element);
    } else if (element == "mergeCell") {
        ++merged;
    }
    return done();
}

Done SheetReader::State::text(std::string_view text) {
    return in_value || (in_cell && inline_text.takes()) ? append_text(value, 0, text) : done();
}

Done SheetReader::State::end(std::string_view element) {
    if (element == "v") {
        in_value = false;
    } else if (element == "c" && in_cell) {
        in_cell = false;
        inline_text = {};
        return cell();
    } else if (element == "row" && in_row) {
        in_row = false;
        end_row();
    } else {
        inline_text.end(element);
    }
    return done();
}

Result<std::string> SheetReader::State::shown() const {
    const Workbook::State& book = *workbook->state_;
    if (type == "s") {
        const auto text = book.text(whole_number(trim(value)).value_or(~std::uint64_t{0}));
        if (!text) return not_so("a cell names a shared text that is not there");
        return one_line(*text);
    }
    if (type == "b") return std::string(trim(value) == "0" || value == "false" ? "FALSE" : "TRUE");
    if (type != "n") return one_line(value);
    const std::string number(trim(value));
    const TimeShown time = style < book.styles.size() ? book.styles[style] : TimeShown{};
    if (time.any()) {
        const auto serial = parse_double(number);
        const auto text = serial ? time_text(*serial, time, book.from_1904) : std::nullopt;
        if (text) return *text;
    }
    return number_text(one_line(number));
}

Done SheetReader::State::cell() {
    if (has_formula && value.empty()) ++without_value;
    if (value.empty()) return done();
    SENDH_TRY(const std::string text, shown());
    if (text.empty()) return done();
    any_cell = true;
    if (filled == 0) {
        csv.append(row - 1 - lines, '\n');
        lines = row - 1;
        filled = 1;
    }
    csv.append(column - filled, ',');
    filled = column;
    append_csv(csv, text);
    return done();
}

void SheetReader::State::end_row() {
    if (filled == 0) return;
    widest = std::max(widest, filled);
    csv.append(widest - filled, ',');
    csv += '\n';
    ++lines;
}

// More CSV, or the end.
Done SheetReader::State::fill() {
    csv.erase(0, given);
    given = 0;
    while (!ended && csv.size() < enough_csv) {
        SENDH_CHECK(check_interrupt("nothing of this file was kept"));
        SENDH_TRY(const std::size_t n, zip->read(piece));
        if (n > 0) {
            SENDH_CHECK(xml->feed(std::span(piece).first(n)));
        } else {
            SENDH_CHECK(xml->finish());
            ended = true;
        }
    }
    return done();
}

SheetReader::SheetReader() : state_(std::make_unique<State>()) {}
SheetReader::~SheetReader() = default;

Result<std::unique_ptr<SheetReader>> SheetReader::open(std::shared_ptr<const Workbook> workbook,
                                                       std::size_t sheet) {
    std::unique_ptr<SheetReader> reader(new SheetReader());
    State* const s = reader->state_.get();
    const std::string& part = workbook->state_->parts.at(sheet);
    SENDH_TRY(s->zip, workbook->state_->find(part));
    if (!s->zip) return not_so("the sheet is not in the workbook");
    s->workbook = std::move(workbook);
    XmlHandler handler;
    handler.start = [s](std::string_view e, const XmlAttributes& a) { return s->start(e, a); };
    handler.end = [s](std::string_view e) { return s->end(e); };
    handler.text = [s](std::string_view text) { return s->text(text); };
    s->xml = std::make_unique<XmlReader>(std::move(handler), without_numbers(part));
    return reader;
}

Result<bool> SheetReader::is_empty() {
    State& s = *state_;
    while (!s.any_cell && !s.ended) SENDH_CHECK(s.fill());
    return !s.any_cell;
}

Result<std::size_t> SheetReader::read(std::span<char> out) {
    State& s = *state_;
    if (s.given == s.csv.size()) SENDH_CHECK(s.fill());
    const std::size_t n = std::min(out.size(), s.csv.size() - s.given);
    std::copy_n(s.csv.data() + s.given, n, out.data());
    s.given += n;
    return n;
}

std::vector<std::string> SheetReader::notes() const {
    const State& s = *state_;
    std::vector<std::string> out;
    if (s.without_value > 0) {
        out.push_back(
            grouped(s.without_value) +
            (s.without_value == 1 ? " cell holds a formula" : " cells hold formulas") +
            " without a value, taken as empty: open the workbook in a spreadsheet program and save it");
    }
    if (s.merged > 0) {
        out.push_back(grouped(s.merged) + (s.merged == 1 ? " range is" : " ranges are") +
                      " merged: the value stands in the first cell alone");
    }
    return out;
}

}  // namespace sendh
