// What BER call records are made of, below the tags: numbers in semi-octets, times in digits, causes; and how
// a layout goes through the records of a frame. Private to this room.
//
//   BCDDirectoryNumber, AddressString   3GPP TS 24.008 10.5.4.7 and 10.5.4.9, TS 29.002 17.7.8: an octet with
//       type of number and numbering plan (octet 3a behind it when its first bit is 0), then TBCD digits, the
//       low semi-octet first; * # a b c for A to E, F fills
//   SMS addresses                       3GPP TS 23.040 9.1.2.5: as above, with or without a count before it;
//       names in the alphabet of TS 23.038
//   BCDString                           GSMA TD.57: digits with the high semi-octet first, F fills
//   TimeStamp                           3GPP TS 32.298 5.1.1: YYMMDDhhmmss in BCD, + or -, hhmm in BCD
//
// Thread rule: pure functions and values; Records belongs to one reading.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "calls/ber.h"
#include "calls/intake.h"

namespace sendh::ber {

// A number as a record holds it: its digits ("+" before them when they are international) or a name.
struct Address {
    std::string text;
    bool is_name = false;  // alphanumeric
};
// Nothing when there is no octet.
[[nodiscard]] std::optional<Address> address_of(std::string_view octets);
// The same with the count of TS 23.040 before it, if it is there.
[[nodiscard]] std::optional<Address> sms_address_of(std::string_view octets);
// Digits of a BCDString. One that would have more than 15 digits and consists of IA5 digits is read as those.
[[nodiscard]] std::string bcd_string(std::string_view octets);

// An Address, or digits that are meant to be international (TAP3, NRTRDE): they are read so unless they begin
// with 0 or are no such number while they are one in the home region.
[[nodiscard]] ParsedNumber number_of(const std::string& text, Region home);
[[nodiscard]] ParsedNumber international(const std::string& digits, Region home);

// TimeStamp of TS 32.298. Without a sign (octet 7 is 0) the fallback holds, and `had_offset` says so.
[[nodiscard]] std::optional<Micros> bcd_time(std::string_view octets, Zone fallback, bool& had_offset);
// "CCYYMMDDhhmmss".
[[nodiscard]] std::optional<Micros> digit_time(std::string_view digits, Zone zone);
// "+0530".
[[nodiscard]] std::optional<Zone> utc_offset(std::string_view text);

// Seconds in an INTEGER; nothing when it is negative or more than 31 bits.
[[nodiscard]] std::optional<std::int32_t> seconds_of(const Element& element);
// Text without outer space, in UTF-8 (what is not is taken as Latin-1), without control characters.
[[nodiscard]] std::string name_of(std::string_view octets);
// Teleservice or bearer service (3GPP TS 22.003 code points of TS 29.002 MAP-TS-Code).
[[nodiscard]] Service teleservice(unsigned code);
// A call that was not answered, by its cause (ITU-T Q.850; TS 24.008 annex H agrees).
[[nodiscard]] Disposition unanswered_by(std::int64_t cause);
// A supplementary service of the group of call forwarding and deflection (MAP-SS-Code).
[[nodiscard]] constexpr bool is_forwarding(unsigned ss_code) { return (ss_code & 0xF0U) == 0x20U; }

struct Refused {
    RejectCode code = RejectCode::bad_value;
    std::string column;
};

// Goes through the records of frames and answers each: a row accepted, or a row refused with its bytes.
class Records {
public:
    // time_field: what the time of a call is called.
    Records(Stream& stream, Intake& intake, std::string_view time_field)
        : stream_(stream), intake_(intake), time_field_(time_field) {}

    // Fills the call of a record, or says why not.
    using Take = std::function<std::optional<Refused>(const Element& record, CallRow& call)>;

    // Every element ahead in the frame is a record.
    [[nodiscard]] Done all(const Frame& frame, const Take& take);
    // A report: its items of the tag `list` ([APPLICATION]) are lists of records, every other one goes to
    // `item`.
    [[nodiscard]] Done report(const Frame& frame, std::string_view name, std::uint32_t list, const Take& take,
                              const std::function<void(const Element&)>& item);
    // One record that is held.
    [[nodiscard]] Done one(const Piece& piece, const Take& take);
    // The element ahead cannot be taken apart or is too long: a row refused. When its extent is not known, so
    // is the rest of the frame, and the frame is left.
    [[nodiscard]] Done refuse(const Piece& piece, const Frame& frame);
    // Ahead::Kind::broken. cut: because the file ends.
    [[nodiscard]] Done refuse_rest(const Frame& frame, Defect defect, bool cut = false);
    // Ahead::Kind::end with `cut`.
    void cut_off(std::string_view within);
    // After the last row: the file ends too early, and no record in it is whole.
    [[nodiscard]] std::optional<Fault> nothing_but_a_cut() const;
    // Adds the notes.
    void finish(std::optional<std::uint64_t> declared);

private:
    Stream& stream_;
    Intake& intake_;
    std::string_view time_field_;
    struct Passed {
        std::uint64_t count = 0, first = 0;
    };
    std::uint64_t rests_ = 0;
    std::uint64_t first_rest_ = 0;
    Defect first_defect_ = Defect::none;
    Passed too_long_, too_deep_;
    std::string cut_within_;
    bool ends_early_ = false;  // inside a record
};

// A file of no bytes.
[[nodiscard]] Fault empty_file();
// A file in which no row was found and nothing of what a report of this layout always has: no empty report.
// outer: what that is ("TransferBatch"). Names the layout whose file it is, if that can be told.
[[nodiscard]] Fault not_of_layout(std::string_view layout, std::string_view outer, const FileHead& head);

}  // namespace sendh::ber
