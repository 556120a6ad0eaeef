// Any bytes as BER: each octet of the file is passed once and in order whatever the pieces it comes in, and
// what is held can be taken apart.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "calls/ber.h"
#include "calls/ber_fields.h"

namespace {

using namespace sendh;
using namespace sendh::ber;

void require(bool promise) {
    if (!promise) std::abort();
}

void take_apart(std::string_view contents, int depth, std::uint64_t& sum) {
    Elements elements(contents);
    Element element;
    std::size_t total = 0;
    std::string scratch;
    while (elements.next(element)) {
        total += element.size;
        require(total <= contents.size() && element.contents.size() < element.size);
        sum = sum * 31 + element.tag.number + element.contents.size();
        std::string_view octets_of;
        if (octets(element, scratch, octets_of)) {
            require(octets_of.size() <= element.contents.size());
            if (const auto address = address_of(octets_of)) sum += address->text.size();
            (void)sms_address_of(octets_of);
            (void)number_of(bcd_string(octets_of), Region::india);
            bool had_offset = false;
            (void)bcd_time(octets_of, Zone{}, had_offset);
            (void)ber::name_of(octets_of);
        }
        (void)integer(element);
        if (element.tag.constructed && depth < 6) take_apart(element.contents, depth + 1, sum);
    }
}

std::uint64_t walk(std::string_view bytes, std::size_t piece, bool enter) {
    Stream stream([inner = memory_source(bytes), piece](std::span<char> out) {
        return inner(out.first(std::min(piece, out.size())));
    });
    std::vector<Frame> frames(1);
    frames[0].padded = true;
    std::uint64_t sum = 0;
    std::uint64_t last = 0;
    while (!frames.empty()) {
        const Frame frame = frames.back();
        const Ahead ahead = *stream.peek(frame);
        require(stream.offset() >= last);
        last = stream.offset();
        if (ahead.kind == Ahead::Kind::end) {
            frames.pop_back();
            continue;
        }
        sum = sum * 31 + ahead.offset;
        if (ahead.kind == Ahead::Kind::broken) {
            const Piece rest = *stream.give_up(frame, ahead.defect);
            require(!rest.bytes.empty() && bytes.substr(rest.offset).starts_with(rest.bytes));
            continue;
        }
        if (enter && ahead.header.tag.constructed && frames.size() < 5) {
            frames.push_back(*stream.enter(ahead, frame));
            continue;
        }
        const Piece taken = *stream.take(ahead, frame);
        require(!taken.bytes.empty() && bytes.substr(taken.offset).starts_with(taken.bytes));
        require((taken.kind == Piece::Kind::whole) == (taken.defect == Defect::none));
        if (taken.kind == Piece::Kind::whole) take_apart(taken.bytes, 0, sum);
        if (taken.kind == Piece::Kind::broken) (void)stream.give_up(frame, taken.defect);
        require(stream.offset() > last);
    }
    require(stream.offset() == bytes.size());
    return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    for (const bool enter : {false, true})
        require(walk(bytes, 1 << 16, enter) == walk(bytes, 1 + size % 13, enter));
    return 0;
}
