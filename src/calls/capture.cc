#include "calls/capture.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <optional>
#include <vector>

#include "base/text.h"

namespace sendh {

namespace {

constexpr std::string_view section_header = "\x0A\x0D\x0D\x0A";
constexpr std::array<std::string_view, 4> magics = {"\xA1\xB2\xC3\xD4", "\xD4\xC3\xB2\xA1",
                                                    "\xA1\xB2\x3C\x4D", "\x4D\x3C\xB2\xA1"};
constexpr std::int64_t latest_second = 7'258'118'400;  // the year 2200
constexpr std::size_t block_header = 12;  // type, length and, of a section header, the byte-order magic

// The bytes on their way to libpcap, counted. In a pcapng file it follows the blocks, so that it knows where
// the last one began.
class CountedSource {
public:
    explicit CountedSource(ByteSource source) : source_(std::move(source)), buffer_(1 << 16) {}

    // Bytes given, -1 for a fault of the source.
    ssize_t give(char* out, std::size_t wanted) {
        std::size_t given = 0;
        while (given < wanted) {
            if (begin_ == end_ && !fill()) break;
            const std::size_t n = std::min(wanted - given, end_ - begin_);
            std::memcpy(out + given, buffer_.data() + begin_, n);
            begin_ += n;
            given += n;
        }
        if (fault_) return -1;
        follow({out, given});
        position_ += given;
        return static_cast<ssize_t>(given);
    }
    [[nodiscard]] std::uint64_t position() const { return position_; }
    // Of a pcapng file: where the last block begun begins.
    [[nodiscard]] std::optional<std::uint64_t> block() const {
        return blocks_ ? std::optional(block_) : std::nullopt;
    }
    [[nodiscard]] bool ended() const { return ended_ && begin_ == end_; }
    [[nodiscard]] const std::optional<Fault>& fault() const { return fault_; }

    std::uint64_t skip_rest() {
        std::uint64_t rest = 0;
        do {
            rest += end_ - begin_;
            begin_ = end_;
        } while (fill());
        return rest;
    }

private:
    bool fill() {
        if (ended_ || fault_) return false;
        auto n = source_(buffer_);
        if (!n.ok()) {
            fault_ = n.fault();
            return false;
        }
        begin_ = 0;
        end_ = *n;
        ended_ = end_ == 0;
        return !ended_;
    }

    void follow(std::string_view bytes) {
        for (std::uint64_t at = position_; blocks_ && !bytes.empty();) {
            std::uint64_t n = bytes.size();
            if (header_size_ < block_header) {
                if (header_size_ == 0) block_ = at;
                n = std::min<std::uint64_t>(n, block_header - header_size_);
                std::memcpy(header_.data() + header_size_, bytes.data(), n);
                header_size_ += n;
                if (header_size_ == block_header) read_header();
            } else {
                n = std::min(n, next_block_ - at);
            }
            bytes.remove_prefix(n);
            at += n;
            if (header_size_ == block_header && at == next_block_) header_size_ = 0;
        }
    }

    void read_header() {
        const bool section = std::string_view(header_.data(), 4) == section_header;
        if (section) {
            big_ = header_[8] == '\x1A';
        } else if (block_ == 0) {
            blocks_ = false;  // pcap
        }
        std::uint32_t length = 0;
        for (std::size_t i = 0; i < 4; ++i)
            length = length << 8U | static_cast<unsigned char>(header_[4 + (big_ ? i : 3 - i)]);
        next_block_ = block_ + std::max<std::uint64_t>(length, block_header);
    }

    ByteSource source_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0, end_ = 0;
    bool ended_ = false;
    std::optional<Fault> fault_;
    std::uint64_t position_ = 0;

    bool blocks_ = true, big_ = false;
    std::uint64_t block_ = 0, next_block_ = 0;
    std::array<char, block_header> header_{};
    std::size_t header_size_ = 0;
};

ssize_t give_bytes(void* cookie, char* out, std::size_t wanted) {
    return static_cast<CountedSource*>(cookie)->give(out, wanted);
}

}  // namespace

bool is_capture(std::string_view head) {
    if (head.size() < block_header) return false;
    if (head.starts_with(section_header)) {
        const std::string_view order = head.substr(8, 4);
        return order == "\x1A\x2B\x3C\x4D" || order == "\x4D\x3C\x2B\x1A";
    }
    return std::any_of(magics.begin(), magics.end(), [&](std::string_view m) { return head.starts_with(m); });
}

struct Capture::Inside {
    explicit Inside(ByteSource bytes) : source(std::move(bytes)) {}
    ~Inside() {
        if (pcap != nullptr) {
            pcap_close(pcap);
        } else if (file != nullptr) {
            (void)std::fclose(file);
        }
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

    CountedSource source;
    std::FILE* file = nullptr;
    pcap_t* pcap = nullptr;
};

Capture::Capture() = default;
Capture::~Capture() = default;

Result<std::unique_ptr<Capture>> Capture::open(ByteSource source) {
    std::unique_ptr<Capture> capture(new Capture);
    capture->inside_ = std::make_unique<Inside>(std::move(source));
    Inside& in = *capture->inside_;
    in.file = fopencookie(&in.source, "rb", {give_bytes, nullptr, nullptr, nullptr});
    if (in.file == nullptr) return Fault{FaultKind::io, "no memory to read the capture", "", ""};
    // Unbuffered: libpcap's own reads reach the source, which therefore knows where it stands.
    (void)std::setvbuf(in.file, nullptr, _IONBF, 0);
    std::array<char, PCAP_ERRBUF_SIZE> error{};
    in.pcap = pcap_fopen_offline_with_tstamp_precision(in.file, PCAP_TSTAMP_PRECISION_MICRO, error.data());
    if (in.source.fault()) return *in.source.fault();
    if (in.pcap == nullptr) {
        return Fault{FaultKind::input, "no capture that can be read: " + without_numbers(error.data()),
                     "byte " + std::to_string(in.source.position()), "ask for the capture again"};
    }
    return capture;
}

int Capture::link_layer() const { return pcap_datalink(inside_->pcap); }

std::string Capture::link_layer_name() const {
    const char* name = pcap_datalink_val_to_name(link_layer());
    return name != nullptr ? name : "number " + std::to_string(link_layer());
}

Result<bool> Capture::next(Packet& packet) {
    if (trouble_ != Trouble::none) return false;
    Inside& in = *inside_;
    const std::uint64_t before = in.source.position();
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    const int answer = pcap_next_ex(in.pcap, &header, &bytes);
    if (in.source.fault()) return *in.source.fault();
    const std::uint64_t record = in.source.block().value_or(before);
    if (answer == 1) {
        packet.place.number = ++packets_;
        packet.place.offset = record;
        const std::int64_t seconds = std::clamp<std::int64_t>(header->ts.tv_sec, -1, latest_second);
        const std::int64_t micros = std::clamp<std::int64_t>(header->ts.tv_usec, 0, 999'999);
        packet.place.time = {seconds * micros_per_second + micros};
        packet.bytes = {bytes, header->caplen};
        packet.cut = header->len > header->caplen ? header->len - header->caplen : 0;
        return true;
    }
    if (answer == PCAP_ERROR_BREAK) return false;
    trouble_ = in.source.ended() ? Trouble::cut_off : Trouble::damaged;
    trouble_text_ = without_numbers(pcap_geterr(in.pcap));
    trouble_offset_ = record;
    return false;
}

Result<std::uint64_t> Capture::skip_rest() {
    const std::uint64_t rest = inside_->source.skip_rest();
    if (inside_->source.fault()) return *inside_->source.fault();
    return rest;
}

}  // namespace sendh
