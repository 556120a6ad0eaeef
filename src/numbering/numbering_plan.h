// NumberingPlan: every country's numbering plan as one automaton over digits. From text as people write it to
// E.164, whether it is possible (and why not), valid, of which region and type. Decides as libphonenumber
// does on the same metadata (docs/numbering.md lists what is known to differ), hundreds of times as fast.
//
// "Valid" says that the plan knows such numbers, never that this one was allocated.
//
// Not for the CLI of a call record: parse_number (plan.h) knows what stands in such cells, and India's rules.
//
// Thread rule: a plan never changes once it is loaded; any number of threads may use it. parse() does not
// allocate, except for a text of more than 250 bytes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/phone_number.h"
#include "base/result.h"

namespace sendh {

enum class NumberType : std::uint8_t {
    fixed_line,
    mobile,
    fixed_line_or_mobile,
    toll_free,
    premium_rate,
    shared_cost,
    voip,
    personal_number,
    pager,
    uan,
    voicemail,
    unknown,
};
inline constexpr int number_types = 12;

// Why a text gives no number, or how its length fits the plan of its calling code.
enum class NumberReason : std::uint8_t {
    possible,
    possible_local_only,  // within an area
    too_short,
    too_long,
    invalid_length,  // between lengths that exist
    // From here on: no number came out.
    not_a_number,
    invalid_country_code,    // or national form without a region
    too_short_after_prefix,  // + or an international prefix, and too little behind it
    too_short_to_be_a_number,
    too_long_to_be_a_number,
};
inline constexpr int number_reasons = 10;

// "mobile", "too_short" …
[[nodiscard]] std::string_view name_of(NumberType type);
[[nodiscard]] std::string_view name_of(NumberReason reason);

// A territory of a plan. Only of meaning to the plan it came from.
struct TerritoryId {
    static constexpr std::uint16_t none = 0xFFFF;
    std::uint16_t index = none;
    friend constexpr bool operator==(TerritoryId, TerritoryId) = default;
};

// What a text turned out to be: 16 bytes. Holds a phone number; like PhoneNumber it prints nowhere.
struct PlanView;  // where the tables lie; numbering_plan.cc

class PlannedNumber {
    std::uint64_t national_ = 0;
    std::uint16_t code_ = 0;
    std::uint8_t zeros_ = 0;  // leading zeros that belong to the national number

public:
    NumberReason reason = NumberReason::not_a_number;
    TerritoryId territory;  // none when no region of the calling code knows the number
    NumberType type = NumberType::unknown;

    // A number came out, whether possible or not.
    [[nodiscard]] bool parsed() const { return reason < NumberReason::not_a_number; }
    [[nodiscard]] bool valid() const { return type != NumberType::unknown; }
    [[nodiscard]] int calling_code() const { return code_; }

    // E.164, where the number has at most 15 digits; else the digits as Kind::text. None when not parsed().
    [[nodiscard]] PhoneNumber number() const;

    friend bool operator==(const PlannedNumber&, const PlannedNumber&) = default;
    // The national digits in clear, without the zeros they begin with. Named to be noticed.
    friend std::uint64_t unveil_national(const PlannedNumber& number) { return number.national_; }
    // "+919876500000" in clear into a buffer; how many characters were written. 0 when not parsed().
    friend std::size_t unveil_e164(const PlannedNumber& number, std::span<char, 24> out);

private:
    friend struct PlanView;
};
static_assert(sizeof(PlannedNumber) == 16);

class NumberingPlan {
public:
    // The plan the program was built with.
    [[nodiscard]] static const NumberingPlan& builtin();
    // Compiled tables (plan_tables.h), used where they lie: `bytes` must outlive the plan and be aligned
    // to 8. Faults: corrupt (damaged, or of another format).
    [[nodiscard]] static Result<NumberingPlan> over(std::string_view bytes);

    // "libphonenumber-js 1.12.0".
    [[nodiscard]] std::string_view version() const;
    // "IN"; none for what is no region, also for "001".
    [[nodiscard]] TerritoryId territory(std::string_view id) const;
    // "IN", "001", "ZZ" for none.
    [[nodiscard]] std::string_view id_of(TerritoryId territory) const;

    // 91; 0 for none.
    [[nodiscard]] int calling_code_of(TerritoryId territory) const;

    // home: region whose national form and international prefixes the text may be written in; none: + form
    // only.
    [[nodiscard]] PlannedNumber parse(std::string_view text, TerritoryId home) const;

    // A column. REQUIRES: as many places as texts.
    void parse(std::span<const std::string_view> texts, TerritoryId home, std::span<PlannedNumber> out) const;
    // A column whose values lie in one piece: value i is bytes[offsets[i] … offsets[i + 1]).
    // REQUIRES: offsets rise, and are one more than places.
    void parse(std::string_view bytes, std::span<const std::uint32_t> offsets, TerritoryId home,
               std::span<PlannedNumber> out) const;

    // Does the plan of a calling code know numbers of this length that begin with this digit? False for
    // codes that do not exist. Coarser than validity: a plan may open a range tomorrow.
    [[nodiscard]] bool knows_length(int calling_code, int first_digit, std::size_t national_digits) const;
    // The calling code at the front of some digits; 0 if there is none.
    [[nodiscard]] int calling_code_at(std::string_view digits) const;

private:
    explicit NumberingPlan(std::shared_ptr<const PlanView> view) : view_(std::move(view)) {}
    std::shared_ptr<const PlanView> view_;
};

}  // namespace sendh
