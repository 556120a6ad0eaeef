#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "casework/wording.h"

namespace sendh::report {

namespace {

constexpr std::array<Words, 12> kMonths = {{{"Jan", "जन."},
                                            {"Feb", "फ़र."},
                                            {"Mar", "मार्च"},
                                            {"Apr", "अप्रैल"},
                                            {"May", "मई"},
                                            {"Jun", "जून"},
                                            {"Jul", "जुलाई"},
                                            {"Aug", "अग."},
                                            {"Sep", "सित."},
                                            {"Oct", "अक्टू."},
                                            {"Nov", "नव."},
                                            {"Dec", "दिस."}}};

std::string_view month(const CivilTime& c, Language language) {
    return kMonths.at(static_cast<std::size_t>(std::clamp(c.month, 1, 12) - 1)).in(language);
}

struct LevelWords {
    std::string_view level;
    Words headline;
    Words answer;  // {0} register, {1} campaign, {2} numbers reached, {3} of them registered, {4} N by chance
    double threshold;
};
constexpr std::array<LevelWords, 5> kLevels = {{
    {"cannot_tell",
     {"It cannot be told whether the register leaked", "यह नहीं कहा जा सकता कि रजिस्टर लीक हुआ या नहीं"},
     {"From what is at hand it cannot be told whether the register “{0}” leaked. Numbers reached by the "
      "campaign: {2}; of these in the register: {3}. This is not an all-clear: what is missing is listed "
      "below.",
      "उपलब्ध सामग्री से यह नहीं कहा जा सकता कि रजिस्टर “{0}” लीक हुआ या नहीं। अभियान की कॉल पाने वाले "
      "नंबर: {2}; इनमें से रजिस्टर के: {3}। इसका अर्थ यह नहीं है कि लीक नहीं हुआ; जो सामग्री चाहिए, वह "
      "नीचे दी गई है।"},
     0},
    {"no_evidence",
     {"No evidence of a leak", "लीक का कोई साक्ष्य नहीं"},
     {"Numbers of the register “{0}” were not reached clearly more often than comparable other numbers. "
      "Numbers reached by campaign {1}: {2}; of these in the register: {3}. There is no evidence of a "
      "leak in what is at hand; a leak that was not used, or hardly used, is not ruled out.",
      "रजिस्टर “{0}” के नंबरों पर कॉलें तुलना योग्य अन्य नंबरों से स्पष्ट रूप से अधिक नहीं आईं। अभियान "
      "{1} की कॉल पाने वाले नंबर: {2}; इनमें से रजिस्टर के: {3}। उपलब्ध सामग्री में लीक का कोई साक्ष्य "
      "नहीं है; ऐसे लीक से इनकार नहीं किया जा सकता जिसका उपयोग नहीं हुआ या बहुत कम हुआ।"},
     0},
    {"indicated",
     {"A leak of the register is indicated", "रजिस्टर के लीक होने का संकेत है"},
     {"Numbers of the register “{0}” were reached more often than comparable other numbers. Numbers reached "
      "by campaign {1}: {2}; of these in the register: {3}. Without a leak, this would be seen by chance "
      "at most once in {4}. That is an indication and no more: collect what is listed below before acting "
      "on it alone.",
      "रजिस्टर “{0}” के नंबरों पर तुलना योग्य अन्य नंबरों से अधिक कॉलें आईं। अभियान {1} की कॉल पाने वाले "
      "नंबर: {2}; इनमें से रजिस्टर के: {3}। लीक न हुआ होता, तो ऐसा संयोगवश {4} में अधिक से अधिक एक बार "
      "दिखता। यह केवल संकेत है: केवल इसी के आधार पर कार्रवाई से पहले नीचे बताई गई सामग्री एकत्र करें।"},
     20},
    {"strong",
     {"Strong evidence that the register leaked", "रजिस्टर के लीक होने का प्रबल साक्ष्य"},
     {"Numbers of the register “{0}” were reached far more often than comparable other numbers. Numbers "
      "reached by campaign {1}: {2}; of these in the register: {3}. Without a leak, this would be seen by "
      "chance at most once in {4}. The assumptions behind this are stated below.",
      "रजिस्टर “{0}” के नंबरों पर तुलना योग्य अन्य नंबरों से बहुत अधिक कॉलें आईं। अभियान {1} की कॉल पाने "
      "वाले नंबर: {2}; इनमें से रजिस्टर के: {3}। लीक न हुआ होता, तो ऐसा संयोगवश {4} में अधिक से अधिक एक "
      "बार दिखता। जिन मान्यताओं पर यह टिका है, वे नीचे दी गई हैं।"},
     1e3},
    {"very_strong",
     {"Very strong evidence that the register leaked", "रजिस्टर के लीक होने का अत्यंत प्रबल साक्ष्य"},
     {"Numbers of the register “{0}” were reached far more often than comparable other numbers. Numbers "
      "reached by campaign {1}: {2}; of these in the register: {3}. Without a leak, this would be seen by "
      "chance at most once in {4}, and none of the other explanations examined fits nearly as well. The "
      "assumptions behind this are stated below.",
      "रजिस्टर “{0}” के नंबरों पर तुलना योग्य अन्य नंबरों से बहुत अधिक कॉलें आईं। अभियान {1} की कॉल पाने "
      "वाले नंबर: {2}; इनमें से रजिस्टर के: {3}। लीक न हुआ होता, तो ऐसा संयोगवश {4} में अधिक से अधिक एक "
      "बार दिखता, और जाँची गई कोई दूसरी व्याख्या इतनी ठीक नहीं बैठती। जिन मान्यताओं पर यह टिका है, वे "
      "नीचे दी गई हैं।"},
     1e6},
}};

constexpr Words kNoCampaign = {
    "No fake calls were found that belong together, so nothing can be said about the register “{0}”. This "
    "is not an all-clear: what is missing is listed below.",
    "एक ही अभियान की फर्जी कॉलें नहीं मिलीं, इसलिए रजिस्टर “{0}” के बारे में कुछ नहीं कहा जा सकता। इसका "
    "अर्थ यह नहीं है कि लीक नहीं हुआ; जो सामग्री चाहिए, वह नीचे दी गई है।"};
constexpr Words kByMarks = {
    "The calls of campaign {1} follow marks that were planted in copies of the register “{0}”. Numbers "
    "reached: {2}; of these in the register: {3}. Had none of the copies been dialled, this would be seen by "
    "chance at most once in {4}.",
    "अभियान {1} की कॉलें रजिस्टर “{0}” की प्रतियों में डाले गए चिह्नों का अनुसरण करती हैं। कॉल पाने वाले "
    "नंबर: {2}; इनमें से रजिस्टर के: {3}। यदि किसी प्रति से डायल न हुआ होता, तो ऐसा संयोगवश {4} में अधिक से "
    "अधिक एक बार दिखता।"};
constexpr Words kCopyNamed = {
    "The marks planted in the copies single out copy {0}, given to {1}. That says which copy was the "
    "source, not who passed it on.",
    "प्रतियों में रखे गए चिह्न प्रति {0} की ओर संकेत करते हैं, जो {1} को दी गई थी। इससे यह पता चलता है "
    "कि स्रोत कौन-सी प्रति है, यह नहीं कि उसे किसने आगे दिया।"};
constexpr Words kCopiesNamed = {
    "The marks planted in the copies single out more than one copy: {0}. That says which copies were the "
    "source, not who passed them on.",
    "प्रतियों में रखे गए चिह्न एक से अधिक प्रतियों की ओर संकेत करते हैं: {0}। इससे यह पता चलता है कि "
    "स्रोत कौन-सी प्रतियाँ हैं, यह नहीं कि उन्हें किसने आगे दिया।"};

const LevelWords& level_words(const Finding& finding) {
    for (const LevelWords& words : kLevels) {
        if (words.level == finding.leak.level) return words;
    }
    return kLevels.front();
}

}  // namespace

std::string day_text(Micros instant, Zone zone, Language language, bool year) {
    const CivilTime c = to_civil(instant, zone);
    const std::string day = fmt::format("{} {}", c.day, month(c, language));
    return year ? fmt::format("{} {}", day, c.year) : day;
}

std::string month_text(Micros instant, Zone zone, Language language) {
    const CivilTime c = to_civil(instant, zone);
    return fmt::format("{} {}", month(c, language), c.year);
}

std::string percent(double share) {
    const double hundredths = std::clamp(share, 0., 1.) * 100;
    if (hundredths == 0) return "0 %";
    if (hundredths < .001) return "< 0.001 %";
    if (hundredths < .995) return fmt::format("{:.2g} %", hundredths);
    return fmt::format("{:.{}f} %", hundredths, hundredths < 99.95 ? 1 : 0);
}

std::string shown(std::string_view name) {
    std::string clean;
    while (!name.empty()) {
        const std::size_t good = first_bad_utf8(name).value_or(name.size());
        for (const char c : name.substr(0, good)) {
            const auto byte = static_cast<unsigned char>(c);
            clean += byte < 0x20 || byte == 0x7f ? ' ' : c;
        }
        name.remove_prefix(good);
        if (name.empty()) break;
        clean += "\xEF\xBF\xBD";
        name.remove_prefix(1);
    }
    return without_numbers(clean);
}

std::string said(const Statement& statement, Language language) {
    Statement fit = statement;
    for (std::string& name : fit.names) name = shown(name);
    return say(fit, language);
}

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += static_cast<unsigned char>(c) < 0x20 && c != '\n' ? ' ' : c;
        }
    }
    return out;
}

std::string in_groups(std::string_view hex) {
    std::string out;
    std::size_t digits = 0;
    for (const char c : hex) {
        if (std::string_view("0123456789abcdefABCDEF").find(c) == std::string_view::npos) continue;
        if (digits > 0 && digits % 4 == 0) out += ' ';
        out += c;
        ++digits;
    }
    return out;
}

std::string headline(const Finding& finding, Language language) {
    return std::string(level_words(finding).headline.in(language));
}

std::string answer(const Finding& finding, Language language) {
    const Leak& leak = finding.leak;
    // Where who was called does not carry the level, the marks do.
    const double needed = std::log10(std::max(1.0, threshold(finding, leak.level)));
    const bool by_marks = needed > 0 && leak.log10_e < needed && leak.planted_log10_e >= needed;
    const Words& words = finding.campaign.empty() ? kNoCampaign
                         : by_marks               ? kByMarks
                                                  : level_words(finding).answer;
    std::string text =
        fmt::format(fmt::runtime(words.in(language)), shown(finding.register_name), shown(finding.campaign),
                    spoken_count(leak.hits, language), spoken_count(leak.hits_in_register, language),
                    spoken_chance(by_marks ? leak.planted_log10_e : leak.log10_e, language));
    std::string names;
    std::string recipient;
    int named = 0;
    for (const CopyLine& copy : finding.copies) {
        if (!copy.named) continue;
        ++named;
        names += (names.empty() ? "" : ", ") + shown(copy.id);
        recipient = shown(copy.recipient);
    }
    if (named == 1) text += " " + fmt::format(fmt::runtime(kCopyNamed.in(language)), names, recipient);
    if (named > 1) text += " " + fmt::format(fmt::runtime(kCopiesNamed.in(language)), names);
    return text;
}

double threshold(const Finding& finding, std::string_view level) {
    for (const auto& [name, value] : finding.ledger.thresholds) {
        if (name == level && value > 0) return value;
    }
    for (const LevelWords& words : kLevels) {
        if (words.level == level) return words.threshold;
    }
    return 0;
}

}  // namespace sendh::report
