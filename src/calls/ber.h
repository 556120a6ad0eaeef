// BER (ITU-T X.690 clause 8): elements of tag, length and contents, in memory and in a stream. Definite
// lengths in short and long form (non-minimal too), indefinite lengths with end-of-contents, tag numbers from
// 31 on, strings in segments. It knows nothing of call records, and builds no tree.
//
// In bounded memory and time, whatever the bytes say: an element is held whole up to 1 MiB; the extent of a
// longer one is found while it is skipped; nothing recurses over the input. Elements of indefinite length may
// stand 64 deep in each other. Elements of definite length may be nested as they like: they are stepped over,
// and looked into only as deep as somebody asks.
//
// One thing is tolerated that X.690 forbids, because files hold it: zero octets between the elements in a
// definite length.
//
// Errors: Defect says why bytes are not BER; Faults come from the source only.
// Thread rule: one stream, one thread; the rest are values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/delimited.h"
#include "base/result.h"

namespace sendh::ber {

inline constexpr std::size_t longest_element = 1U << 20U;
inline constexpr std::uint64_t deepest = 64;        // indefinite lengths in each other
inline constexpr std::size_t shown_of_rest = 4096;  // of what cannot be held or taken apart
inline constexpr std::uint64_t unknown_end = ~std::uint64_t{0};

enum class Class : std::uint8_t { universal, application, context, private_use };

struct Tag {
    Class of = Class::universal;
    bool constructed = false;
    std::uint32_t number = 0;
    [[nodiscard]] constexpr bool is(Class wanted, std::uint32_t n) const {
        return of == wanted && number == n;
    }
};

enum class Defect : std::uint8_t {
    none,
    tag,              // a tag number of more than 28 bits or with leading zero bits
    length,           // reserved, indefinite on a primitive, or of more than 64 bits
    overrun,          // longer than what holds it, or than the file
    end_of_contents,  // where none can stand
    too_deep,
    too_long,  // over 1 MiB
};
[[nodiscard]] std::string_view reason(Defect defect);

struct Header {
    Tag tag;
    std::uint64_t length = 0;  // of the contents; 0 when indefinite
    bool indefinite = false;
    std::size_t size = 0;  // octets of tag and length
    // Two zero octets and no other form of them.
    [[nodiscard]] bool is_end_of_contents() const {
        return tag.of == Class::universal && tag.number == 0 && !tag.constructed && length == 0 && size == 2;
    }
};

inline constexpr std::size_t longest_header = 5 + 127;
enum class Parsed : std::uint8_t { ok, more, bad };
// Tag and length at the front. more: the bytes end before it does.
[[nodiscard]] Parsed parse_header(std::string_view bytes, Header& header, Defect& defect);

struct Element {
    Tag tag;
    std::string_view contents;  // without end-of-contents
    std::size_t size = 0;       // with header and end-of-contents
};

// The elements in the contents of a constructed one, one after the other.
class Elements {
public:
    explicit Elements(std::string_view contents) : rest_(contents) {}
    // false at the end, and at bytes that are not BER: see defect().
    [[nodiscard]] bool next(Element& element);
    [[nodiscard]] Defect defect() const { return defect_; }

private:
    std::string_view rest_;
    Defect defect_ = Defect::none;
};

// The first element of this tag; nothing too when the bytes before it are not BER.
[[nodiscard]] std::optional<Element> find(std::string_view contents, Class of, std::uint32_t number);

// The octets of a string: of a primitive one its contents, of a constructed one its segments put together in
// scratch. false: segments that are not BER, or more than 8 deep.
[[nodiscard]] bool octets(const Element& element, std::string& scratch, std::string_view& out);

// An INTEGER or ENUMERATED; also one that stands in an element of its own (EXPLICIT). Nothing when it is
// empty or does not fit.
[[nodiscard]] std::optional<std::int64_t> integer(const Element& element);
// The same of the first element of this tag, if there is one.
[[nodiscard]] std::optional<std::int64_t> find_integer(std::string_view contents, Class of,
                                                       std::uint32_t number);

struct EndScan;

// What holds elements: the file, or a constructed element that is too big to be held.
struct Frame {
    std::uint64_t end = unknown_end;  // of its contents or, where that is not known, of what holds it
    bool indefinite = false;
    bool padded = false;  // octets 0x00 and 0xFF between elements are none (block files)
};

// What stands ahead in a frame.
struct Ahead {
    enum class Kind : std::uint8_t { element, end, broken } kind = Kind::end;
    Header header;
    std::uint64_t offset = 0;
    Defect defect = Defect::none;  // when broken
    bool cut = false;              // at the end, or broken: the file ends before the frame does
};

// One element taken, or what of it can be told.
struct Piece {
    enum class Kind : std::uint8_t {
        whole,
        unusable,  // its extent is known and it was passed; defect says why it is not held
        broken,    // its extent is not known: give_up the frame
    } kind = Kind::whole;
    std::uint64_t offset = 0;
    Element element;         // when whole; holds until the next call
    std::string_view bytes;  // the element as it stands, or its first 4 KiB; holds until the next call
    Defect defect = Defect::none;
    bool cut = false;  // broken because the file ends
};

class Stream {
public:
    explicit Stream(ByteSource source) : source_(std::move(source)), buffer_(1U << 16U) {}

    [[nodiscard]] std::uint64_t offset() const { return offset_; }
    [[nodiscard]] std::uint64_t padding() const { return padding_; }  // octets of it passed so far

    // Up to n octets from here, not taken; fewer only at the end of the file. n <= 1 MiB.
    [[nodiscard]] Result<std::string_view> look(std::size_t n);
    // Says how many were skipped: fewer only at the end of the file.
    [[nodiscard]] Result<std::uint64_t> skip(std::uint64_t n);

    // Passes padding and, at the end of a frame of indefinite length, its end-of-contents.
    [[nodiscard]] Result<Ahead> peek(const Frame& frame);
    // Goes into the constructed element ahead. REQUIRES: peek(frame) has just found it.
    [[nodiscard]] Result<Frame> enter(const Ahead& ahead, const Frame& frame);
    // Takes the element ahead. REQUIRES: as above.
    [[nodiscard]] Result<Piece> take(const Ahead& ahead, const Frame& frame);
    // Shows the first octets of what is left of the frame (at most 4 KiB), and goes to its end.
    [[nodiscard]] Result<Piece> give_up(const Frame& frame, Defect defect);

private:
    [[nodiscard]] Result<Piece> take_definite(const Ahead& ahead);
    [[nodiscard]] Result<Piece> take_indefinite(const Ahead& ahead, const Frame& frame);
    [[nodiscard]] Result<Piece> pass_indefinite(EndScan scan, const Frame& frame, Piece piece);
    [[nodiscard]] Result<std::string_view> remember(std::size_t n);
    void consume(std::size_t n) {
        begin_ += n;
        offset_ += n;
    }

    ByteSource source_;
    std::vector<char> buffer_;  // grows to what was looked at, at most 1 MiB
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool at_end_ = false;
    std::uint64_t offset_ = 0;
    std::uint64_t padding_ = 0;
    std::string remembered_;  // the first octets of a piece that was passed
};

}  // namespace sendh::ber
