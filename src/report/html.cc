#include "report/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "casework/copies.h"
#include "casework/wording.h"
#include "report/svg.h"
#include "report/words.h"

namespace sendh {

namespace {

using report::escaped;
using report::in_groups;
using report::said;
using report::shown;
using report::Words;

constexpr std::string_view kStyle = R"(
@page { size: A4; margin: 16mm 15mm; }
* { box-sizing: border-box; }
html { color-scheme: light; }
body { margin: 0 auto; padding: 28px 24px 40px; max-width: 820px; background: #fff; color: #1f2328;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans Devanagari", "Nirmala UI",
  Mangal, sans-serif; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
html[lang=hi] body { line-height: 1.65; }
h1 { font-size: 25px; line-height: 1.3; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 30px 0 8px; padding-bottom: 3px; border-bottom: 1px solid #d4d8dd;
  break-after: avoid; }
h3 { font-size: 15px; margin: 18px 0 4px; break-after: avoid; }
p { margin: 6px 0; }
.meta { color: #57606a; margin-bottom: 16px; overflow-wrap: anywhere; }
.answer { margin: 14px 0 18px; padding: 12px 18px 14px; border: 1px solid #6b7480; border-left-width: 12px;
  border-radius: 4px; break-inside: avoid; overflow-wrap: anywhere; }
.answer strong { display: block; font-size: 20px; line-height: 1.35; margin-bottom: 4px; }
.cannot_tell { background: #f0f1f3; border-color: #6b7480; border-style: dashed dashed dashed solid; }
.no_evidence { background: #e9f5ec; border-color: #2e7d46; }
.indicated { background: #fff4d6; border-color: #b07800; border-left-style: double; }
.strong { background: #fde9e6; border-color: #b3261e; }
.very_strong { background: #fbdad5; border-color: #8c1710; border-width: 3px 3px 3px 16px; }
.figures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 10px; margin: 0; }
.figures div { border: 1px solid #d4d8dd; border-radius: 4px; padding: 8px 12px; break-inside: avoid; }
.figures dt { color: #57606a; font-size: 13px; line-height: 1.35; }
.figures dd { margin: 2px 0 0; font-size: 20px; font-weight: 600; line-height: 1.3; }
.figures small { display: block; font-size: 13px; font-weight: 400; color: #57606a; }
ul, ol { margin: 6px 0; padding-left: 22px; }
li { margin: 5px 0; break-inside: avoid; overflow-wrap: anywhere; }
figure { margin: 12px 0 6px; break-inside: avoid; }
figcaption { color: #57606a; font-size: 13px; }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 12px; font-family: inherit; }
table { width: 100%; border-collapse: collapse; margin: 8px 0; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: 5px 10px 5px 0; border-bottom: 1px solid #d4d8dd;
  overflow-wrap: anywhere; }
th { color: #57606a; font-weight: 600; border-bottom-color: #6b7480; }
thead { display: table-header-group; }
tbody { break-inside: avoid; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.facts th { width: 34%; border-bottom-color: #d4d8dd; }
.whole { white-space: nowrap; }
.copies td, .copies th { padding-right: 8px; font-size: 13px; }
.copies th { overflow-wrap: normal; }
.copies th.n { white-space: normal; }
.copies td:nth-child(2) { min-width: 96px; }
th small { display: block; font-weight: 400; white-space: normal; }
.first td { border-bottom: 0; padding-bottom: 0; }
code, .hash { font-family: ui-monospace, "DejaVu Sans Mono", "Noto Sans Mono", monospace; font-size: 12.5px; }
.hash { color: #57606a; font-size: 12px; }
pre { margin: 8px 0; padding: 10px 12px; background: #f6f7f8; border: 1px solid #d4d8dd; border-radius: 4px;
  white-space: pre-wrap; overflow-wrap: anywhere; break-inside: avoid; }
footer { margin-top: 32px; padding-top: 8px; border-top: 1px solid #d4d8dd; color: #57606a; font-size: 13px; }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt; } }
@media (max-width: 560px) { .figures { grid-template-columns: 1fr 1fr; } }
)";

constexpr Words kTitle = {"Finding: has the register leaked?", "निष्कर्ष: क्या रजिस्टर लीक हुआ?"};
constexpr Words kCase = {"Case", "प्रकरण"};
constexpr Words kMade = {"made on", "तैयार किया गया"};
constexpr Words kFigures = {"Key figures", "मुख्य आँकड़े"};
constexpr Words kReached = {"Numbers reached by the campaign", "अभियान की कॉल पाने वाले नंबर"};
constexpr Words kReachedRegistered = {"of these in the register", "इनमें से रजिस्टर के"};
constexpr Words kOdds = {"Odds of being called, registered against neighbours",
                         "कॉल आने का संभावना-अनुपात, रजिस्टर बनाम पड़ोसी"};
constexpr Words kTimes = {"{}-fold", "{} गुना"};
constexpr Words kFrom = {"interval: {} to {}", "अंतराल: {} से {}"};
constexpr Words kByChance = {"By chance, without a leak", "बिना लीक के, संयोगवश"};
constexpr Words kOnceIn = {"at most 1 in {}", "{} में अधिक से अधिक 1 बार"};
constexpr Words kOften = {"not rare", "दुर्लभ नहीं"};
constexpr Words kBias = {"Hidden preference needed to explain it away", "इसे समझाने के लिए आवश्यक छिपा झुकाव"};
constexpr Words kAtLeast = {"at least {}-fold", "कम से कम {} गुना"};
constexpr Words kUncalled = {"Registered numbers not reached yet", "रजिस्टर के नंबर जिन पर अभी कॉल नहीं आई"};
constexpr Words kUnknown = {"not known", "ज्ञात नहीं"};
constexpr Words kNotApplicable = {"does not apply", "लागू नहीं"};
constexpr Words kWhy = {"Why this answer", "यह उत्तर क्यों"};
constexpr Words kMissing = {"What is missing, and what would change this answer",
                            "क्या चाहिए, और किससे यह उत्तर बदल सकता है"};
constexpr Words kNothingMissing = {
    "Nothing is asked for. Newer call records, or answers from more neighbours, may strengthen or weaken "
    "it.",
    "कुछ और आवश्यक नहीं है। नए कॉल रिकॉर्ड या और पड़ोसियों के उत्तर इस उत्तर को अधिक या कम दृढ़ कर सकते "
    "हैं।"};
constexpr Words kRivals = {"Other explanations that were examined", "जाँची गई अन्य व्याख्याएँ"};
constexpr Words kRival = {"Explanation", "व्याख्या"};
constexpr Words kFits = {"Compared with dialling from the register", "रजिस्टर से डायल करने की तुलना में"};
constexpr Words kVerdict = {"Explains the calls", "कॉलों को समझाती है"};
constexpr Words kBetter = {"fits {} times better", "{} गुना अधिक ठीक बैठती है"};
constexpr Words kWorse = {"fits {} times worse", "{} गुना कम ठीक बैठती है"};
constexpr Words kSame = {"fits equally well", "बराबर ठीक बैठती है"};
constexpr Words kYes = {"yes", "हाँ"};
constexpr Words kNo = {"no", "नहीं"};
constexpr Words kNoRivals = {"No other explanation was examined.", "किसी अन्य व्याख्या की जाँच नहीं हुई।"};
constexpr Words kPlots = {"The evidence in pictures", "साक्ष्य चित्रों में"};
constexpr Words kActivity = {"Calls over time", "समय के साथ कॉलें"};
constexpr Words kActivityNote = {"When the campaign called, and how much was in the records at that time.",
                                 "अभियान की कॉलें कब आईं, और उस समय रिकॉर्ड में कुल कितनी कॉलें थीं।"};
constexpr Words kNoActivity = {"No calls with a time are at hand.", "समय सहित कोई कॉल उपलब्ध नहीं है।"};
constexpr Words kPath = {"Evidence over time", "समय के साथ साक्ष्य"};
constexpr Words kPathNote = {
    "The line rises when a registered number is called where a neighbour could have been, and falls when "
    "a neighbour is. Without a leak it reaches a dashed line at most once in the number written beside "
    "it, however often one looks.",
    "जब ऐसी जगह रजिस्टर के नंबर पर कॉल आती है जहाँ पड़ोसी को भी आ सकती थी, तो रेखा ऊपर जाती है; पड़ोसी "
    "को आती है तो नीचे। बिना लीक के यह किसी टूटी रेखा तक, उसके साथ लिखी संख्या में, अधिक से अधिक एक बार "
    "पहुँचती है, चाहे कितनी भी बार देखा जाए।"};
constexpr Words kNoPath = {"There is no evidence over time to draw: no hit could be compared.",
                           "समय के साथ साक्ष्य का चित्र नहीं बन सका: किसी कॉल की तुलना संभव नहीं थी।"};
constexpr Words kRates = {"Registered numbers and their neighbours", "रजिस्टर के नंबर और उनके पड़ोसी"};
constexpr Words kRatesNote = {
    "Share reached by the campaign in number blocks that hold both kinds, with 95 % intervals. Totals "
    "over all blocks: the odds above compare within each block.",
    "जिन नंबर-खंडों में दोनों तरह के नंबर हैं, उनमें कॉल पाने वालों का अंश, 95 % अंतराल सहित। ये सभी "
    "खंडों के योग हैं; ऊपर का संभावना-अनुपात हर खंड के भीतर तुलना करता है।"};
constexpr Words kNoRates = {"There are no neighbours to compare with.", "तुलना के लिए पड़ोसी नंबर नहीं हैं।"};
constexpr Words kNext = {"Who is next", "आगे किसे कॉल आ सकती है"};
constexpr Words kNextText = {
    "Registered numbers that the campaign has not reached: {}. They should be warned first.",
    "रजिस्टर के वे नंबर जिन पर अभियान की कॉल अभी नहीं आई: {}। सबसे पहले इन्हें सावधान किया जाए।"};
constexpr Words kNextShare = {
    "Of the calls still to be expected, {} fall on the tenth of them at highest risk.",
    "आगे अपेक्षित कॉलों का {} इनमें सबसे अधिक जोखिम वाले दसवें भाग पर आएगा।"};
constexpr Words kNextList = {"The list, for those entitled to see it:",
                             "सूची, उनके लिए जो इसे देखने के अधिकारी हैं:"};
constexpr Words kNextNone = {"Every registered number has been reached, or none is known to be at risk.",
                             "रजिस्टर के सभी नंबरों पर कॉल आ चुकी है, या किसी के जोखिम में होने की "
                             "जानकारी नहीं है।"};
constexpr Words kCopies = {"Which copy", "कौन-सी प्रति"};
constexpr Words kCopiesNote = {
    "Numbers as base-10 logarithms: 3 means at most once in 1,000 for an innocent copy. Evidence is what "
    "canaries "
    "and row order say together; a copy is named when it reaches the number in the head: copies, and "
    "recipients "
    "who have several, divided by alpha. “Who is in it” compares who was called with who stands in the copy: "
    "a likelihood ratio that "
    "rests on assumptions about the callers, is no part of the evidence and names nobody. Reached: calls to "
    "numbers "
    "that stand in the copy, and how much of it calls can have reached by now if it is the source. A copy "
    "not named "
    "is not cleared.",
    "संख्याएँ 10 के घातांक के रूप में: 3 का अर्थ है कि निर्दोष प्रति के लिए ऐसा 1,000 में अधिक से अधिक एक "
    "बार होता। साक्ष्य निगरानी नंबरों और पंक्ति-क्रम का मिला हुआ मान है; प्रति का नाम तभी लिया जाता है जब वह शीर्ष में दी "
    "गई "
    "संख्या तक पहुँचे, जो प्रतियों (और कई प्रतियों वाले प्राप्तकर्ताओं) की संख्या को alpha से भाग देने पर मिलती है। “उसमें कौन है” "
    "में कॉल पाने वालों की तुलना "
    "प्रति में दर्ज लोगों से की जाती है: यह संभावना-अनुपात कॉल करने वालों के बारे में मान्यताओं पर टिका है, साक्ष्य में नहीं जुड़ता "
    "और इससे किसी का नाम नहीं लिया जाता। पहुँच: प्रति के नंबरों पर आई कॉलें, और यदि वही स्रोत है तो अब तक कॉलें उसके "
    "कितने भाग तक पहुँची हो सकती हैं। जिसका नाम नहीं आया, वह प्रति इससे संदेह-मुक्त नहीं हो जाती।"};
constexpr Words kCopy = {"Copy", "प्रति"};
constexpr Words kRecipient = {"Given to", "किसे दी गई"};
constexpr Words kDate = {"Date", "दिनांक"};
constexpr Words kEvidence = {"Evidence", "साक्ष्य"};
constexpr Words kNamedFrom = {"named from {}", "{} पर नामित"};
constexpr Words kNatural = {"Who is in it", "उसमें कौन है"};
constexpr Words kNaturalNote = {"needs assumptions", "मान्यताओं पर टिका"};
constexpr Words kTogether = {
    "{0} has several copies: {1}. Canaries that they share count against the recipient, not against one "
    "copy; "
    "evidence of all their marks together, that one of them was dialled: {2}.",
    "{0} के पास कई प्रतियाँ हैं: {1}। जो निगरानी नंबर इन सब में हैं, वे किसी एक प्रति के नहीं, प्राप्तकर्ता के विरुद्ध गिने जाते "
    "हैं; सभी चिह्नों का मिला हुआ साक्ष्य कि इनमें से किसी एक से डायल किया गया: {2}।"};
constexpr Words kCanaries = {"Canaries", "निगरानी नंबर"};
constexpr Words kRowOrder = {"Row order", "पंक्ति-क्रम"};
constexpr Words kReachedOfCopy = {"Calls; reached", "कॉलें; पहुँच"};
constexpr Words kStanding = {"Standing", "स्थिति"};
constexpr Words kNamed = {"named", "नामित"};
constexpr Words kPossible = {"not ruled out by who was called", "किसे कॉल आई, इससे खारिज नहीं"};
constexpr Words kRuledOut = {"not in the confidence set", "विश्वास-समुच्चय से बाहर"};
constexpr Words kMoreCopies = {"Further copies, with less evidence: {}.",
                               "इनसे कम साक्ष्य वाली अन्य प्रतियाँ: {}।"};
constexpr Words kSnapshot = {"The calls fit the state of the register between {} and {}.",
                             "कॉलें {} से {} के बीच की रजिस्टर की स्थिति से मेल खाती हैं।"};
constexpr Words kSnapshotOpen = {"The calls fit the states of the register up to {}.",
                                 "कॉलें {} तक की रजिस्टर की स्थितियों से मेल खाती हैं।"};
constexpr Words kColumnsLine = {"Evidence that the callers had a column (base-10 logarithm): {}.",
                                "कॉल करने वालों के पास कौन-से स्तंभ थे, इसका साक्ष्य (10 का घातांक): {}।"};
constexpr Words kMoreOfCopies = {"What would tell more", "और क्या जानने से बात आगे बढ़ेगी"};
constexpr Words kDialled = {"Order of the calls in copy {}", "प्रति {} में कॉलों का क्रम"};
constexpr Words kDialledNote = {
    "Each copy has a secret order of rows of its own. Where somebody worked through it from top to bottom, "
    "the "
    "dots rise along lines; in a copy that was not dialled they are a cloud.",
    "हर प्रति की पंक्तियों का अपना गुप्त क्रम है। जहाँ किसी ने उसे ऊपर से नीचे डायल किया, वहाँ बिंदु रेखाओं "
    "में ऊपर चढ़ते हैं; जिस प्रति से डायल नहीं हुआ, उसमें वे बिखरे रहते हैं।"};
constexpr Words kLedger = {"What was looked at", "क्या देखा गया"};
constexpr Words kFile = {"File, SHA-256", "फ़ाइल, SHA-256"};
constexpr Words kRows = {"Rows", "पंक्तियाँ"};
constexpr Words kAccepted = {"accepted", "स्वीकृत"};
constexpr Words kRejected = {"rejected", "अस्वीकृत"};
constexpr Words kDuplicates = {"duplicates", "दोहराई गई"};
constexpr Words kTotal = {"Total", "कुल"};
constexpr Words kNoFiles = {"No evidence files are recorded.", "कोई साक्ष्य फ़ाइल दर्ज नहीं है।"};
constexpr Words kRegister = {"Register", "रजिस्टर"};
constexpr Words kCampaign = {"Campaign", "अभियान"};
constexpr Words kNone = {"none", "कोई नहीं"};
constexpr Words kHeldBy = {"Calls grouped by", "कॉलें किस आधार पर एक साथ रखी गईं"};
constexpr Words kTested = {"Campaigns tested", "जाँचे गए अभियान"};
constexpr Words kPopulation = {"Numbers on which calls would have been seen", "वे नंबर जिन पर कॉल दर्ज होती"};
constexpr Words kPopulationText = {"{} numbers in {} groups of like numbers ({})",
                                   "{} नंबर, समान नंबरों के {} समूहों में ({})"};
constexpr Words kOperator = {"from the operator", "ऑपरेटर से"};
constexpr Words kSwitchboard = {"from a switchboard", "स्विचबोर्ड से"};
constexpr Words kSurvey = {"from people who were asked", "लोगों से पूछकर"};
constexpr Words kAlpha = {"Accepted chance of error (alpha)", "त्रुटि की स्वीकृत संभावना (alpha)"};
constexpr Words kThresholds = {"Thresholds", "सीमाएँ"};
constexpr Words kLooks = {"How often the evidence was looked at", "साक्ष्य कितनी बार देखा गया"};
constexpr Words kSeed = {"Seed", "यादृच्छिक बीज (seed)"};
constexpr Words kKey = {"Mark key, SHA-256", "चिह्न-कुंजी, SHA-256"};
constexpr Words kZone = {"Time zone", "समय क्षेत्र"};
constexpr Words kAssumptions = {"What this rests on", "यह किन मान्यताओं पर टिका है"};
constexpr std::array<Words, 5> kAssumed = {
    {{"The evidence of who was called needs the assumption that, within a group of like numbers, callers "
      "without the register had no reason to prefer registered numbers. How strong a hidden preference "
      "would have to be is stated above; that there was none cannot be shown from calls.",
      "किसे कॉल की गई, इस पर आधारित साक्ष्य के लिए यह मान्यता आवश्यक है कि समान नंबरों के समूह के भीतर, "
      "बिना रजिस्टर के कॉल करने वालों के पास रजिस्टर के नंबरों को चुनने का कोई कारण नहीं था। छिपा झुकाव "
      "कितना बड़ा होना चाहिए, यह ऊपर दिया गया है; यह कि झुकाव था ही नहीं, कॉलों से नहीं दिखाया जा सकता।"},
     {"A call of the campaign to any number of the population would stand in the records, whether the number "
      "is registered or not.",
      "अभियान की कॉल इन नंबरों में से किसी पर भी आती, तो वह रिकॉर्ड में होती, चाहे नंबर रजिस्टर का हो या "
      "न हो।"},
     {"The dates in the register (who joined, who left) are right.",
      "रजिस्टर की तारीखें (कौन कब जुड़ा, कौन कब हटा) सही हैं।"},
     {"Which calls are fake and which belong together was decided without knowing who stands in the "
      "register.",
      "कौन-सी कॉलें फर्जी हैं और कौन-सी एक ही अभियान की हैं, यह रजिस्टर में कौन है यह जाने बिना तय किया "
      "गया।"},
     {"The evidence may be looked at after every call: the limits stated hold however often it is done.",
      "साक्ष्य को हर कॉल के बाद देखा जा सकता है: बताई गई सीमाएँ कितनी भी बार देखने पर लागू रहती हैं।"}}};
constexpr Words kAssumedCopies = {
    "The marks in the copies were drawn by lot with a secret key. Evidence from them needs no assumption "
    "about callers, called persons or those who report.",
    "प्रतियों के चिह्न गुप्त कुंजी से यादृच्छिक रूप से चुने गए। उनसे मिले साक्ष्य के लिए कॉल करने वालों, "
    "कॉल पाने वालों या सूचना देने वालों के बारे में कोई मान्यता आवश्यक नहीं है।"};
constexpr Words kCheck = {"How to check this", "इसकी जाँच कैसे करें"};
constexpr Words kCheckText = {
    "The same files give the same finding, byte for byte, but for the count of looks, which goes up by one "
    "each "
    "time. In the folder of the case:",
    "उन्हीं फ़ाइलों से यही निष्कर्ष अक्षरशः फिर बनता है; केवल यह गिनती कि साक्ष्य कितनी बार देखा गया, हर बार एक बढ़ती है। "
    "प्रकरण के "
    "फ़ोल्डर में:"};
constexpr Words kCheckLog = {"is the log of the case as it was written?",
                             "क्या प्रकरण का लॉग वैसा ही है जैसा लिखा गया था?"};
constexpr Words kCheckAgain = {"makes this finding again", "यह निष्कर्ष फिर से बनाता है"};
constexpr Words kCheckCalls = {"each call judged fake, with its reasons", "फर्जी मानी गई हर कॉल, कारणों सहित"};
constexpr Words kCheckHash = {"compare with the sums above", "ऊपर दिए गए मानों से मिलाएँ"};
constexpr Words kFooter = {"Made by sendh {}. Phone numbers are masked throughout.",
                           "sendh {} द्वारा तैयार। सभी फ़ोन नंबर ढके हुए हैं।"};
constexpr Words kMoreInReport = {"More in the full report: sendh report", "पूरा विवरण: sendh report"};

class Page {
public:
    Page(const Finding& finding, Language language) : f_(finding), language_(language) {}

    std::string make() {
        head();
        figures();
        sentences(kWhy, f_.leak.reasons, "");
        sentences(kMissing, f_.leak.needs, kNothingMissing.in(language_));
        rivals();
        plots();
        next();
        copies();
        ledger();
        assumptions();
        check();
        out_ +=
            "<footer>" + escaped(filled(kFooter, shown(f_.ledger.version))) + "</footer>\n</body>\n</html>\n";
        return std::move(out_);
    }

private:
    [[nodiscard]] std::string word(const Words& words) const { return escaped(words.in(language_)); }
    template <class... Values>
    [[nodiscard]] std::string filled(const Words& words, const Values&... values) const {
        return fmt::format(fmt::runtime(words.in(language_)), values...);
    }
    [[nodiscard]] std::string count(std::uint64_t value) const { return spoken_count(value, language_); }
    void heading(const Words& words) { out_ += "<h2>" + word(words) + "</h2>\n"; }
    void paragraph(std::string_view text) { out_ += fmt::format("<p>{}</p>\n", escaped(text)); }

    void head() {
        out_ += fmt::format(
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
            "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}: "
            "{}</title>\n<style>{}</style>\n</head>\n<body>\n",
            language_ == Language::english ? "en" : "hi", word(kTitle), escaped(shown(f_.case_name)), kStyle);
        const CivilTime made = to_civil(f_.made_at, f_.zone);
        out_ += fmt::format("<h1>{}</h1>\n<p class=\"meta\">{}: {} · {}: {}, {:02}:{:02} ({})</p>\n",
                            word(kTitle), word(kCase), escaped(shown(f_.case_name)), word(kMade),
                            escaped(report::day_text(f_.made_at, f_.zone, language_)), made.hour, made.minute,
                            escaped(to_text(f_.zone)));
        out_ += fmt::format("<div class=\"answer {}\"><strong>{}</strong>{}</div>\n", escaped(f_.leak.level),
                            escaped(report::headline(f_, language_)), escaped(report::answer(f_, language_)));
    }

    void figure(const Words& label, std::string_view value, std::string_view note = "") {
        out_ += fmt::format("<div><dt>{}</dt><dd>{}", word(label), escaped(value));
        if (!note.empty()) out_ += fmt::format("<small>{}</small>", escaped(note));
        out_ += "</dd></div>\n";
    }

    void figures() {
        const Leak& leak = f_.leak;
        heading(kFigures);
        out_ += "<dl class=\"figures\">\n";
        figure(kReached, count(leak.hits));
        figure(kReachedRegistered, count(leak.hits_in_register));
        if (leak.odds_ratio) {
            const std::string estimate = spoken_ratio(leak.odds_ratio->estimate, language_);
            figure(kOdds, leak.odds_ratio->estimate < 1e12 ? filled(kTimes, estimate) : estimate,
                   filled(kFrom, spoken_ratio(leak.odds_ratio->low, language_),
                          spoken_ratio(leak.odds_ratio->high, language_)));
        } else {
            figure(kOdds, kUnknown.in(language_));
        }
        const bool compared = leak.odds_ratio.has_value() || !leak.path.empty();
        figure(kByChance, !compared              ? std::string(kUnknown.in(language_))
                          : leak.log10_e < .3011 ? std::string(kOften.in(language_))
                                                 : filled(kOnceIn, spoken_chance(leak.log10_e, language_)));
        figure(kBias, leak.gamma_star >= 1 ? filled(kAtLeast, spoken_ratio(leak.gamma_star, language_))
                                           : std::string(kNotApplicable.in(language_)));
        figure(kUncalled, count(f_.at_risk));
        out_ += "</dl>\n";
    }

    void sentences(const Words& title, const std::vector<Statement>& statements, std::string_view otherwise) {
        if (statements.empty() && otherwise.empty()) return;
        heading(title);
        if (statements.empty()) return paragraph(otherwise);
        list(statements);
    }

    void list(const std::vector<Statement>& statements) {
        if (statements.empty()) return;
        out_ += "<ul>\n";
        for (const Statement& statement : statements) {
            out_ += fmt::format("<li>{}</li>\n", escaped(said(statement, language_)));
        }
        out_ += "</ul>\n";
    }

    [[nodiscard]] std::string fit(double log10_lr) const {
        if (!(std::abs(log10_lr) >= .04)) return std::string(kSame.in(language_));
        const double size = std::abs(log10_lr);
        const std::string times =
            size < 3 ? spoken_ratio(std::pow(10, size), language_) : spoken_chance(size, language_);
        return filled(log10_lr > 0 ? kBetter : kWorse, times);
    }

    void rivals() {
        heading(kRivals);
        if (f_.leak.rivals.empty()) return paragraph(kNoRivals.in(language_));
        out_ += fmt::format("<table>\n<thead><tr><th>{}</th><th>{}</th><th>{}</th></tr></thead>\n<tbody>\n",
                            word(kRival), word(kFits), word(kVerdict));
        for (const RivalLine& rival : f_.leak.rivals) {
            const std::string verdict = word(rival.explains ? kYes : kNo);
            out_ +=
                fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                            escaped(spoken_name(shown(rival.name), language_)), escaped(fit(rival.log10_lr)),
                            rival.explains ? "<b>" + verdict + "</b>" : verdict);
        }
        out_ += "</tbody>\n</table>\n";
    }

    void plot(const Words& title, const std::string& svg, const Words& note, const Words& otherwise) {
        out_ += "<h3>" + word(title) + "</h3>\n";
        if (svg.empty()) return paragraph(otherwise.in(language_));
        out_ += fmt::format("<figure>\n{}<figcaption>{}</figcaption>\n</figure>\n", svg, word(note));
    }

    void plots() {
        heading(kPlots);
        plot(kRates, report::rates_plot(f_, language_), kRatesNote, kNoRates);
        plot(kPath, report::evidence_plot(f_, language_), kPathNote, kNoPath);
        plot(kActivity, report::activity_plot(f_, language_), kActivityNote, kNoActivity);
    }

    void next() {
        heading(kNext);
        if (f_.at_risk == 0) return paragraph(kNextNone.in(language_));
        std::string text = filled(kNextText, count(f_.at_risk));
        if (f_.at_risk_top_share > 0) text += " " + filled(kNextShare, report::percent(f_.at_risk_top_share));
        paragraph(text);
        out_ += fmt::format("<p>{} <code>sendh at-risk</code></p>\n", word(kNextList));
    }

    void copies() {
        if (f_.copies.empty() && f_.columns.empty() && !f_.snapshot) return;
        heading(kCopies);
        if (!f_.copies.empty()) copy_table();
        list(f_.copy_reasons);
        if (!f_.copy_needs.empty()) {
            out_ += "<h3>" + word(kMoreOfCopies) + "</h3>\n";
            list(f_.copy_needs);
        }
        for (const DialledRows& dialled : f_.dialled) {
            out_ += "<h3>" + escaped(filled(kDialled, shown(dialled.copy))) + "</h3>\n";
            out_ += fmt::format("<figure>\n{}<figcaption>{}</figcaption>\n</figure>\n",
                                report::dialled_plot(dialled, language_), word(kDialledNote));
        }
        if (f_.snapshot && f_.snapshot->first.empty()) {
            paragraph(filled(kSnapshotOpen, shown(f_.snapshot->second)));
        } else if (f_.snapshot) {
            paragraph(filled(kSnapshot, shown(f_.snapshot->first), shown(f_.snapshot->second)));
        }
        if (!f_.columns.empty()) {
            std::string columns;
            for (const auto& [name, log10_e] : f_.columns) {
                columns += fmt::format("{}{} {:.1f}", columns.empty() ? "" : "; ",
                                       report::column_text(name, language_), log10_e);
            }
            paragraph(filled(kColumnsLine, columns));
        }
    }

    void copy_table() {
        constexpr std::size_t kMost = 25;
        const auto under = [](const std::string& head, std::string_view note) {
            return fmt::format("{}<small>{}</small>", head, escaped(note));
        };
        const std::string threshold = fmt::format("{:.1f}", f_.copies.front().log10_threshold);
        out_ += fmt::format(
            "<table class=\"copies\">\n<thead><tr><th class=\"whole\">{}</th><th>{}</th><th>{}</th>"
            "<th class=\"n\">{}</th><th class=\"n\">{}</th><th class=\"n\">{}</th><th class=\"n\">{}</th>"
            "<th class=\"n\">{}</th><th>{}</th></tr></thead>\n<tbody>\n",
            word(kCopy), word(kRecipient), word(kDate), under(word(kEvidence), filled(kNamedFrom, threshold)),
            word(kCanaries), word(kRowOrder), under(word(kNatural), kNaturalNote.in(language_)),
            word(kReachedOfCopy), word(kStanding));
        std::size_t rows = 0;
        for (const CopyLine& copy : f_.copies) {
            if (rows == kMost) break;
            ++rows;
            const std::string reached = report::percent(copy.dialled_at_most);
            const std::string standing = copy.named               ? "<b>" + word(kNamed) + "</b>"
                                         : copy.in_confidence_set ? word(kPossible)
                                                                  : word(kRuledOut);
            out_ += fmt::format(
                "<tr><td>{}</td><td>{}</td><td class=\"whole\">{}</td><td class=\"n\">{:.1f}</td>"
                "<td class=\"n\">{:.1f}</td><td class=\"n\">{:.1f}</td><td class=\"n\">{:.1f}</td>"
                "<td class=\"n\">{}; {}{}</td><td>{}</td></tr>\n",
                escaped(shown(copy.id)), escaped(shown(copy.recipient)), escaped(shown(copy.date)),
                copy.log10_e, copy.canaries, copy.row_order, copy.natural_log10_lr, count(copy.hits),
                reached.starts_with('<') ? "" : "≤ ", reached, standing);
        }
        out_ += "</tbody>\n</table>\n";
        if (f_.copies.size() > rows) paragraph(filled(kMoreCopies, count(f_.copies.size() - rows)));
        out_ += "<p class=\"meta\">" + word(kCopiesNote) + "</p>\n";
        recipients(kMost);
    }

    // What the marks say of a recipient whose copies share canaries.
    void recipients(std::size_t most) {
        struct Together {
            std::string name, ids;
            double log10_e = 0;
        };
        std::vector<Together> all;
        for (const CopyLine& copy : f_.copies) {
            if (!copy.recipient_log10_e) continue;
            const auto known = std::find_if(all.begin(), all.end(), [&](const Together& r) {
                return same_recipient(r.name, copy.recipient);
            });
            if (known != all.end()) {
                known->ids += ", " + shown(copy.id);
            } else {
                all.push_back({copy.recipient, shown(copy.id), *copy.recipient_log10_e});
            }
        }
        std::stable_sort(all.begin(), all.end(),
                         [](const Together& a, const Together& b) { return a.log10_e > b.log10_e; });
        all.resize(std::min(all.size(), most));
        for (const Together& r : all)
            paragraph(filled(kTogether, shown(r.name), r.ids, fmt::format("{:.1f}", r.log10_e)));
    }

    void evidence_files() {
        const std::vector<EvidenceLine>& files = f_.ledger.evidence;
        if (files.empty()) return paragraph(kNoFiles.in(language_));
        out_ += fmt::format(
            "<table>\n<thead><tr><th>{}</th><th class=\"n\">{}</th><th class=\"n\">= {}</th><th "
            "class=\"n\">+ {}</th><th class=\"n\">+ {}</th></tr></thead>\n",
            word(kFile), word(kRows), word(kAccepted), word(kRejected), word(kDuplicates));
        EvidenceLine total;
        const auto numbers = [&](const EvidenceLine& line) {
            std::string cells;
            for (const std::uint64_t n : {line.rows, line.accepted, line.rejected, line.duplicates}) {
                cells += fmt::format("<td class=\"n\">{}</td>", count(n));
            }
            return cells;
        };
        for (const EvidenceLine& line : files) {
            out_ += fmt::format("<tbody><tr class=\"first\"><td>{}</td>{}</tr>\n", escaped(shown(line.name)),
                                numbers(line));
            out_ += fmt::format("<tr><td class=\"hash\" colspan=\"5\">{}</td></tr></tbody>\n",
                                escaped(in_groups(line.sha256)));
            total.rows += line.rows;
            total.accepted += line.accepted;
            total.rejected += line.rejected;
            total.duplicates += line.duplicates;
        }
        if (files.size() > 1) {
            out_ +=
                fmt::format("<tbody><tr><td><b>{}</b></td>{}</tr></tbody>\n", word(kTotal), numbers(total));
        }
        out_ += "</table>\n";
    }

    void fact(const Words& label, std::string_view html) {
        out_ += fmt::format("<tr><th>{}</th><td>{}</td></tr>\n", word(label), html);
    }

    [[nodiscard]] std::string population() const {
        const Ledger& ledger = f_.ledger;
        if (ledger.population_kind.empty()) return word(kNone);
        const Words& kind = ledger.population_kind == "operator"      ? kOperator
                            : ledger.population_kind == "switchboard" ? kSwitchboard
                                                                      : kSurvey;
        return escaped(filled(kPopulationText, count(ledger.population_numbers),
                              count(ledger.population_strata), kind.in(language_)));
    }

    void ledger() {
        const Ledger& ledger = f_.ledger;
        heading(kLedger);
        evidence_files();
        out_ += "<table class=\"facts\">\n<tbody>\n";
        fact(kRegister, escaped(shown(f_.register_name)));
        fact(kCampaign, f_.campaign.empty() ? word(kNone) : escaped(shown(f_.campaign)));
        if (!ledger.campaign_rule.empty())
            fact(kHeldBy, escaped(report::rule_text(ledger.campaign_rule, language_)));
        fact(kTested, count(ledger.campaigns_tested));
        fact(kPopulation, population());
        fact(kAlpha, fmt::format("{:.4g}", f_.alpha));
        std::string thresholds;
        for (const auto& [name, value] : ledger.thresholds) {
            thresholds += fmt::format("{}{}", thresholds.empty() ? "" : "; ",
                                      report::threshold_text(name, value, language_));
        }
        if (!thresholds.empty()) fact(kThresholds, escaped(thresholds));
        fact(kLooks, count(ledger.looks));
        fact(kSeed, count(ledger.seed));
        if (!ledger.mark_key_commitment.empty()) {
            fact(kKey, "<span class=\"hash\">" + escaped(in_groups(ledger.mark_key_commitment)) + "</span>");
        }
        fact(kZone, escaped(to_text(f_.zone)));
        out_ += "</tbody>\n</table>\n";
    }

    void assumptions() {
        heading(kAssumptions);
        out_ += "<ul>\n";
        for (const Words& assumed : kAssumed) out_ += fmt::format("<li>{}</li>\n", word(assumed));
        if (!f_.copies.empty()) out_ += fmt::format("<li>{}</li>\n", word(kAssumedCopies));
        out_ += "</ul>\n";
    }

    void check() {
        heading(kCheck);
        paragraph(kCheckText.in(language_));
        out_ += "<pre><code>";
        for (const auto& [command, words] :
             {std::pair{std::string("sendh log verify"), kCheckLog},
              std::pair{report::command_again(f_), kCheckAgain},
              std::pair{std::string("sendh calls show --verdict fake"), kCheckCalls},
              std::pair{std::string("sha256sum FILE"), kCheckHash}}) {
            out_ += fmt::format("{}\n    # {}\n", escaped(command), word(words));
        }
        out_ += "</code></pre>\n";
    }

    const Finding& f_;
    Language language_;
    std::string out_;
};

// Bytes to columns: every code point counts as one, which is at least what a terminal needs.
std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// As many code points from the front of text.
std::string_view front(std::string_view text, std::size_t points) {
    std::size_t end = 0;
    while (end < text.size() && (points > 0 || (text[end] & 0xC0) == 0x80)) {
        if ((text[end] & 0xC0) != 0x80) --points;
        ++end;
    }
    return text.substr(0, end);
}

// Lines of at most `width` columns, the first after `lead`, the others indented as far. A word that is wider
// than a line is cut.
std::vector<std::string> wrapped(std::string_view text, std::string_view lead, std::size_t width) {
    std::vector<std::string> lines;
    std::string line(lead);
    const std::string indent(columns(lead), ' ');
    bool fresh = true;
    while (!text.empty()) {
        const std::string_view next = front(text.substr(0, text.find(' ')), width - indent.size());
        text.remove_prefix(next.size());
        if (!next.empty() && !fresh && columns(line) + 1 + columns(next) > width) {
            lines.push_back(std::move(line));
            line = indent;
            fresh = true;
        }
        if (!next.empty() && !fresh) line += ' ';
        line += next;
        fresh = fresh && next.empty();
        if (text.starts_with(' ')) text.remove_prefix(1);
    }
    lines.push_back(std::move(line));
    return lines;
}

}  // namespace

std::string html_report(const Finding& finding, Language language) { return Page(finding, language).make(); }

std::string text_answer(const Finding& finding, Language language) {
    constexpr std::size_t kLines = 24;
    constexpr std::size_t kColumns = 100;
    std::vector<std::string> lines = wrapped(report::headline(finding, language), "", kColumns);
    const auto append = [&](const std::vector<std::string>& more) {
        lines.insert(lines.end(), more.begin(), more.end());
    };
    append(wrapped(report::answer(finding, language), "", kColumns));
    bool all = true;
    const auto list = [&](const Words& title, const std::vector<Statement>& statements, std::size_t most) {
        if (statements.empty()) return;
        bool titled = false;
        for (const Statement& statement : statements) {
            const auto item = wrapped(said(statement, language), "  - ", kColumns);
            if (lines.size() + item.size() + (titled ? 0 : 1) > most) {
                all = false;
                return;
            }
            if (!titled) lines.push_back(std::string(title.in(language)) + ":");
            titled = true;
            append(item);
        }
    };
    list(kWhy, finding.leak.reasons, finding.leak.needs.empty() ? kLines - 2 : kLines - 9);
    list(kMissing, finding.leak.needs, kLines - 2);
    list(kCopies, finding.copy_reasons, kLines - 2);
    if (finding.at_risk > 0) {
        lines.push_back(
            fmt::format("{}: {}", kUncalled.in(language), spoken_count(finding.at_risk, language)));
    }
    if (!all) lines.emplace_back(kMoreInReport.in(language));
    if (lines.size() > kLines) lines.resize(kLines);
    std::string text;
    for (const std::string& line : lines) text += line + '\n';
    return text;
}

}  // namespace sendh
