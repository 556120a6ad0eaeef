#include "crypto/recovery_sheet.h"

#include <sodium.h>
// libgfshare's header says nothing to C++.
extern "C" {
#include <libgfshare.h>
}

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "base/text.h"
#include "crypto/key_ring.h"

namespace sendh {

namespace {

constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t lines_of_sheet = 4;
constexpr std::size_t data_letters = 16;
constexpr std::size_t line_letters = data_letters + 2;
constexpr std::size_t group = 4;
constexpr std::size_t sheet_bytes = 40;
constexpr std::string_view look_again = "look at the sheet and type it again";

// GF(2^5): powers of a root of x^5 + x^2 + 1, twice round, and their logarithms.
struct Field {
    std::array<unsigned, 62> power{};
    std::array<unsigned, 32> log{};
    constexpr Field() {
        unsigned value = 1;
        for (unsigned i = 0; i < 31; ++i) {
            power[i] = power[i + 31] = value;
            log[value] = i;
            value <<= 1;
            if ((value & 32U) != 0) value ^= 37U;
        }
    }
    [[nodiscard]] constexpr unsigned times(unsigned a, unsigned b) const {
        return a == 0 || b == 0 ? 0 : power[log[a] + log[b]];
    }
    [[nodiscard]] constexpr unsigned over(unsigned a, unsigned b) const {
        return a == 0 ? 0 : power[log[a] + 31 - log[b]];
    }
};
constexpr Field field;

using Line = std::array<unsigned, line_letters>;

// Both are 0 for a line as it should be; `number` counts as the letter after the last.
std::pair<unsigned, unsigned> syndromes(const Line& line, unsigned number) {
    unsigned sum = number;
    unsigned weighted = field.times(number, field.power[line_letters]);
    for (std::size_t i = 0; i < line_letters; ++i) {
        sum ^= line[i];
        weighted ^= field.times(line[i], field.power[i]);
    }
    return {sum, weighted};
}

void add_check(Line& line, unsigned number) {
    line[data_letters] = line[data_letters + 1] = 0;
    const auto [sum, weighted] = syndromes(line, number);
    const unsigned a = field.power[data_letters];
    const unsigned b = field.power[data_letters + 1];
    line[data_letters + 1] = field.over(weighted ^ field.times(sum, a), a ^ b);
    line[data_letters] = sum ^ line[data_letters + 1];
}

std::optional<unsigned> value_of(char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    const std::size_t at = letters.find(c);
    return at == letters.npos ? std::nullopt : std::optional(static_cast<unsigned>(at));
}

Fault mistake(const std::string& where, std::string_view what) {
    return {FaultKind::input, std::string(what), where, std::string(look_again)};
}

std::string place_of(std::size_t letter) {
    return "letter " + std::to_string(letter + 1) + " (group " + std::to_string(letter / group + 1) +
           ", letter " + std::to_string(letter % group + 1) + " of it)";
}

Result<Line> read_line(std::string_view text, unsigned number, const std::string& where) {
    Line line{};
    std::size_t count = 0;
    for (const char c : text) {
        if (c == ' ' || c == '\t' || c == '-' || c == '.') continue;
        const auto value = value_of(c);
        if (!value)
            return mistake(where, place_of(count) + " is none that a sheet uses (0-9 A-Z without I L O U)");
        if (count < line_letters) line[count] = *value;
        ++count;
    }
    if (count != line_letters)
        return mistake(where, "the line has " + std::to_string(count) + " letters and should have " +
                                  std::to_string(line_letters));
    const auto [sum, weighted] = syndromes(line, number);
    if (sum == 0 && weighted == 0) return line;
    if (sum != 0 && weighted != 0) {
        const unsigned at = field.log[field.over(weighted, sum)];
        if (at < line_letters) return mistake(where, place_of(at) + " looks wrong");
        const unsigned other = number ^ sum;
        if (at == line_letters && other >= 1 && other <= lines_of_sheet)
            return mistake(where, "this looks like line " + std::to_string(other));
    }
    return mistake(where, "more than one letter of the line is wrong");
}

Result<RecoverySheet> sheet_of(const std::array<Line, lines_of_sheet>& lines, const std::string& where) {
    std::array<unsigned char, sheet_bytes> bytes{};
    for (std::size_t bit = 0; bit < sheet_bytes * 8; ++bit) {
        const std::size_t letter = bit / 5;
        const unsigned value = lines[letter / data_letters][letter % data_letters];
        if ((value >> (4 - bit % 5) & 1U) != 0)
            bytes[bit / 8] = static_cast<unsigned char>(bytes[bit / 8] | 1U << (7 - bit % 8));
    }
    RecoverySheet out;
    if (bytes[0] != 1)
        return Fault{FaultKind::input, "this sheet was made by a newer version of sendh", where,
                     "use the newer version"};
    std::copy_n(bytes.begin() + 1, 2, out.set.begin());
    out.number = bytes[3];
    out.needed = bytes[4];
    out.sheets = bytes[5];
    std::copy_n(bytes.begin() + 6, 2, out.fingerprint.begin());
    std::copy_n(bytes.begin() + 8, out.share.size(), out.share.begin());
    if (out.needed < 2 || out.needed > out.sheets || out.sheets > most_sheets || out.number < 1 ||
        out.number > out.sheets)
        return mistake(where, "this is not a sheet that sendh has made");
    return out;
}

void fill(unsigned char* bytes, unsigned size) { randombytes_buf(bytes, size); }

struct FreeContext {
    void operator()(gfshare_ctx* context) const { gfshare_ctx_free(context); }
};
using Context = std::unique_ptr<gfshare_ctx, FreeContext>;

// It starts as none, and freeing a context uses it, too.
void give_randomness() {
    start_crypto();
    gfshare_fill_rand = fill;
}

Key256 combine(const std::vector<const RecoverySheet*>& sheets) {
    give_randomness();
    std::vector<unsigned char> numbers;
    for (const RecoverySheet* sheet : sheets) numbers.push_back(static_cast<unsigned char>(sheet->number));
    const Context context(gfshare_ctx_init_dec(numbers.data(), static_cast<unsigned>(numbers.size()),
                                               static_cast<unsigned>(sizeof(Key256))));
    if (!context) std::abort();
    for (std::size_t i = 0; i < sheets.size(); ++i) {
        Key256 share = sheets[i]->share;
        gfshare_ctx_dec_giveshare(context.get(), static_cast<unsigned char>(i), share.data());
        sodium_memzero(share.data(), share.size());
    }
    Key256 out{};
    gfshare_ctx_dec_extract(context.get(), out.data());
    return out;
}

std::string text_of(const std::array<unsigned char, 2>& bytes) {
    return hex_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string numbers_of(const std::vector<const RecoverySheet*>& sheets) {
    std::string out;
    for (const RecoverySheet* sheet : sheets)
        out += (out.empty() ? "" : ", ") + std::to_string(sheet->number);
    return out;
}

}  // namespace

std::vector<RecoverySheet> split_key(const Key256& master, int sheets, int needed) {
    give_randomness();
    std::vector<unsigned char> numbers;
    for (int i = 1; i <= sheets; ++i) numbers.push_back(static_cast<unsigned char>(i));
    const Context context(gfshare_ctx_init_enc(numbers.data(), static_cast<unsigned>(sheets),
                                               static_cast<unsigned char>(needed),
                                               static_cast<unsigned>(master.size())));
    if (!context) std::abort();
    Key256 secret = master;
    gfshare_ctx_enc_setsecret(context.get(), secret.data());
    sodium_memzero(secret.data(), secret.size());
    RecoverySheet sheet;
    randombytes_buf(sheet.set.data(), sheet.set.size());
    const auto fingerprint = bytes_of_hex(KeyRing::fingerprint_of(master).substr(0, 4));
    std::copy_n(fingerprint->begin(), 2, sheet.fingerprint.begin());
    sheet.needed = needed;
    sheet.sheets = sheets;
    std::vector<RecoverySheet> out;
    for (int i = 0; i < sheets; ++i) {
        sheet.number = i + 1;
        gfshare_ctx_enc_getshare(context.get(), static_cast<unsigned char>(i), sheet.share.data());
        out.push_back(sheet);
    }
    return out;
}

std::string letters_of(const RecoverySheet& sheet) {
    std::array<unsigned char, sheet_bytes> bytes{1, sheet.set[0], sheet.set[1]};
    bytes[3] = static_cast<unsigned char>(sheet.number);
    bytes[4] = static_cast<unsigned char>(sheet.needed);
    bytes[5] = static_cast<unsigned char>(sheet.sheets);
    std::copy(sheet.fingerprint.begin(), sheet.fingerprint.end(), bytes.begin() + 6);
    std::copy(sheet.share.begin(), sheet.share.end(), bytes.begin() + 8);
    std::string out;
    for (std::size_t l = 0; l < lines_of_sheet; ++l) {
        const auto number = static_cast<unsigned>(l + 1);
        Line line{};
        for (std::size_t i = 0; i < data_letters; ++i) {
            for (std::size_t b = 0; b < 5; ++b) {
                const std::size_t bit = (l * data_letters + i) * 5 + b;
                line[i] = line[i] << 1 | (bytes[bit / 8] >> (7 - bit % 8) & 1U);
            }
        }
        add_check(line, number);
        out += std::to_string(number) + ":";
        for (std::size_t i = 0; i < line_letters; ++i) {
            if (i % group == 0) out += ' ';
            out += letters[line[i]];
        }
        out += '\n';
    }
    return out;
}

Result<std::vector<RecoverySheet>> sheets_in(std::string_view text, const std::string& where) {
    std::vector<RecoverySheet> out;
    std::array<Line, lines_of_sheet> lines{};
    std::size_t have = 0;
    std::size_t line_number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = trim(text.substr(at, end - at));
        at = end + 1;
        ++line_number;
        if (line.size() < 2 || line[0] < '1' || line[0] > '4' || line[1] != ':') continue;
        const auto number = static_cast<unsigned>(line[0] - '0');
        const std::string place = where + ":" + std::to_string(line_number);
        if (number != have + 1)
            return mistake(place, "line " + std::to_string(have + 1) +
                                      " of a sheet should stand here, and line " + std::to_string(number) +
                                      " does");
        SENDH_TRY(lines[have], read_line(line.substr(2), number, place));
        if (++have < lines_of_sheet) continue;
        have = 0;
        SENDH_TRY(RecoverySheet sheet, sheet_of(lines, where));
        out.push_back(sheet);
    }
    if (have != 0) return mistake(where, "line " + std::to_string(have + 1) + " of a sheet is missing");
    if (out.empty())
        return Fault{FaultKind::input, "there is no recovery sheet in it", where,
                     "a sheet has four lines that start with 1: 2: 3: 4:"};
    return out;
}

Result<RecoveredKey> recover_key(const std::vector<RecoverySheet>& sheets, const std::string& fingerprint) {
    const std::string wanted = fingerprint.substr(0, 4);
    std::vector<const RecoverySheet*> mine;
    std::vector<std::string> sets;
    for (const RecoverySheet& sheet : sheets) {
        if (text_of(sheet.fingerprint) != wanted)
            return Fault{
                FaultKind::key, "sheet " + std::to_string(sheet.number) + " is of the key of another case",
                "its key's fingerprint starts with " + text_of(sheet.fingerprint) + ", this case's with " +
                    wanted,
                "sheets made before the key was changed are of no use either; bring those of this key"};
        if (std::find(sets.begin(), sets.end(), text_of(sheet.set)) == sets.end())
            sets.push_back(text_of(sheet.set));
        const auto same = std::find_if(mine.begin(), mine.end(), [&](const RecoverySheet* other) {
            return other->number == sheet.number && other->set == sheet.set;
        });
        if (same == mine.end()) {
            mine.push_back(&sheet);
        } else if (**same != sheet) {
            return mistake("sheet " + std::to_string(sheet.number),
                           "this sheet was given twice, and the two differ");
        }
    }
    if (mine.empty())
        return Fault{FaultKind::input, "no recovery sheet was given", "", "name the files of the sheets"};
    if (sets.size() > 1) {
        std::string what;
        for (const std::string& set : sets) {
            std::vector<const RecoverySheet*> of_set;
            std::copy_if(mine.begin(), mine.end(), std::back_inserter(of_set),
                         [&](const RecoverySheet* sheet) { return text_of(sheet->set) == set; });
            what += (what.empty() ? "" : "; ") + std::string("set ") + set + ": sheet " + numbers_of(of_set);
        }
        return Fault{FaultKind::input, "these sheets are of different sets, which do not fit together", what,
                     "bring enough sheets of one set"};
    }
    const auto needed = static_cast<std::size_t>(mine.front()->needed);
    if (mine.size() < needed)
        return Fault{FaultKind::input,
                     "too few sheets: " + std::to_string(needed) + " are needed, " +
                         std::to_string(mine.size()) + (mine.size() == 1 ? " is here" : " are here"),
                     "sheet " + numbers_of(mine),
                     "bring others of the " + std::to_string(mine.front()->sheets)};
    // Which of them are right? A wrong one spoils every choice that it is in.
    constexpr int most_choices = 20'000;
    std::vector<bool> chosen(mine.size());
    std::fill_n(chosen.begin(), needed, true);
    for (int choice = 0; choice < most_choices; ++choice) {
        std::vector<const RecoverySheet*> few;
        for (std::size_t i = 0; i < mine.size(); ++i) {
            if (chosen[i]) few.push_back(mine[i]);
        }
        RecoveredKey out;
        out.master = combine(few);
        if (KeyRing::fingerprint_of(out.master) == fingerprint) {
            for (std::size_t i = 0; i < mine.size(); ++i) {
                if (chosen[i]) continue;
                auto with = few;
                with.back() = mine[i];
                if (combine(with) != out.master) out.damaged.push_back(mine[i]->number);
            }
            return out;
        }
        if (!std::prev_permutation(chosen.begin(), chosen.end())) break;
    }
    return Fault{FaultKind::input,
                 "at least one of these sheets is damaged: together they do not give the key",
                 "sheet " + numbers_of(mine),
                 mine.size() == needed ? "bring one more sheet; with it the damaged one can be told"
                                       : "bring other sheets of this set"};
}

}  // namespace sendh
