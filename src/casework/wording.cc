#include "casework/wording.h"

#include <fmt/args.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"

namespace sendh {

namespace {

constexpr std::array kSentences = {
    Sentence{"members_hit_more", "ccccrrr", 0,
             "The campaign reached {0} of {1} registered numbers and {2} of {3} other numbers in the same "
             "number blocks. Comparing like with like, the odds of being called are {4} times as high for "
             "a registered number (interval: {5} to {6}).",
             "अभियान की कॉलें रजिस्टर के {1} नंबरों में से {0} पर और उन्हीं नंबर-खंडों के {3} अन्य "
             "नंबरों में से {2} पर पहुँचीं। समान स्थिति वाले नंबरों की तुलना करने पर, रजिस्टर के नंबर पर "
             "कॉल आने का संभावना-अनुपात {4} गुना है (अंतराल: {5} से {6})।"},
    Sentence{"evidence_size", "n", 0,
             "Without a leak, such a run of calls would be seen by chance at most once in {0}. This "
             "evidence of who was called needs the assumption that, within a number block, the callers "
             "had no other reason to prefer registered numbers.",
             "रजिस्टर लीक न हुआ होता, तो कॉलों का ऐसा क्रम संयोगवश {0} में अधिक से अधिक एक बार दिखता। "
             "किसे कॉल की गई, इस पर आधारित यह साक्ष्य इस मान्यता पर टिका है कि एक ही नंबर-खंड के भीतर "
             "कॉल करने वालों के पास रजिस्टर के नंबरों को चुनने का कोई और कारण नहीं था।"},
    Sentence{"gamma_star", "r", 0,
             "A hidden preference for official numbers, from whatever other cause, would have to be at "
             "least {0}-fold to explain this away.",
             "यदि किसी अन्य छिपे कारण से सरकारी नंबरों को अधिक कॉल की गई हो, तो वह झुकाव कम से कम {0} "
             "गुना होना चाहिए, तभी उससे यह परिणाम समझाया जा सकता है।"},
    Sentence{"rival_behind", "g", 1,
             "The other explanation, {1}, fits the same calls {0} times worse than dialling from the "
             "register.",
             "दूसरी संभावित व्याख्या, {1}, इन्हीं कॉलों पर रजिस्टर से डायल किए जाने की तुलना में {0} "
             "गुना कम ठीक बैठती है।"},
    Sentence{"rival_explains", "w", 1,
             "The other explanation, {1}, fits the same calls about as well as dialling from the register "
             "({0}). As long as both fit, the calls do not tell one from the other, and no leak is "
             "claimed.",
             "दूसरी संभावित व्याख्या, {1}, इन्हीं कॉलों पर लगभग उतनी ही ठीक बैठती है जितना रजिस्टर से "
             "डायल किया जाना ({0})। जब तक दोनों ठीक बैठती हैं, कॉलों से इनमें अंतर नहीं किया जा सकता, "
             "इसलिए लीक का निष्कर्ष नहीं दिया जाता।"},
    Sentence{"no_population", "", 0,
             "It is not known on which numbers a call of this campaign would have been seen. If only "
             "registered people were asked, only they could answer: complaints alone do not show whether "
             "others were called as well.",
             "यह ज्ञात नहीं है कि इस अभियान की कॉल किन नंबरों पर आने से दर्ज होती। यदि केवल रजिस्टर के "
             "लोगों से पूछा गया, तो उत्तर भी केवल वही दे सकते थे; शिकायतों मात्र से यह पता नहीं चलता कि "
             "औरों को भी कॉल आई या नहीं।"},
    Sentence{"no_mixed_strata", "", 0,
             "No number block holds both registered and other numbers, so there are no neighbours with "
             "whom the registered numbers could be compared.",
             "किसी भी नंबर-खंड में रजिस्टर के और अन्य, दोनों तरह के नंबर नहीं हैं; इसलिए रजिस्टर के "
             "नंबरों की तुलना के लिए पड़ोसी नंबर उपलब्ध नहीं हैं।"},
    Sentence{"too_few_hits", "cn", 0,
             "Numbers reached in blocks where a comparison is possible: {0}. Even if all of them stood in "
             "the register, that would be seen by chance about once in {1}: too few for an answer either "
             "way.",
             "जिन नंबर-खंडों में तुलना संभव है, उनमें कॉल पाने वाले नंबर: {0}। वे सब रजिस्टर के होते, तब "
             "भी ऐसा संयोगवश लगभग {1} में एक बार हो सकता था; किसी भी ओर उत्तर देने के लिए यह बहुत कम है।"},
    Sentence{"little_evidence", "e", 0,
             "Registered numbers were not reached clearly more often than their neighbours: the weight of "
             "evidence is {0}, where 1 speaks for neither side.",
             "रजिस्टर के नंबरों पर कॉलें पड़ोसी नंबरों से स्पष्ट रूप से अधिक नहीं आईं: साक्ष्य का भार "
             "{0} है, जहाँ 1 का अर्थ है कि वह किसी ओर संकेत नहीं करता।"},
    Sentence{"no_campaign", "", 0,
             "No fake calls were found that belong together, so there is nothing to compare with the "
             "register.",
             "ऐसी फर्जी कॉलें नहीं मिलीं जो एक ही अभियान की हों; इसलिए रजिस्टर से मिलान के लिए कुछ नहीं "
             "है।"},
    Sentence{"campaign_chosen", "c", 1,
             "Campaign {1} was examined. Campaigns tested: {0}; the evidence is corrected for having "
             "looked at that many.",
             "अभियान {1} की जाँच की गई। जाँचे गए अभियान: {0}; साक्ष्य में इसके लिए सुधार किया गया है कि "
             "इतने अभियान देखे गए।"},
    Sentence{"members_added", "c", 0,
             "The population held nobody of the register; {0} registered numbers of its blocks were added to "
             "it. This assumes that a call to them would have been seen just as one to their neighbours.",
             "दी गई जनसंख्या में रजिस्टर का कोई नंबर नहीं था; उसके खंडों के {0} रजिस्टर-नंबर उसमें जोड़े गए। इसमें यह "
             "मान्यता है कि उन पर आई कॉल भी उनके पड़ोसी नंबरों की तरह ही दर्ज होती।"},
    Sentence{"wide_blocks", "cc", 0,
             "{0} of {1} numbers lie so far apart that they were compared within blocks of more than 1,000 "
             "numbers; the comparison is coarser there.",
             "{1} में से {0} नंबर इतने दूर-दूर हैं कि उनकी तुलना 1,000 से बड़े खंडों में की गई; वहाँ तुलना कम सूक्ष्म है।"},
    Sentence{"hits_outside_population", "c", 0,
             "Numbers reached by the campaign but left out, since they lie outside the numbers on which "
             "calls would have been seen: {0}.",
             "अभियान की कॉल पाने वाले वे नंबर जो गणना में नहीं लिए गए, क्योंकि वे उन नंबरों से बाहर हैं "
             "जिन पर कॉल दर्ज होती: {0}।"},
    Sentence{"members_outside_population", "cc", 0,
             "Of {1} registered numbers, {0} lie outside the numbers on which calls would have been seen; "
             "nothing is said about them.",
             "रजिस्टर के {1} नंबरों में से {0} उन नंबरों से बाहर हैं जिन पर कॉल दर्ज होती; उनके बारे में "
             "कुछ नहीं कहा जाता।"},
    Sentence{"storms_once", "c", 0,
             "Calls to several numbers within one second, or to several numbers of one switchboard, count "
             "once; numbers not counted again for this reason: {0}.",
             "एक ही सेकंड में कई नंबरों पर, या एक ही स्विचबोर्ड के कई नंबरों पर आई कॉलें एक बार गिनी "
             "गईं; इस कारण दोबारा न गिने गए नंबर: {0}।"},
    Sentence{"register_empty_then", "", 0,
             "When the campaign began, the register held no numbers, by the dates of its entries.",
             "प्रविष्टियों की तारीखों के अनुसार, अभियान शुरू होने के समय रजिस्टर में कोई नंबर नहीं था।"},
    Sentence{"undecidable_calls", "c", 0,
             "Calls of which it cannot be told whether they are fake: {0}. They count where they came in "
             "with others of their kind on the same trunk.",
             "ऐसी कॉलें जिनके फर्जी या सामान्य होने का निर्णय नहीं हो सका: {0}। वे वहीं गिनी गईं जहाँ वे उसी "
             "ट्रंक पर उसी प्रकार की अन्य कॉलों के साथ आईं।"},
    Sentence{"only_reports", "c", 0, "There are no call records, only reports of called persons: {0}.",
             "कॉल रिकॉर्ड उपलब्ध नहीं हैं, केवल कॉल पाने वाले लोगों की सूचनाएँ हैं: {0}।"},

    Sentence{"need_population", "c", 0,
             "Collect for about {0} numbers outside the register, in the same number blocks, whether they "
             "were called or not: from the operator, from a switchboard, or by asking.",
             "उन्हीं नंबर-खंडों के, रजिस्टर से बाहर के लगभग {0} नंबरों के लिए पता करें कि उन्हें कॉल आई "
             "या नहीं: ऑपरेटर से, स्विचबोर्ड से या लोगों से पूछकर।"},
    Sentence{"need_neighbours_called", "cr", 0,
             "About {0} answers, called or not called, from people outside the register would be enough, "
             "if the odds of being called are {1} times as high for registered numbers.",
             "यदि रजिस्टर के नंबरों पर कॉल आने का संभावना-अनुपात {1} गुना हो, तो रजिस्टर से बाहर के लगभग "
             "{0} लोगों के उत्तर (कॉल आई या नहीं आई) पर्याप्त होंगे।"},
    Sentence{"need_second_numbers", "", 0,
             "Ask registered people about their private second numbers that do not stand in the register: "
             "called or not called?",
             "रजिस्टर के लोगों से उनके उन निजी दूसरे नंबरों के बारे में पूछें जो रजिस्टर में नहीं हैं: "
             "उन पर कॉल आई या नहीं?"},
    Sentence{"need_other_departments", "", 0,
             "Ask people of other departments in the same places whether they were called or not.",
             "उन्हीं स्थानों के अन्य विभागों के लोगों से पूछें कि उन्हें कॉल आई या नहीं।"},
    Sentence{"need_operator_neighbours", "", 0,
             "Ask the operator for all numbers of the same blocks, each with called or not called by this "
             "campaign.",
             "ऑपरेटर से उन्हीं खंडों के सभी नंबर माँगें और हर नंबर के साथ यह कि इस अभियान की कॉल उस पर "
             "आई या नहीं।"},
    Sentence{"need_more_hits", "c", 0,
             "Import newer call records: about {0} more numbers reached, in blocks where a comparison is "
             "possible, would allow an answer.",
             "नए कॉल रिकॉर्ड आयात करें: तुलना योग्य नंबर-खंडों में कॉल पाने वाले लगभग {0} और नंबर मिलने "
             "पर उत्तर दिया जा सकेगा।"},
    Sentence{"need_roaming_state", "c", 0,
             "Ask the operators whether the Indian numbers that were shown were abroad at the time of the "
             "call (roaming state); it would decide this many calls: {0}.",
             "ऑपरेटरों से पूछें कि कॉल के समय दिखाए गए भारतीय नंबर विदेश में थे या नहीं (रोमिंग की "
             "स्थिति); इससे इतनी कॉलों का निर्णय होगा: {0}।"},
    Sentence{"need_trunk_map", "", 0,
             "Get from the operator which trunk groups are international (add the list with sendh trunks "
             "add); without it, calls from abroad that show an Indian number cannot be recognised.",
             "ऑपरेटर से पता करें कि कौन-से ट्रंक समूह अंतरराष्ट्रीय हैं (सूची sendh trunks add से "
             "जोड़ें); इसके बिना विदेश से आई वे कॉलें नहीं पहचानी जा सकतीं जिनमें भारतीय नंबर दिखता है।"},
    Sentence{"need_distinguish_sweep", "", 0,
             "What would tell a list from dialling number after number: calls to numbers inside the same "
             "runs that were never issued (no list holds them), the exact order of the calls, and calls "
             "to canary numbers planted in future copies.",
             "सूची से डायल करने और नंबरों को क्रम से डायल करने में अंतर इनसे होगा: उन्हीं क्रमों के बीच "
             "के ऐसे नंबरों पर कॉल जो कभी आवंटित नहीं हुए (वे किसी सूची में नहीं होते), कॉलों का ठीक "
             "क्रम, और आगे की प्रतियों में रखे गए निगरानी नंबरों पर कॉल।"},
    Sentence{"need_distinguish_list", "", 1,
             "What would tell the register from {0}: calls to numbers that stand in one of the two only, "
             "and calls to canary numbers planted in the copies of the register.",
             "रजिस्टर और {0} में अंतर इनसे होगा: उन नंबरों पर कॉल जो दोनों में से केवल एक में हैं, और "
             "रजिस्टर की प्रतियों में रखे गए निगरानी नंबरों पर कॉल।"},
    Sentence{"need_members_in_population", "", 0,
             "The population must cover the registered numbers as well: ask for the numbers of the blocks in "
             "which the registered people have theirs.",
             "जनसंख्या में रजिस्टर के नंबर भी शामिल होने चाहिए: उन खंडों के नंबर माँगें जिनमें रजिस्टर के लोगों के नंबर हैं।"},
    Sentence{"need_reports", "", 0,
             "Collect reports of called persons: when, which number was shown, what was said, and whether "
             "the caller knew name, designation or department.",
             "कॉल पाने वाले लोगों से सूचना लें: कॉल कब आई, कौन-सा नंबर दिखा, क्या कहा गया, और कॉल करने "
             "वाला नाम, पदनाम या विभाग जानता था या नहीं।"},
    Sentence{"planted_evidence", "n", 0,
             "The marks in the copies say that at least one copy was dialled: by chance that would show at "
             "most once in {0}. The marks were drawn by lot with a secret key, so it does not matter who "
             "calls or who "
             "is asked; it takes only that nobody wrote down times of calls by going through a copy.",
             "प्रतियों में डाले गए चिह्न बताते हैं कि कम से कम एक प्रति से डायल किया गया: संयोगवश ऐसा {0} में "
             "अधिक से अधिक एक बार दिखता। चिह्न गुप्त कुंजी से लॉटरी की तरह चुने गए थे, इसलिए इससे फ़र्क नहीं पड़ता कि "
             "कौन कॉल करता है या किससे पूछा गया; शर्त केवल यह है कि किसी ने किसी प्रति को देख-देखकर कॉलों के समय न "
             "लिखे हों।"},
    Sentence{
        "several_named", "", 0,
        "More than one copy is named. The list of copies that cannot be ruled out assumes a single source, "
        "so "
        "it does not hold here.",
        "एक से अधिक प्रतियों का नाम आया है। जिन प्रतियों को नकारा नहीं जा सकता, उनकी सूची एक ही स्रोत मानकर बनती है, "
        "इसलिए वह यहाँ लागू नहीं है।"},
    Sentence{
        "named_by_discovery_rate", "r", 0,
        "Named by a false discovery rate: of the copies that are named, the share of innocent ones is on "
        "average at most {0}. That is less strict than a limit on naming any innocent copy at all.",
        "नाम गलत-खोज दर के आधार पर दिए गए हैं: जिन प्रतियों का नाम आया, उनमें निर्दोष प्रतियों का हिस्सा औसतन अधिक से "
        "अधिक {0} है। यह उस सीमा से कम कड़ी है जिसमें किसी भी निर्दोष प्रति का नाम आना सीमित रहता है।"},
    Sentence{
        "copies_later", "", 1,
        "Given out after the last of these calls to a recipient who had an earlier copy, and so not their "
        "source: {0}.",
        "ये प्रतियाँ इन कॉलों में से अंतिम के बाद ऐसे प्राप्तकर्ता को दी गईं जिसके पास पहले की प्रति थी, इसलिए ये "
        "कॉलों का स्रोत नहीं हैं: {0}।"},
    Sentence{
        "planted_ring_oftener", "n", 0,
        "Canaries that were planted in copies were called oftener than those that were never given out: by "
        "chance that would show at most once in {0}.",
        "प्रतियों में डाले गए निगरानी नंबरों पर उन नंबरों से अधिक कॉल आईं जो किसी को दिए ही नहीं गए: संयोगवश ऐसा {0} "
        "में अधिक से अधिक एक बार दिखता।"},
    Sentence{
        "need_separating_canary", "cc", 1,
        "Canary {2} stands in {0} of the {1} copies in question: whether the campaign calls it tells most "
        "about which copy it was.",
        "निगरानी नंबर {2} विचाराधीन {1} प्रतियों में से {0} में है: अभियान की कॉल उस पर आती है या नहीं, इससे सबसे अधिक "
        "पता चलेगा कि कौन-सी प्रति थी।"},
    Sentence{"copy_named", "n", 2,
             "Copy {1}, given to {2}, is named: the calls follow its marks as an innocent copy's would at "
             "most once in {0}. It was dialled; who took it from there, the calls do not say.",
             "प्रति {1}, जो {2} को दी गई थी, नामित है: कॉलें उसके चिह्नों का ऐसा अनुसरण करती हैं जैसा निर्दोष "
             "प्रति में {0} में अधिक से अधिक एक बार होता। डायल इसी प्रति से किया गया; वहाँ से उसे कौन ले गया, "
             "यह कॉलें नहीं बतातीं।"},
    Sentence{"recipient_named", "n", 2,
             "One of the copies given to {1} is named ({2}): the calls follow the marks that they share, as "
             "innocent ones' would at most once in {0}. Which of them it was, the calls do not tell.",
             "{1} को दी गई प्रतियों में से एक नामित है ({2}): कॉलें उनके साझा चिह्नों का ऐसा अनुसरण करती हैं "
             "जैसा निर्दोष प्रतियों में {0} में अधिक से अधिक एक बार होता। उनमें से कौन-सी थी, यह कॉलों से पता "
             "नहीं चलता।"},
    Sentence{"no_copy_named", "cn", 0,
             "No copy is named: of {0} copies none has evidence of once in {1}, which it takes so that an "
             "innocent one is hardly ever named. A copy that is not named is not cleared.",
             "किसी प्रति का नाम नहीं लिया जाता: {0} प्रतियों में से किसी का साक्ष्य {1} में एक बार तक नहीं "
             "पहुँचा, जो इसलिए आवश्यक है कि निर्दोष प्रति का नाम लगभग कभी न आए। जिसका नाम नहीं आया, वह प्रति "
             "संदेह-मुक्त नहीं हो जाती।"},
    Sentence{"copies_without_marks", "c", 0,
             "Copies that were given out without marks: {0}. For and against them only who stands in them "
             "can speak; that needs assumptions, and names no copy.",
             "बिना चिह्नों के दी गई प्रतियाँ: {0}। उनके पक्ष-विपक्ष में केवल यही साक्ष्य है कि उनमें कौन-कौन है; "
             "वह मान्यताओं पर टिका है और उससे किसी प्रति का नाम नहीं लिया जाता।"},
    Sentence{
        "canaries_rang_unplanted", "cc", 0,
        "The campaign reached {0} canaries that stand in no copy, and {1} that were planted. If both are "
        "called alike, canaries ring by chance, or the list was taken above the copies, from where the "
        "register "
        "and all canaries lie.",
        "अभियान की कॉलें {0} ऐसे निगरानी नंबरों पर आईं जो किसी प्रति में नहीं हैं, और {1} पर जो प्रतियों "
        "में डाले गए थे। दोनों पर समान रूप से कॉल आए, तो निगरानी नंबर संयोग से बज रहे हैं, या सूची प्रतियों से ऊपर, वहीं से "
        "ली गई जहाँ रजिस्टर और सारे निगरानी नंबर रहते हैं।"},
    Sentence{"copies_alike", "", 1, "Nothing that was seen so far tells these copies apart: {0}.",
             "अब तक देखी गई किसी भी बात से इन प्रतियों में अंतर नहीं किया जा सकता: {0}।"},
    Sentence{
        "negative_control", "ccccrrrn", 1,
        "As a control, campaign {8}, taken to have nothing to do with the register: {2} of the {3} "
        "numbers that it reached are registered, and {0} of the {1} that this campaign reached. Comparing "
        "like with like, the odds are {4} times as high in this campaign (interval: {5} to {6}); without "
        "a leak such a difference would be seen at most once in {7}.",
        "नियंत्रण के रूप में अभियान {8}, जिसका रजिस्टर से कोई संबंध नहीं माना गया: उसकी कॉलें जिन {3} "
        "नंबरों पर पहुँचीं, उनमें से {2} पंजीकृत हैं; इस अभियान के {1} नंबरों में से {0}। समान स्थिति वाले "
        "नंबरों की तुलना करने पर संभावना-अनुपात इस अभियान में {4} गुना है (अंतराल: {5} से {6}); लीक न हुआ "
        "होता, तो ऐसा अंतर {7} में अधिक से अधिक एक बार दिखता।"},
    Sentence{
        "control_assumed", "", 1,
        "The answer rests on that comparison, since nobody knows who else could have been called. It "
        "assumes that calls of both campaigns were seen and reported alike, and that {0} was not dialled "
        "from the register; it may be looked at once.",
        "उत्तर इसी तुलना पर टिका है, क्योंकि यह ज्ञात नहीं कि और किन नंबरों पर कॉल आ सकती थी। मान्यता यह "
        "है कि दोनों अभियानों की कॉलें समान रूप से देखी और बताई गईं, और {0} रजिस्टर से डायल नहीं हुआ; इसे "
        "केवल एक बार देखा जा सकता है।"},
    Sentence{"control_unusable", "", 1,
             "Campaign {0} cannot serve as a control: no group of numbers holds registered and other ones, "
             "some reached by it and some by this campaign.",
             "अभियान {0} नियंत्रण का काम नहीं दे सकता: नंबरों का ऐसा कोई समूह नहीं है जिसमें पंजीकृत और अन्य, "
             "दोनों नंबर हों और कुछ पर उसकी, कुछ पर इस अभियान की कॉल आई हो।"},
    Sentence{
        "hits_in_no_copy", "cc", 0,
        "{0} of the {1} registered numbers that were called stand in no copy on record. They were called by "
        "chance, or from the register itself, or from a copy that nobody has recorded.",
        "जिन {1} पंजीकृत नंबरों पर कॉल आई, उनमें से {0} दर्ज की गई किसी भी प्रति में नहीं हैं। उन पर कॉल संयोग से "
        "आई, या मूल रजिस्टर से, या ऐसी प्रति से जिसे किसी ने दर्ज नहीं किया।"},
    Sentence{
        "several_sources", "e", 1,
        "If more than one copy may have been dialled, these together explain best who was called: {1}. "
        "That is {0} times better than any single copy, by who stands in them alone; it rests on a model, "
        "and names no copy.",
        "यदि एक से अधिक प्रतियाँ डायल की गई हों, तो किसे कॉल आई, इसे ये प्रतियाँ मिलकर सबसे अच्छा समझाती हैं: "
        "{1}। यह किसी भी अकेली प्रति से {0} गुना बेहतर है, केवल इस आधार पर कि उनमें कौन-कौन है; यह एक "
        "गणितीय मॉडल पर टिका है और इससे किसी प्रति का नाम नहीं लिया जाता।"},
    Sentence{"need_separating_hit", "cc", 0,
             "To tell the possible copies apart: {0} registered numbers and {1} canaries stand in some of "
             "them and "
             "not in "
             "all. The next call of the campaign to one of these tells more than any other.",
             "संभावित प्रतियों में अंतर करने के लिए: {0} पंजीकृत नंबर और {1} निगरानी नंबर इनमें से कुछ में हैं, सब में नहीं। "
             "इनमें से किसी पर अभियान की अगली कॉल किसी भी और कॉल से अधिक बताएगी।"},
    Sentence{"need_order_of_hits", "", 0,
             "The possible copies hold the same people and the same canaries: only the order in which "
             "further calls come "
             "can tell them apart.",
             "संभावित प्रतियों में वही लोग और वही निगरानी नंबर हैं: इनमें अंतर केवल आगे आने वाली कॉलों के क्रम से ही हो "
             "सकता है।"},
    Sentence{"need_marked_copies", "", 0,
             "Issue the next copies with marks (sendh canary add, sendh copy issue): then calls can name the "
             "copy, whoever calls and whoever is asked.",
             "अगली प्रतियाँ चिह्नों के साथ जारी करें (sendh canary add, sendh copy issue): तब कॉलें प्रति का "
             "नाम बता सकती हैं, चाहे कोई भी कॉल करे और किसी से भी पूछा जाए।"},
    Sentence{
        "need_more_marked_hits", "", 0,
        "Collect further calls of this campaign to registered numbers and to canaries, with exact times: "
        "each adds evidence, and it may be looked at after every one.",
        "इस अभियान की रजिस्टर के नंबरों और निगरानी नंबरों पर आने वाली और कॉलें, ठीक समय सहित, जुटाएँ: "
        "हर कॉल से साक्ष्य बढ़ता है, और हर कॉल के बाद परिणाम देखा जा सकता है।"},
    Sentence{"need_canaries", "", 0,
             "The copies hold no canaries. With numbers of your own planted in them (sendh canary add), a "
             "copy can be named even when its list is dialled in another order.",
             "प्रतियों में निगरानी नंबर नहीं हैं। अपने नियंत्रण के नंबर उनमें डालने पर (sendh canary add) प्रति का "
             "नाम तब भी बताया जा सकता है जब सूची किसी और क्रम में डायल की जाए।"},
};

struct Name {
    std::string_view name, hindi;
};
constexpr std::array kNames = {
    Name{"range sweep", "नंबरों को क्रम से डायल करना"},
    Name{"lists and ranges together", "अन्य सूचियाँ और क्रमवार डायलिंग, मिलकर"},
    Name{"leak above distribution", "मूल रजिस्टर से, प्रतियाँ बँटने से पहले हुआ लीक"},
};

struct Scale {
    double size;
    std::string_view word;
};
constexpr std::array kEnglishScales = {Scale{1e12, "trillion"}, Scale{1e9, "billion"}, Scale{1e6, "million"}};
constexpr std::array kHindiScales = {Scale{1e12, "लाख करोड़"}, Scale{1e7, "करोड़"}, Scale{1e5, "लाख"}};

// 4.7 -> "4.7", 4.0 -> "4".
std::string short_decimal(double value) {
    std::string text = fmt::format("{:.1f}", value);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text;
}

// value >= 0, already rounded to two or three digits.
std::string scaled(double value, Language language) {
    for (const Scale& scale : language == Language::english ? kEnglishScales : kHindiScales) {
        if (value < scale.size) continue;
        const double units = value / scale.size;
        const std::string digits =
            units < 100 ? short_decimal(units)
                        : spoken_count(static_cast<std::uint64_t>(std::llround(units)), language);
        return fmt::format("{} {}", digits, scale.word);
    }
    return spoken_count(static_cast<std::uint64_t>(std::llround(value)), language);
}

std::string fold(double log10_n, Language language) {
    if (log10_n < 3) return spoken_ratio(std::pow(10, log10_n), language);
    return spoken_chance(log10_n, language);
}

std::string better_or_worse(double log10_ratio, Language language) {
    const bool english = language == Language::english;
    if (std::abs(log10_ratio) < .04) return english ? "equally well" : "बराबर";
    const std::string times = fold(std::abs(log10_ratio), language);
    if (english) return fmt::format("{} times {}", times, log10_ratio > 0 ? "better" : "worse");
    return fmt::format("{} गुना {}", times, log10_ratio > 0 ? "अधिक" : "कम");
}

std::string spoken(char kind, double number, Language language) {
    if (std::isnan(number)) return "?";
    switch (kind) {
        case 'c':
            return spoken_count(static_cast<std::uint64_t>(std::llround(std::clamp(number, 0., 1e18))),
                                language);
        case 'r': return spoken_ratio(number, language);
        case 'n': return spoken_chance(number, language);
        case 'g': return fold(-number, language);
        case 'w': return better_or_worse(number, language);
        case 'e': return fold(number, language);
        default: return fmt::format("{}", number);
    }
}

}  // namespace

std::span<const Sentence> sentences() { return kSentences; }

std::string spoken_count(std::uint64_t count, Language language) {
    if (language == Language::english) return grouped(count);
    std::string text = std::to_string(count);
    for (std::size_t place = text.size() > 3 ? text.size() - 3 : 0; place > 0;
         place -= std::min<std::size_t>(place, 2)) {
        text.insert(place, ",");
    }
    return text;
}

std::string spoken_ratio(double ratio, Language language) {
    if (std::isnan(ratio)) return "?";
    if (ratio >= 1e12) return language == Language::english ? "no upper limit" : "कोई ऊपरी सीमा नहीं";
    if (ratio <= 0) return "0";
    if (ratio < .01) return language == Language::english ? "less than 0.01" : "0.01 से कम";
    if (ratio < 1) return fmt::format("{:.2g}", ratio);
    if (ratio < 9.95) return short_decimal(ratio);
    if (ratio < 999.5) return fmt::format("{:.0f}", ratio);
    const double unit = std::pow(10, std::floor(std::log10(ratio)) - 2);
    return scaled(std::round(ratio / unit) * unit, language);
}

std::string spoken_chance(double log10_n, Language language) {
    if (std::isnan(log10_n)) return "?";
    if (log10_n < std::log10(2)) return "1";
    if (log10_n >= 15) return fmt::format("10^{:.0f}", std::min(std::floor(log10_n + 1e-9), 1e9));
    const double n = std::pow(10, log10_n) * (1 + 1e-9);
    const double unit = n < 100 ? 1 : std::pow(10, std::floor(std::log10(n)) - 1);
    return scaled(std::floor(n / unit) * unit, language);
}

std::string spoken_name(std::string_view name, Language language) {
    if (language == Language::hindi) {
        for (const Name& known : kNames) {
            if (known.name == name) return std::string(known.hindi);
        }
    }
    return std::string(name);
}

std::string say(const Statement& statement, Language language) {
    const auto found = std::find_if(kSentences.begin(), kSentences.end(),
                                    [&](const Sentence& s) { return s.code == statement.code; });
    if (found == kSentences.end()) return statement.code;
    fmt::dynamic_format_arg_store<fmt::format_context> values;
    for (std::size_t i = 0; i < found->kinds.size(); ++i) {
        values.push_back(i < statement.numbers.size()
                             ? spoken(found->kinds[i], statement.numbers[i], language)
                             : std::string("?"));
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(found->names); ++i) {
        values.push_back(i < statement.names.size() ? spoken_name(statement.names[i], language)
                                                    : std::string("?"));
    }
    return fmt::vformat(language == Language::english ? found->english : found->hindi, values);
}

}  // namespace sendh
