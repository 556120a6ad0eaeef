#include "casework/unpack.h"

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "base/progress.h"
#include "base/text.h"

namespace sendh {

namespace {

constexpr std::size_t packed_piece = 64 * 1024;
constexpr std::size_t longest_zstd_header = 18;  // RFC 8878, 3.1.1.1, with its magic number
constexpr const char* ask_again =
    "it was damaged on its way: ask for it again and compare the SHA-256 with the sender's";

struct EndInflate {
    void operator()(z_stream* z) const {
        inflateEnd(z);
        delete z;
    }
};
struct FreeZstd {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }
bool is_zstd(std::string_view bytes) {
    // A frame, or a skippable one: 0x184D2A5? in little-endian.
    return bytes.starts_with("\x28\xb5\x2f\xfd") ||
           (bytes.size() >= 4 && (bytes[0] & 0xf0) == 0x50 && bytes.substr(1, 3) == "\x2a\x4d\x18");
}

}  // namespace

std::string_view name_of(Packing packing) {
    switch (packing) {
        case Packing::gzip: return "gzip";
        case Packing::zstd: return "zstd";
        case Packing::none: break;
    }
    return "none";
}

Packing packing_of(std::string_view first_bytes) {
    // Of gzip only deflate (8) was ever defined.
    if (first_bytes.starts_with("\x1f\x8b\x08")) return Packing::gzip;
    return is_zstd(first_bytes) ? Packing::zstd : Packing::none;
}

struct Unpacker::State {
    Packing packing = Packing::none;
    ByteSource packed;
    std::vector<char> buffer = std::vector<char>(packed_piece);
    std::size_t begin = 0, end = 0;
    bool source_ended = false;
    bool ended = false;
    bool in_part = false;
    std::uint64_t before = 0;  // bytes of the source in front of the buffer
    std::uint64_t out = 0, parts = 0;
    std::uint64_t part_out = 0;             // of this frame
    std::optional<std::uint64_t> promised;  // by its header
    std::uint64_t padding_from = 0, padding = 0;
    bool padding_is_zeros = true;
    std::optional<Fault> fault;
    std::unique_ptr<z_stream, EndInflate> inflater;
    std::unique_ptr<ZSTD_DCtx, FreeZstd> zstd;

    [[nodiscard]] std::uint64_t at() const { return before + begin; }
    [[nodiscard]] std::string_view ahead() const { return {buffer.data() + begin, end - begin}; }
    [[nodiscard]] Fault damaged(const std::string& what) const {
        return {FaultKind::input, what, "byte " + grouped(at()), ask_again};
    }

    // At least `wanted` bytes ahead, or all there are.
    Done look_ahead(std::size_t wanted) {
        while (!source_ended && end - begin < wanted) {
            if (begin > 0) {
                std::copy(buffer.begin() + static_cast<std::ptrdiff_t>(begin),
                          buffer.begin() + static_cast<std::ptrdiff_t>(end), buffer.begin());
                before += begin;
                end -= begin;
                begin = 0;
            }
            SENDH_TRY(const std::size_t n, packed(std::span(buffer).subspan(end)));
            source_ended = n == 0;
            end += n;
        }
        return done();
    }

    Done pass_over_the_rest() {
        padding_from = at();
        while (true) {
            padding += end - begin;
            padding_is_zeros = padding_is_zeros && ahead().find_first_not_of('\0') == std::string_view::npos;
            begin = end;
            if (source_ended) return done();
            SENDH_CHECK(check_interrupt("nothing of this file was kept"));
            SENDH_CHECK(look_ahead(1));
        }
    }

    Result<std::size_t> inflate_some(std::span<char> room) {
        inflater->next_in = reinterpret_cast<Bytef*>(buffer.data() + begin);
        inflater->avail_in = static_cast<uInt>(end - begin);
        const std::size_t most = std::min<std::size_t>(room.size(), std::numeric_limits<uInt>::max());
        inflater->next_out = reinterpret_cast<Bytef*>(room.data());
        inflater->avail_out = static_cast<uInt>(most);
        const int status = ::inflate(inflater.get(), Z_NO_FLUSH);
        begin = end - inflater->avail_in;
        const std::size_t made = most - inflater->avail_out;
        if (status == Z_STREAM_END) {
            in_part = false;
            ++parts;
            inflateReset(inflater.get());
        } else if (status == Z_MEM_ERROR) {
            return Fault{FaultKind::io, "no memory for unpacking", "", "close other programs and try again"};
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            const char* why = inflater->msg != nullptr ? inflater->msg : "not deflate data";
            return damaged("the gzip data is damaged (" + std::string(why) + ")");
        }
        return made;
    }

    Result<std::size_t> zstd_some(std::span<char> room) {
        ZSTD_inBuffer in{buffer.data() + begin, end - begin, 0};
        ZSTD_outBuffer to{room.data(), room.size(), 0};
        const std::size_t status = ZSTD_decompressStream(zstd.get(), &to, &in);
        if (ZSTD_isError(status) != 0U) {
            if (ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge) {
                return Fault{FaultKind::input, "the zstd data needs a window of more than 128 MiB",
                             "byte " + grouped(at()), "unpack it, or pack it again without --long"};
            }
            if (ZSTD_getErrorCode(status) == ZSTD_error_dictionary_wrong) {
                return Fault{FaultKind::input, "the zstd data was packed with a dictionary of its own",
                             "byte " + grouped(at()), "unpack it where the dictionary is"};
            }
            return damaged("the zstd data is damaged (" + std::string(ZSTD_getErrorName(status)) + ")");
        }
        begin += in.pos;
        part_out += to.pos;
        if (status == 0) {
            // libzstd compares the sizes only where it has the whole frame at once.
            if (promised && *promised != part_out)
                return damaged("the zstd data is damaged (another size than its header says)");
            in_part = false;
            ++parts;
        }
        return to.pos;
    }

    Result<std::size_t> read(std::span<char> room) {
        while (!ended && !room.empty()) {
            SENDH_CHECK(check_interrupt("nothing of this file was kept"));
            if (!in_part) {
                SENDH_CHECK(look_ahead(4));
                const bool another = packing == Packing::gzip ? is_gzip(ahead()) : is_zstd(ahead());
                if (!another) {
                    ended = true;
                    SENDH_CHECK(pass_over_the_rest());
                    break;
                }
                in_part = true;
                part_out = 0;
                promised.reset();
                if (packing == Packing::zstd) {
                    SENDH_CHECK(look_ahead(longest_zstd_header));
                    const auto size = ZSTD_getFrameContentSize(buffer.data() + begin, end - begin);
                    if (size != ZSTD_CONTENTSIZE_UNKNOWN && size != ZSTD_CONTENTSIZE_ERROR) promised = size;
                }
            }
            SENDH_CHECK(look_ahead(1));
            const bool starved = begin == end;
            SENDH_TRY(const std::size_t made,
                      packing == Packing::gzip ? inflate_some(room) : zstd_some(room));
            out += made;
            if (made > 0) return made;
            if (starved && in_part) {
                return damaged("the " + std::string(name_of(packing)) +
                               " data ends in the middle: the file was cut off");
            }
        }
        return std::size_t{0};
    }
};

Unpacker::Unpacker(Packing packing, ByteSource packed) : state_(std::make_unique<State>()) {
    state_->packing = packing;
    state_->packed = std::move(packed);
    const Fault no_memory{FaultKind::io, "no memory for unpacking", "", "close other programs and try again"};
    if (packing == Packing::gzip) {
        auto fresh = std::make_unique<z_stream>();
        *fresh = z_stream{};
        constexpr int gzip_alone = 15 + 16;
        if (inflateInit2(fresh.get(), gzip_alone) == Z_OK) {
            state_->inflater.reset(fresh.release());
        } else {
            state_->fault = no_memory;
        }
    } else {
        state_->zstd.reset(ZSTD_createDCtx());
        if (!state_->zstd ||
            ZSTD_isError(ZSTD_DCtx_setParameter(state_->zstd.get(), ZSTD_d_windowLogMax,
                                                static_cast<int>(zstd_window_log_max))) != 0U) {
            state_->fault = no_memory;
        }
    }
}

Unpacker::~Unpacker() = default;

Result<std::size_t> Unpacker::read(std::span<char> out) {
    if (state_->fault) return *state_->fault;
    auto n = state_->read(out);
    if (!n.ok()) state_->fault = n.fault();
    return n;
}

std::uint64_t Unpacker::bytes_out() const { return state_->out; }
std::uint64_t Unpacker::parts() const { return state_->parts; }

std::vector<std::string> Unpacker::notes() const {
    const State& s = *state_;
    if (s.padding == 0) return {};
    const std::string bytes =
        grouped(s.padding) + (s.padding_is_zeros ? " zero" : "") + (s.padding == 1 ? " byte" : " bytes");
    return {bytes + (s.padding == 1 ? " lies" : " lie") + " behind the " + std::string(name_of(s.packing)) +
            " data, from byte " + grouped(s.padding_from) +
            (s.padding_is_zeros ? ": padding" : ": not " + std::string(name_of(s.packing)) + ", not read")};
}

}  // namespace sendh
