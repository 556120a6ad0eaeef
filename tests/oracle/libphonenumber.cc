#include "oracle/libphonenumber.h"

#include <phonenumbers/phonemetadata.pb.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace i18n::phonenumbers {
// Exported by the library, in none of its installed headers.
int metadata_size();
const void* metadata_get();
}  // namespace i18n::phonenumbers

namespace sendh::oracle {

namespace {

namespace lib = i18n::phonenumbers;
using Util = lib::PhoneNumberUtil;

PlanSource::Description description(const lib::PhoneNumberDesc& d) {
    return {d.national_number_pattern(),
            {d.possible_length().begin(), d.possible_length().end()},
            {d.possible_length_local_only().begin(), d.possible_length_local_only().end()}};
}

const Util& util() { return *Util::GetInstance(); }

std::string_view type_name(Util::PhoneNumberType type) {
    switch (type) {
        case Util::FIXED_LINE: return "fixed_line";
        case Util::MOBILE: return "mobile";
        case Util::FIXED_LINE_OR_MOBILE: return "fixed_line_or_mobile";
        case Util::TOLL_FREE: return "toll_free";
        case Util::PREMIUM_RATE: return "premium_rate";
        case Util::SHARED_COST: return "shared_cost";
        case Util::VOIP: return "voip";
        case Util::PERSONAL_NUMBER: return "personal_number";
        case Util::PAGER: return "pager";
        case Util::UAN: return "uan";
        case Util::VOICEMAIL: return "voicemail";
        default: return "unknown";
    }
}

std::string_view reason_name(Util::ErrorType error) {
    switch (error) {
        case Util::INVALID_COUNTRY_CODE_ERROR: return "invalid_country_code";
        case Util::NOT_A_NUMBER: return "not_a_number";
        case Util::TOO_SHORT_AFTER_IDD: return "too_short_after_prefix";
        case Util::TOO_SHORT_NSN: return "too_short_to_be_a_number";
        case Util::TOO_LONG_NSN: return "too_long_to_be_a_number";
        default: return "?";
    }
}

std::string_view reason_name(Util::ValidationResult result) {
    switch (result) {
        case Util::IS_POSSIBLE: return "possible";
        case Util::IS_POSSIBLE_LOCAL_ONLY: return "possible_local_only";
        case Util::TOO_SHORT: return "too_short";
        case Util::TOO_LONG: return "too_long";
        case Util::INVALID_LENGTH: return "invalid_length";
        default: return "?";
    }
}

}  // namespace

PlanSource libphonenumber_source() {
    lib::PhoneMetadataCollection collection;
    if (!collection.ParseFromArray(lib::metadata_get(), lib::metadata_size())) {
        std::fputs("libphonenumber's metadata cannot be read\n", stderr);
        std::abort();
    }
    PlanSource source;
    source.version = "libphonenumber C++";
    for (const bool main : {true, false}) {
        for (const lib::PhoneMetadata& m : collection.metadata()) {
            if (m.main_country_for_code() != main) continue;
            PlanSource::Territory t;
            t.id = m.id();
            t.code = m.country_code();
            t.international_prefix = m.international_prefix();
            t.national_prefix = m.national_prefix_for_parsing();
            t.transform = m.national_prefix_transform_rule();
            t.leading_digits = m.leading_digits();
            t.has_leading_digits = m.has_leading_digits();
            t.mobile_like_fixed = m.same_mobile_and_fixed_line_pattern();
            t.general = description(m.general_desc());
            t.descriptions = {
                description(m.premium_rate()), description(m.toll_free()),       description(m.shared_cost()),
                description(m.voip()),         description(m.personal_number()), description(m.pager()),
                description(m.uan()),          description(m.voicemail()),       description(m.fixed_line()),
                description(m.mobile())};
            source.territories.push_back(std::move(t));
        }
    }
    return source;
}

Answer ask_libphonenumber(const std::string& text, const std::string& home) {
    Answer out;
    lib::PhoneNumber number;
    const Util::ErrorType error = util().Parse(text, home, &number);
    out.type = "unknown";
    out.region = "ZZ";
    if (error != Util::NO_PARSING_ERROR) {
        out.reason = reason_name(error);
        return out;
    }
    out.reason = reason_name(util().IsPossibleNumberWithReason(number));
    out.valid = util().IsValidNumber(number);
    out.type = type_name(util().GetNumberType(number));
    util().GetRegionCodeForNumber(number, &out.region);
    util().Format(number, Util::E164, &out.e164);
    return out;
}

Answer ask_plan(const NumberingPlan& plan, std::string_view text, TerritoryId home) {
    const PlannedNumber number = plan.parse(text, home);
    char e164[24];
    const std::size_t size = unveil_e164(number, e164);
    return {std::string(name_of(number.reason)), std::string(name_of(number.type)),
            std::string(plan.id_of(number.territory)), std::string(e164, size), number.valid()};
}

std::string show(const Answer& a) {
    return a.reason + " " + (a.valid ? "valid" : "invalid") + " " + a.type + " " + a.region + " " + a.e164;
}

std::uint64_t work_of_libphonenumber(const std::string& text, const std::string& home) {
    lib::PhoneNumber number;
    if (util().Parse(text, home, &number) != Util::NO_PARSING_ERROR) return 1;
    std::string region;
    std::string e164;
    const bool valid = util().IsValidNumber(number);
    util().GetRegionCodeForNumber(number, &region);
    util().Format(number, Util::E164, &e164);
    return number.national_number() + static_cast<std::uint64_t>(util().GetNumberType(number)) +
           region.size() + e164.size() + (valid ? 1U : 0U) +
           static_cast<std::uint64_t>(util().IsPossibleNumberWithReason(number));
}

std::string example_number(const std::string& region, int type) {
    lib::PhoneNumber number;
    if (!util().GetExampleNumberForType(region, static_cast<Util::PhoneNumberType>(type), &number)) return "";
    std::string out;
    util().Format(number, Util::E164, &out);
    return out;
}

std::string example_number_of_code(int code) {
    lib::PhoneNumber number;
    if (!util().GetExampleNumberForNonGeoEntity(code, &number)) return "";
    std::string out;
    util().Format(number, Util::E164, &out);
    return out;
}

}  // namespace sendh::oracle
