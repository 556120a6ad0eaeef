// Reader of the call records of mobile switches: 3GPP TS 32.298, ASN.1 module CSChargingDataTypes (version2,
// as of release 18; data types from GenericChargingDataTypes), CHOICE CSRecord. The tags used here are the
// same in CallEventRecord of GSM 12.05 and 3GPP TS 32.205.
//
// Files: records one after the other, with padding of 0x00 or 0xFF between them and to the ends of blocks;
// the CallEventDataFile of GSM 12.05 (header, list of records, trailer); CDR files of 3GPP TS 32.297 with a
// file header and a header to each record.
//
// What becomes what:
//   time        seizureTime, else answerTime, else releaseTime less callDuration, else interrogationTime
//   direction   moCall, outGateway, moSMS: outgoing; mtCall, roaming, termCAMEL, MTRF, incGateway, mtSMS,
//               mtSMSGW: incoming; transit: transit
//   cli         callingNumber; of moCall without one, and of moSMS, servedMSISDN
//   callee      calledNumber (translatedNumber where it is no number); of calls and messages to a subscriber
//               servedMSISDN; of mtCall without one connectedNumber
//   redirect    redirectingPartyNumber or originalCalledPartyNumber of CAMEL; of an moCall that was
//   forwarded,
//               servedMSISDN
//   answered    when there is an answerTime and causeForTerm is not unsuccessfulCallAttempt; otherwise
//               callDuration is the holding time, and not kept
// Location updates, interrogations, supplementary-service actions and packet data are RejectCode::not_a_call
// with the kind of record as column. Records of the IMS (VoLTE) are calls that this reader cannot read:
// bad_value. A call that a switch records as gateway and as mobile call gives two rows.
//
// Thread rule: a constant.
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "calls/ber_fields.h"
#include "calls/tabular.h"

namespace sendh {

extern const Layout ts32298_layout;

namespace {

using namespace ber;

enum class Shape : std::uint8_t { call, sms };

// A record that has parties, and the tags of its fields; none: -1.
struct Kind {
    std::uint32_t tag;
    Shape shape = Shape::call;
    Direction direction = Direction::unknown;
    int served = -1, calling = -1, called = -1;
    int instead = -1;  // the number to be taken when the called one is none
    int trunk_in = -1, trunk_out = -1;
    int service = -1, supplementary = -1;
    int seizure = -1, answer = -1, release = -1, event = -1;  // times
    int duration = -1, cause = -1, diagnostics = -1, sequence = -1;
    int forwarded = -1, camel = -1;
    int sms_result = -1, camel_sms = -1;
};

constexpr std::array<Kind, 11> kinds = {{
    // moCallRecord
    {.tag = 0,
     .shape = Shape::call,
     .direction = Direction::outgoing,
     .served = 3,
     .calling = 4,
     .called = 5,
     .instead = 6,
     .trunk_in = 10,
     .trunk_out = 11,
     .service = 14,
     .supplementary = 17,
     .seizure = 22,
     .answer = 23,
     .release = 24,
     .duration = 25,
     .cause = 30,
     .diagnostics = 31,
     .sequence = 33,
     .forwarded = 40,
     .camel = 54},
    // mtCallRecord
    {.tag = 1,
     .shape = Shape::call,
     .direction = Direction::incoming,
     .served = 3,
     .calling = 4,
     .instead = 5,
     .trunk_in = 7,
     .trunk_out = 8,
     .service = 11,
     .seizure = 19,
     .answer = 20,
     .release = 21,
     .duration = 22,
     .cause = 27,
     .diagnostics = 28,
     .sequence = 30},
    // roamingRecord
    {.tag = 2,
     .shape = Shape::call,
     .direction = Direction::incoming,
     .served = 2,
     .calling = 3,
     .trunk_in = 6,
     .trunk_out = 7,
     .service = 8,
     .seizure = 12,
     .answer = 13,
     .release = 14,
     .duration = 15,
     .cause = 17,
     .diagnostics = 18,
     .sequence = 20},
    // incGatewayRecord
    {.tag = 3,
     .shape = Shape::call,
     .direction = Direction::incoming,
     .calling = 1,
     .called = 2,
     .trunk_in = 4,
     .trunk_out = 5,
     .seizure = 6,
     .answer = 7,
     .release = 8,
     .duration = 9,
     .cause = 11,
     .diagnostics = 12,
     .sequence = 14},
    // outGatewayRecord
    {.tag = 4,
     .shape = Shape::call,
     .direction = Direction::outgoing,
     .calling = 1,
     .called = 2,
     .trunk_in = 4,
     .trunk_out = 5,
     .seizure = 6,
     .answer = 7,
     .release = 8,
     .duration = 9,
     .cause = 11,
     .diagnostics = 12,
     .sequence = 14},
    // transitCallRecord
    {.tag = 5,
     .shape = Shape::call,
     .direction = Direction::transit,
     .calling = 4,
     .called = 5,
     .trunk_in = 2,
     .trunk_out = 3,
     .seizure = 7,
     .answer = 8,
     .release = 9,
     .duration = 10,
     .cause = 12,
     .diagnostics = 13,
     .sequence = 15},
    // moSMSRecord
    {.tag = 6,
     .shape = Shape::sms,
     .direction = Direction::outgoing,
     .served = 3,
     .called = 12,
     .event = 9,
     .sms_result = 10},
    // mtSMSRecord
    {.tag = 7,
     .shape = Shape::sms,
     .direction = Direction::incoming,
     .served = 4,
     .event = 8,
     .sms_result = 9,
     .camel_sms = 12},
    // mtSMSGWRecord
    {.tag = 9,
     .shape = Shape::sms,
     .direction = Direction::incoming,
     .served = 3,
     .event = 5,
     .sms_result = 6},
    // termCAMELRecord
    {.tag = 16,
     .shape = Shape::call,
     .direction = Direction::incoming,
     .served = 2,
     .calling = 13,
     .called = 12,
     .trunk_in = 14,
     .trunk_out = 15,
     .seizure = 16,
     .answer = 17,
     .release = 18,
     .event = 4,
     .duration = 19,
     .cause = 21,
     .diagnostics = 22,
     .sequence = 24,
     .camel = 28},
    // mMTRFRecord
    {.tag = 21,
     .shape = Shape::call,
     .direction = Direction::incoming,
     .served = 3,
     .calling = 4,
     .trunk_in = 7,
     .trunk_out = 8,
     .service = 9,
     .seizure = 10,
     .answer = 11,
     .release = 12,
     .duration = 13,
     .cause = 14,
     .diagnostics = 15,
     .sequence = 17},
}};

constexpr std::int64_t unsuccessful_call_attempt = 3;  // CauseForTerm
constexpr std::uint32_t record_type_extensions = 15;   // below it tag and recordType agree
constexpr std::int64_t ggsn_pdp_record = 19;  // recordType of the packet record that has the tag of MTRF

// Records without parties of a call, by their tag in CSRecord or GPRSRecord.
constexpr std::array<std::pair<std::uint32_t, std::string_view>, 27> no_calls = {{
    {8, "moSMSIWRecord"},
    {10, "ssActionRecord"},
    {11, "hlrIntRecord"},
    {12, "locUpdateHLRRecord"},
    {13, "locUpdateVLRRecord"},
    {14, "commonEquipRecord"},
    {15, "recTypeExtensions"},
    {17, "mtLCSRecord"},
    {18, "moLCSRecord"},
    {19, "niLCSRecord"},
    {20, "mSCsRVCC or sgsnPDPRecord"},
    {21, "ggsnPDPRecord"},
    {22, "iCSRegister or sgsnMMRecord"},
    {23, "sgsnSMORecord"},
    {24, "sgsnSMTRecord"},
    {25, "sgsnMTLCSRecord"},
    {26, "sgsnMOLCSRecord"},
    {27, "sgsnNILCSRecord"},
    {76, "sgsnMBMSRecord"},
    {77, "ggsnMBMSRecord"},
    {78, "sGWRecord"},
    {79, "pGWRecord"},
    {86, "gwMBMSRecord"},
    {92, "tDFRecord"},
    {95, "iPERecord"},
    {96, "ePDGRecord"},
    {97, "tWAGRecord"},
}};

constexpr bool is_ims(std::uint32_t tag) {
    return (tag >= 63 && tag <= 70) || tag == 82 || tag == 83 || (tag >= 89 && tag <= 91);
}

const Kind* kind_of(std::uint32_t tag, std::int64_t record_type) {
    if (tag == 21 && record_type == ggsn_pdp_record) return nullptr;
    for (const Kind& kind : kinds) {
        if (kind.tag == tag) return &kind;
    }
    return nullptr;
}

// The fields of one record by their context tags; of two with the same tag the first.
class Fields {
public:
    // false: not BER.
    bool load(std::string_view contents) {
        index_.fill(0);
        count_ = 0;
        Elements elements(contents);
        Element element;
        while (elements.next(element)) {
            if (element.tag.of != Class::context || element.tag.number >= index_.size()) continue;
            std::uint8_t& slot = index_[element.tag.number];
            if (slot != 0 || count_ == held_.size()) continue;
            held_[count_] = element;
            slot = static_cast<std::uint8_t>(++count_);
        }
        return elements.defect() == Defect::none;
    }
    // nullptr: not there, or no such field in this kind (-1).
    [[nodiscard]] const Element* operator[](int tag) const {
        if (tag < 0) return nullptr;
        const std::uint8_t slot = index_[static_cast<std::size_t>(tag)];
        return slot == 0 ? nullptr : &held_[slot - 1U];
    }

private:
    std::array<std::uint8_t, 128> index_{};
    std::array<Element, 128> held_{};
    std::size_t count_ = 0;
};

class Decoder {
public:
    explicit Decoder(const ReadOptions& options) : home_(options.home), zone_(options.zone) {}

    std::optional<Refused> take(const Element& record, CallRow& call) {
        if (record.tag.of != Class::context || !record.tag.constructed)
            return Refused{RejectCode::bad_value, "kind of record"};
        if (!fields_.load(record.contents)) return Refused{RejectCode::broken_row, ""};
        const std::uint32_t tag = record.tag.number;
        const std::int64_t type = record_type();
        if (type < 0 && tag != record_type_extensions) return Refused{RejectCode::bad_value, "recordType"};
        const Kind* kind = kind_of(tag, type);
        if (kind == nullptr) return without_parties(tag);
        if (tag < record_type_extensions && type != static_cast<std::int64_t>(tag))
            return Refused{RejectCode::bad_value, "recordType"};
        call.direction = kind->direction;
        if (auto refused = parties(*kind, call)) return refused;
        if (kind->shape == Shape::sms) return message(*kind, call);
        return conversation(*kind, call);
    }

    void finish(ReadSummary& summary) const {
        if (continued_ > 0)
            summary.notes.push_back(grouped(continued_) +
                                    " records continue a call of a record before them (first at byte " +
                                    std::to_string(first_continued_) + "): such a call gives several rows");
        if (without_offset_ > 0)
            summary.notes.push_back(
                grouped(without_offset_) + " records have times without an offset (first at byte " +
                std::to_string(first_without_offset_) + "): taken in the time zone of the case");
        if (ims_ > 0)
            summary.notes.push_back(
                grouped(ims_) +
                " records of the IMS (VoLTE) were rejected: this reader takes those of the "
                "circuit-switched network only");
    }

private:
    // -1: none.
    [[nodiscard]] std::int64_t record_type() const {
        const Element* element = fields_[0];
        return element == nullptr ? -1 : integer(*element).value_or(-1);
    }

    std::optional<Refused> without_parties(std::uint32_t tag) {
        if (is_ims(tag)) {
            ++ims_;
            return Refused{RejectCode::bad_value, "IMS record"};
        }
        for (const auto& [number, name] : no_calls) {
            if (number == tag) return Refused{RejectCode::not_a_call, std::string(name)};
        }
        return Refused{RejectCode::bad_value, "kind of record"};
    }

    // false: its octets cannot be put together.
    bool address(int tag, bool sms, std::optional<Address>& out) {
        out.reset();
        const Element* element = fields_[tag];
        if (element == nullptr) return true;
        std::string_view bytes;
        if (!octets(*element, scratch_, bytes)) return false;
        out = sms ? sms_address_of(bytes) : address_of(bytes);
        return true;
    }

    std::optional<Refused> parties(const Kind& kind, CallRow& call) {
        std::optional<Address> served;
        std::optional<Address> calling;
        std::optional<Address> called;
        std::optional<Address> instead;
        if (!address(kind.served, false, served)) return Refused{RejectCode::bad_value, "servedMSISDN"};
        if (!address(kind.calling, false, calling)) return Refused{RejectCode::bad_value, "callingNumber"};
        if (!address(kind.called, kind.shape == Shape::sms, called) || !address(kind.instead, false, instead))
            return Refused{RejectCode::bad_value, "calledNumber"};
        const bool to_subscriber = kind.called < 0;
        const std::optional<Address>& callee = to_subscriber ? served : called;
        if (callee) call.callee = number_of(callee->text, home_);
        if (instead && !is_dialable(call.callee.number_class)) {
            const ParsedNumber other = number_of(instead->text, home_);
            if (is_dialable(other.number_class)) call.callee = other;
        }
        if (const auto fault = tabular::callee_fault(call.callee.number_class))
            return Refused{*fault, to_subscriber              ? "servedMSISDN"
                                   : kind.shape == Shape::sms ? "destinationNumber"
                                                              : "calledNumber"};
        const bool from_subscriber = kind.direction == Direction::outgoing;
        std::optional<Address> cli = calling;
        if (kind.camel_sms >= 0) cli = camel_sms_sender(kind);
        if (!cli && from_subscriber) cli = served;
        if (cli) {
            call.cli = number_of(cli->text, home_);
            if (cli->is_name) {
                cli_text_ = cli->text;
                call.cli_text = tabular::sender_id(cli_text_, call.cli.number_class);
            }
        }
        redirect(kind, served, calling, call);
        return std::nullopt;
    }

    std::optional<Address> camel_sms_sender(const Kind& kind) {
        const Element* camel = fields_[kind.camel_sms];
        if (camel == nullptr) return std::nullopt;
        const auto sender = find(camel->contents, Class::context, 5);
        std::string_view bytes;
        if (!sender || !octets(*sender, scratch_, bytes)) return std::nullopt;
        return address_of(bytes);
    }

    void redirect(const Kind& kind, const std::optional<Address>& served,
                  const std::optional<Address>& calling, CallRow& call) {
        if (const Element* legs = fields_[kind.camel]) {
            Elements elements(legs->contents);
            Element leg;
            while (call.redirect.is_none() && elements.next(leg)) {
                const auto changed = find(leg.contents, Class::context, 12);
                const auto list =
                    changed ? find(changed->contents, Class::context, 1) : std::optional<Element>{};
                if (!list) continue;
                for (const std::uint32_t number : {4U, 2U}) {  // redirecting, original called
                    const auto element = find(list->contents, Class::context, number);
                    std::string_view bytes;
                    if (!element || !octets(*element, scratch_, bytes)) continue;
                    const auto by = address_of(bytes);
                    if (by && call.redirect.is_none()) call.redirect = number_of(by->text, home_).number;
                }
            }
        }
        if (call.redirect.is_none() && kind.forwarded >= 0 && served && calling && forwarded(kind)) {
            const PhoneNumber by = number_of(served->text, home_).number;
            if (by != call.cli.number) call.redirect = by;
        }
    }

    bool forwarded(const Kind& kind) {
        if (const Element* flag = fields_[kind.forwarded]; flag != nullptr && integer(*flag) == 1)
            return true;
        const Element* list = fields_[kind.supplementary];
        if (list == nullptr) return false;
        Elements elements(list->contents);
        Element used;
        while (elements.next(used)) {
            const auto code = find(used.contents, Class::context, 0);
            if (code && code->contents.size() == 1 &&
                is_forwarding(static_cast<unsigned char>(code->contents[0])))
                return true;
        }
        return false;
    }

    // false: there, and no time.
    bool time(int tag, std::uint64_t record, std::optional<Micros>& out) {
        out.reset();
        const Element* element = fields_[tag];
        if (element == nullptr) return true;
        std::string_view bytes;
        if (!octets(*element, scratch_, bytes)) return false;
        bool had_offset = true;
        out = bcd_time(bytes, zone_, had_offset);
        if (out && !had_offset && last_without_offset_ != record + 1) {
            last_without_offset_ = record + 1;
            if (without_offset_++ == 0) first_without_offset_ = record;
        }
        return out.has_value();
    }

    std::optional<Refused> message(const Kind& kind, CallRow& call) {
        call.service = Service::sms;
        std::optional<Micros> at;
        if (!time(kind.event, call.offset, at) || !at)
            return Refused{RejectCode::bad_time, kind.direction == Direction::outgoing ? "originationTime"
                                                 : kind.tag == 7                       ? "deliveryTime"
                                                                                       : "eventTime"};
        call.time = *at;
        if (fields_[kind.sms_result] != nullptr) call.disposition = Disposition::failed;
        return std::nullopt;
    }

    std::optional<Refused> conversation(const Kind& kind, CallRow& call) {
        std::optional<Micros> seizure;
        std::optional<Micros> answer;
        std::optional<Micros> release;
        std::optional<Micros> event;
        if (!time(kind.seizure, call.offset, seizure)) return Refused{RejectCode::bad_time, "seizureTime"};
        if (!time(kind.answer, call.offset, answer)) return Refused{RejectCode::bad_time, "answerTime"};
        if (!time(kind.release, call.offset, release)) return Refused{RejectCode::bad_time, "releaseTime"};
        if (!time(kind.event, call.offset, event)) return Refused{RejectCode::bad_time, "interrogationTime"};
        std::int32_t held = -1;
        if (const Element* element = fields_[kind.duration]) {
            const auto seconds = ber::seconds_of(*element);
            if (!seconds) return Refused{RejectCode::bad_duration, "callDuration"};
            held = *seconds;
        }
        if (seizure) {
            call.time = *seizure;
        } else if (answer) {
            call.time = *answer;
        } else if (release && held >= 0) {
            call.time.value = release->value - held * micros_per_second;
        } else if (event) {
            call.time = *event;
        } else {
            return Refused{RejectCode::bad_time, "seizureTime"};
        }
        if (!service(kind, call)) return Refused{RejectCode::bad_value, "basicService"};
        if (!trunk(kind.trunk_in, trunk_in_)) return Refused{RejectCode::bad_value, "mscIncomingTKGP"};
        if (!trunk(kind.trunk_out, trunk_out_)) return Refused{RejectCode::bad_value, "mscOutgoingTKGP"};
        call.trunk_in = trunk_in_;
        call.trunk_out = trunk_out_;
        return ending(kind, answer.has_value(), held, call);
    }

    bool service(const Kind& kind, CallRow& call) const {
        const Element* element = fields_[kind.service];
        if (element == nullptr) return true;
        const auto tele = find(element->contents, Class::context, 3);
        if (!tele) {
            call.service = Service::other;  // a bearer service: data
            return true;
        }
        if (tele->contents.empty()) return false;
        call.service = teleservice(static_cast<unsigned char>(tele->contents[0]));
        return true;
    }

    // TrunkGroup ::= CHOICE { tkgpNumber [0] INTEGER, tkgpName [1] GraphicString }.
    bool trunk(int tag, std::string& out) {
        out.clear();
        const Element* element = fields_[tag];
        if (element == nullptr) return true;
        Element inner = *element;
        if (inner.tag.constructed) {
            Elements elements(inner.contents);
            if (!elements.next(inner)) return elements.defect() == Defect::none;
        }
        std::string_view bytes;
        if (!octets(inner, scratch_, bytes)) return false;
        const bool is_number = inner.tag.is(Class::context, 0) && element->tag.constructed;
        if (!is_number) {
            out = ber::name_of(bytes);
            if (element->tag.constructed || !out.empty()) return true;
        }
        const auto number = integer(inner);
        if (number) out = std::to_string(*number);
        return number.has_value();
    }

    std::optional<Refused> ending(const Kind& kind, bool answered, std::int32_t held, CallRow& call) {
        std::optional<std::int64_t> cause;
        if (const Element* element = fields_[kind.cause]) {
            cause = integer(*element);
            if (!cause) return Refused{RejectCode::bad_value, "causeForTerm"};
        }
        if (const Element* element = fields_[kind.sequence]) {
            const auto number = integer(*element);
            if (number && *number > 1 && continued_++ == 0) first_continued_ = call.offset;
        }
        answered = answered && cause != unsuccessful_call_attempt;
        call.duration = answered ? held : 0;
        if (call.service != Service::voice) return std::nullopt;
        if (answered) {
            call.disposition = Disposition::answered;
            return std::nullopt;
        }
        call.disposition = Disposition::unanswered;
        // Diagnostics ::= CHOICE { gsm0408Cause [0], gsm0902MapErrorValue [1], itu-tQ767Cause [2] ... }.
        if (const Element* element = fields_[kind.diagnostics]) {
            Elements elements(element->contents);
            Element inner;
            if (elements.next(inner) &&
                (inner.tag.is(Class::context, 0) || inner.tag.is(Class::context, 2))) {
                if (const auto why = integer(inner)) call.disposition = unanswered_by(*why);
            }
        }
        return std::nullopt;
    }

    Region home_;
    Zone zone_;
    Fields fields_;
    std::string scratch_, cli_text_, trunk_in_, trunk_out_;
    std::uint64_t continued_ = 0, first_continued_ = 0;
    std::uint64_t without_offset_ = 0, first_without_offset_ = 0, last_without_offset_ = 0;
    std::uint64_t ims_ = 0;
};

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t octets) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < octets; ++i) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

// 3GPP TS 32.297 6.1.1: the header of a CDR file.
struct CdrFile {
    std::uint64_t length = 0, header = 0, records = 0;
};
constexpr std::size_t shortest_cdr_header = 52;
constexpr std::size_t longest_cdr_header = shortest_cdr_header + 2 * 65'535 + 2;
constexpr std::uint64_t not_said = 0xFFFF'FFFF;

std::optional<CdrFile> cdr_file(std::string_view bytes) {
    if (bytes.size() < shortest_cdr_header) return std::nullopt;
    CdrFile out{big_endian(bytes, 0, 4), big_endian(bytes, 4, 4), big_endian(bytes, 18, 4)};
    const std::uint64_t filter = big_endian(bytes, 48, 2);
    if (bytes.size() < shortest_cdr_header + filter) return std::nullopt;
    const std::uint64_t extension = big_endian(bytes, static_cast<std::size_t>(50 + filter), 2);
    const std::uint64_t plain = shortest_cdr_header + filter + extension;
    // One octet more for each release identifier that is 7 (release 10 or later).
    if (out.header < plain || out.header > plain + 2 || out.header > bytes.size() || out.length < out.header)
        return std::nullopt;
    return out;
}

// 6.1.2: the header of a CDR in such a file.
struct CdrHeader {
    std::size_t size = 4;
    std::uint64_t length = 0;
    unsigned format = 0;  // 1: BER
};
std::optional<CdrHeader> cdr_header(std::string_view bytes) {
    if (bytes.size() < 5) return std::nullopt;
    CdrHeader out;
    out.length = big_endian(bytes, 0, 2);
    if (static_cast<unsigned char>(bytes[2]) >> 5U == 7) out.size = 5;
    out.format = static_cast<unsigned char>(bytes[3]) >> 5U;
    return out;
}
constexpr unsigned format_ber = 1;
constexpr std::size_t longest_cdr_start = 5 + longest_header;

class CdrFileReader {
public:
    CdrFileReader(Stream& stream, Intake& intake, Records& records, const Records::Take& take)
        : stream_(stream), intake_(intake), records_(records), take_(take) {}

    Done read(std::optional<std::uint64_t>& declared) {
        while (true) {
            SENDH_TRY(const std::string_view bytes, stream_.look(longest_cdr_header));
            if (bytes.find_first_not_of(std::string_view("\0\xFF", 2)) == std::string_view::npos) {
                SENDH_CHECK(stream_.skip(bytes.size()));
                if (bytes.empty()) return done();
                continue;
            }
            const auto file = cdr_file(bytes);
            if (!file) return records_.refuse_rest({}, Defect::tag);
            if (file->records != not_said) declared = declared.value_or(0) + file->records;
            Frame frame;
            if (file->length != not_said) frame.end = stream_.offset() + file->length;
            SENDH_CHECK(stream_.skip(file->header));
            SENDH_TRY(const bool go_on, records_in(frame));
            if (!go_on) return done();
        }
    }

private:
    // false: the file ends here.
    Result<bool> records_in(const Frame& frame) {
        while (stream_.offset() < frame.end) {
            const std::uint64_t left = frame.end - stream_.offset();
            SENDH_TRY(const std::string_view start, stream_.look(longest_cdr_start));
            if (start.empty()) {
                if (frame.end != unknown_end) records_.cut_off("the list of records");
                return false;
            }
            const auto header = cdr_header(start);
            const std::uint64_t size = header ? header->size + contents_of(*header, start) : 0;
            if (!header || header->length == 0 || size > left) {
                SENDH_CHECK(records_.refuse_rest(frame, Defect::overrun, !header));
                continue;
            }
            SENDH_TRY(const std::string_view bytes, stream_.look(static_cast<std::size_t>(size)));
            if (bytes.size() < size) {
                SENDH_CHECK(records_.refuse_rest(frame, Defect::overrun, true));
                continue;
            }
            SENDH_CHECK(one(*header, bytes));
            SENDH_CHECK(stream_.skip(size));
        }
        return true;
    }

    // The CDR length leaves the CDR header out; writers that count it in are told by their first record.
    std::uint64_t contents_of(const CdrHeader& header, std::string_view bytes) {
        if (!counts_header_) {
            Header element;
            Defect defect = Defect::none;
            const bool parsed = parse_header(bytes.substr(header.size), element, defect) == Parsed::ok;
            counts_header_ =
                parsed && !element.indefinite && element.size + element.length + header.size == header.length;
        }
        return *counts_header_ ? header.length - std::min<std::uint64_t>(header.length, header.size)
                               : header.length;
    }

    Done one(const CdrHeader& header, std::string_view bytes) {
        const std::uint64_t offset = stream_.offset();
        if (header.format != format_ber)
            return intake_.refuse({0, offset, RejectCode::bad_value, "data record format", bytes});
        Elements elements(bytes.substr(header.size));
        Piece piece;
        piece.offset = offset;
        piece.bytes = bytes;
        Element more;
        if (!elements.next(piece.element) || elements.next(more) || elements.defect() != Defect::none)
            return intake_.refuse({0, offset, RejectCode::broken_row, "", bytes});
        return records_.one(piece, take_);
    }

    Stream& stream_;
    Intake& intake_;
    Records& records_;
    const Records::Take& take_;
    std::optional<bool> counts_header_;
};

// GSM 12.05 CallEventDataFile ::= SEQUENCE { headerRecord [0], callEventRecords [1] SEQUENCE OF
// CallEventRecord, trailerRecord [2], extensions [3] }; the trailer declares noOfRecords [4].
Done read_data_file(Stream& stream, Records& records, const Frame& frame, const Records::Take& take,
                    std::optional<std::uint64_t>& declared, bool& seen) {
    while (true) {
        SENDH_TRY(const Ahead ahead, stream.peek(frame));
        if (ahead.kind == Ahead::Kind::end) {
            if (ahead.cut) records.cut_off("the data file");
            return done();
        }
        if (ahead.kind == Ahead::Kind::broken) return records.refuse_rest(frame, ahead.defect, ahead.cut);
        if (ahead.header.tag.is(Class::context, 1) && ahead.header.tag.constructed) {
            seen = true;
            SENDH_TRY(const Frame list, stream.enter(ahead, frame));
            SENDH_CHECK(records.all(list, take));
            continue;
        }
        SENDH_TRY(const Piece piece, stream.take(ahead, frame));
        if (piece.kind != Piece::Kind::whole) {
            SENDH_CHECK(records.refuse(piece, frame));
            if (piece.kind == Piece::Kind::broken) return done();
        } else if (piece.element.tag.is(Class::context, 2)) {
            const auto number = find_integer(piece.element.contents, Class::context, 4);
            if (number && *number >= 0) declared = declared.value_or(0) + static_cast<std::uint64_t>(*number);
        }
    }
}

bool is_data_file(const Header& header) {
    return header.tag.is(Class::universal, 16) && header.tag.constructed;
}

Result<ReadSummary> read_ts32298(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                                 NameTable& names, const CallSink& sink) {
    if (head.bytes.empty() && head.whole) return empty_file();
    Stream stream(source);
    Intake intake(names, sink, options);
    Records records(stream, intake, "seizureTime");
    Decoder decoder(options);
    const Records::Take take = [&](const Element& record, CallRow& call) {
        return decoder.take(record, call);
    };
    std::optional<std::uint64_t> declared;
    SENDH_TRY(const std::string_view start, stream.look(longest_cdr_header));
    bool seen = false;  // a header of TS 32.297, or a list of records
    if (cdr_file(start)) {
        seen = true;
        SENDH_CHECK(CdrFileReader(stream, intake, records, take).read(declared));
    } else {
        Frame file;
        file.padded = true;
        while (true) {
            SENDH_TRY(const Ahead ahead, stream.peek(file));
            if (ahead.kind == Ahead::Kind::end) break;
            if (ahead.kind == Ahead::Kind::broken) {
                SENDH_CHECK(records.refuse_rest(file, ahead.defect, ahead.cut));
            } else if (is_data_file(ahead.header)) {
                SENDH_TRY(const Frame inside, stream.enter(ahead, file));
                SENDH_CHECK(read_data_file(stream, records, inside, take, declared, seen));
            } else {
                SENDH_TRY(const Piece piece, stream.take(ahead, file));
                SENDH_CHECK(piece.kind == Piece::Kind::whole ? records.one(piece, take)
                                                             : records.refuse(piece, file));
            }
        }
    }
    if (auto cut = records.nothing_but_a_cut()) return *cut;
    if (intake.summary.rows == 0 && !seen) return not_of_layout("ts32298", "record", head);
    SENDH_CHECK(intake.finish());
    records.finish(declared);
    decoder.finish(intake.summary);
    if (intake.summary.rows == 0) intake.summary.notes.emplace_back("no records: an empty report");
    return std::move(intake.summary);
}

enum class Likeness : std::uint8_t { no, cut, yes };

// Whether the bytes begin with a record: context tag, and in it a recordType that fits and context tags only.
Likeness like_record(std::string_view bytes, std::size_t& size) {
    Header header;
    Defect defect = Defect::none;
    if (parse_header(bytes, header, defect) != Parsed::ok) return Likeness::no;
    if (header.tag.of != Class::context || !header.tag.constructed || header.tag.number > 127)
        return Likeness::no;
    const std::string_view rest = bytes.substr(header.size);
    const bool known = !header.indefinite && header.length <= rest.size();
    Elements whole(bytes);
    Element element;
    const bool there = whole.next(element);
    if (!there && known) return Likeness::no;
    Elements fields(there ? element.contents : rest);
    Element field;
    bool typed = false;
    while (fields.next(field)) {
        if (field.tag.of != Class::context) return Likeness::no;
        if (!field.tag.is(Class::context, 0)) continue;
        const auto type = integer(field);
        if (field.tag.constructed || !type || *type < 0 || *type > 255) return Likeness::no;
        if (header.tag.number < record_type_extensions &&
            *type != static_cast<std::int64_t>(header.tag.number))
            return Likeness::no;
        typed = true;
    }
    const Defect defect_inside = fields.defect();
    if (!typed || (there && defect_inside != Defect::none)) return Likeness::no;
    if (defect_inside != Defect::none && defect_inside != Defect::overrun) return Likeness::no;
    size = there ? element.size : bytes.size();
    return there ? Likeness::yes : Likeness::cut;
}

int like_records(std::string_view bytes) {
    constexpr int enough = 10;
    int good = 0;
    while (good < enough) {
        const std::size_t start = bytes.find_first_not_of(std::string_view("\0\xFF", 2));
        if (start == std::string_view::npos) break;
        bytes.remove_prefix(start);
        std::size_t size = 0;
        const Likeness likeness = like_record(bytes, size);
        if (likeness == Likeness::no) return good == 0 ? 0 : 60;
        if (likeness == Likeness::cut) return good == 0 ? 55 : 80 + good;
        ++good;
        bytes.remove_prefix(size);
    }
    return good == 0 ? 0 : 80 + good;
}

int recognise_ts32298(const FileHead& head) {
    const std::string_view bytes = head.bytes;
    if (const auto file = cdr_file(bytes)) {
        const std::string_view first = bytes.substr(static_cast<std::size_t>(file->header));
        if (first.empty()) return head.whole && file->length == file->header ? 60 : 0;
        const auto header = cdr_header(first);
        if (!header || header->format != format_ber) return 0;
        std::size_t size = 0;
        return like_record(first.substr(header->size), size) == Likeness::no ? 0 : 95;
    }
    Header header;
    Defect defect = Defect::none;
    if (parse_header(bytes, header, defect) == Parsed::ok && is_data_file(header)) {
        // headerRecord [0] { productionDateTime [0] ... }, then the list [1].
        Elements parts(bytes.substr(header.size));
        Element part;
        if (!parts.next(part) || !part.tag.is(Class::context, 0) || !part.tag.constructed) return 0;
        const auto produced = find(part.contents, Class::context, 0);
        if (!produced || produced->contents.size() != 9) return 0;
        const std::string_view rest = bytes.substr(header.size + part.size);
        if (parse_header(rest, header, defect) != Parsed::ok || !header.tag.is(Class::context, 1)) return 0;
        const std::string_view list = rest.substr(header.size);
        return std::max(60, like_records(list.substr(
                                0, static_cast<std::size_t>(std::min<std::uint64_t>(
                                       list.size(), header.indefinite ? list.size() : header.length)))));
    }
    return like_records(bytes);
}

}  // namespace

const Layout ts32298_layout = {
    "ts32298",    "mobile switches: 3GPP TS 32.298 / GSM 12.05 (BER), also in CDR files of TS 32.297",
    {},           recognise_ts32298,
    read_ts32298, true};

}  // namespace sendh
