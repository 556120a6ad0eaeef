#include "casework/zip_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "base/progress.h"
#include "base/text.h"

namespace sendh {

namespace {

constexpr std::size_t piece_size = 64 * 1024;
constexpr const char* ask_again =
    "it was damaged on its way: ask for it again and compare the SHA-256 with the sender's";

struct FreeArchive {
    void operator()(archive* a) const { archive_read_free(a); }
};

// Names in UTF-8 come out whole only where the locale says UTF-8; for this thread alone, and for a moment.
class Utf8Names {
public:
    Utf8Names() : names_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
        if (names_ != nullptr) before_ = ::uselocale(names_);
    }
    ~Utf8Names() {
        if (names_ == nullptr) return;
        ::uselocale(before_);
        ::freelocale(names_);
    }
    Utf8Names(const Utf8Names&) = delete;
    Utf8Names& operator=(const Utf8Names&) = delete;

private:
    locale_t names_;
    locale_t before_ = nullptr;
};

constexpr std::size_t end_size = 22;
constexpr std::size_t locator_size = 20;
constexpr std::size_t zip64_end_size = 56;

std::string bytes_of(std::uint64_t value, std::size_t width) {
    std::string out;
    for (std::size_t i = 0; i < width; ++i) out += static_cast<char>(value >> (8 * i) & 0xffU);
    return out;
}

std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t width) {
    std::uint64_t value = 0;
    for (std::size_t i = width; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

Result<std::string> read_at(const RandomBytes& bytes, std::uint64_t from, std::size_t size) {
    std::string out(size, '\0');
    std::size_t filled = 0;
    while (filled < size) {
        SENDH_TRY(const std::size_t n, bytes.read_at(from + filled, std::span(out).subspan(filled)));
        if (n == 0) break;
        filled += n;
    }
    out.resize(filled);
    return out;
}

constexpr std::size_t record_size = 46;
bool needs_zip64(std::uint64_t directory_at) {
    return directory_at + record_size + 3 * std::uint64_t{0xffff} >= 0xffffffff;
}

struct Directory {
    RandomBytes bytes;
    std::uint64_t at = 0;      // where its first record lies
    std::uint64_t stated = 0;  // where its end says that it begins: too early when bytes were put in front
    std::string records;
    std::vector<std::size_t> begins;  // of the records, and their end

    [[nodiscard]] std::size_t members() const { return begins.empty() ? 0 : begins.size() - 1; }
    [[nodiscard]] std::string_view record(std::size_t member) const {
        return std::string_view(records).substr(begins[member], begins[member + 1] - begins[member]);
    }
};

// The end of the directory (APPNOTE 4.3.14 to 4.3.16), then its records (4.3.12), of which only the borders
// are looked at.
Result<std::shared_ptr<const Directory>> read_directory(RandomBytes bytes) {
    constexpr std::uint64_t longest_comment = 0xffff;
    const Fault cut_off{FaultKind::input, "the ZIP archive has no directory at its end: it was cut off",
                        "byte " + grouped(bytes.size), "ask for it again"};
    const std::uint64_t tail_size =
        std::min<std::uint64_t>(bytes.size, end_size + locator_size + longest_comment);
    const std::uint64_t tail_at = bytes.size - tail_size;
    SENDH_TRY(const std::string tail, read_at(bytes, tail_at, tail_size));
    const std::size_t end = tail.rfind("PK\x05\x06");
    if (end == std::string::npos || tail.size() - end < end_size) return cut_off;
    const std::uint64_t end_at = tail_at + end;
    std::uint64_t members = little_endian(tail, end + 10, 2);
    std::uint64_t stated = little_endian(tail, end + 16, 4);
    std::uint64_t from = end_at - std::min(end_at, little_endian(tail, end + 12, 4));
    if (end >= locator_size && tail.compare(end - locator_size, 4, "PK\x06\x07") == 0) {
        const std::uint64_t at = little_endian(tail, end - locator_size + 8, 8);
        if (at > bytes.size || bytes.size - at < zip64_end_size) return cut_off;
        SENDH_TRY(const std::string record, read_at(bytes, at, zip64_end_size));
        if (record.size() < zip64_end_size || !record.starts_with("PK\x06\x06")) return cut_off;
        members = little_endian(record, 32, 8);
        from = stated = little_endian(record, 48, 8);
    }
    const Fault elsewhere{FaultKind::input, "the ZIP archive's directory does not lie where its end says",
                          "byte " + grouped(end_at), ask_again};
    if (stated > end_at || from < stated) return elsewhere;
    if (members > most_zip_members || end_at - from > most_zip_directory) {
        return Fault{FaultKind::input,
                     "the ZIP archive says that it has " + grouped(members) + " members in a directory of " +
                         grouped(end_at - from) + " bytes",
                     "byte " + grouped(end_at),
                     "at most " + grouped(most_zip_members) + " members and " + grouped(most_zip_directory) +
                         " bytes are read: unpack it and import the folder"};
    }
    auto out = std::make_shared<Directory>();
    SENDH_TRY(out->records, read_at(bytes, from, static_cast<std::size_t>(end_at - from)));
    out->bytes = std::move(bytes);
    const std::string& records = out->records;
    if (records.empty()) return std::shared_ptr<const Directory>(std::move(out));
    std::size_t at = records.find("PK\x01\x02");
    if (at == std::string::npos) return elsewhere;
    out->at = from + at;
    out->stated = stated;
    if (needs_zip64(out->at) && out->at != stated) return elsewhere;
    const auto damaged = [&] {
        return Fault{FaultKind::input, "the ZIP archive's directory is damaged", "byte " + grouped(from + at),
                     ask_again};
    };
    while (records.compare(at, 4, "PK\x01\x02") == 0) {
        if (records.size() - at < record_size) return damaged();
        const std::size_t size = record_size + little_endian(records, at + 28, 2) +
                                 little_endian(records, at + 30, 2) + little_endian(records, at + 32, 2);
        if (records.size() - at < size) return damaged();
        out->begins.push_back(at);
        at += size;
        if (out->begins.size() > most_zip_members) {
            return Fault{FaultKind::input,
                         "the ZIP archive has more than " + grouped(most_zip_members) + " members", "",
                         "unpack it and import the folder"};
        }
    }
    if (at != records.size() && records.compare(at, 4, "PK\x06\x06") != 0) return damaged();
    out->begins.push_back(at);
    return std::shared_ptr<const Directory>(std::move(out));
}

// An end for a directory of the one record that lies at `at`.
std::string end_of_one(std::uint64_t at, std::uint64_t stated, std::size_t size) {
    std::string out;
    if (needs_zip64(at)) {
        out += "PK\x06\x06" + bytes_of(zip64_end_size - 12, 8) + bytes_of(45, 2) + bytes_of(45, 2) +
               bytes_of(0, 8) + bytes_of(1, 8) + bytes_of(1, 8) + bytes_of(size, 8) + bytes_of(stated, 8);
        out += "PK\x06\x07" + bytes_of(0, 4) + bytes_of(at + size, 8) + bytes_of(1, 4);
        stated = 0xffffffff;
    }
    return out + "PK\x05\x06" + bytes_of(0, 4) + bytes_of(1, 2) + bytes_of(1, 2) + bytes_of(size, 4) +
           bytes_of(stated, 4) + bytes_of(0, 2);
}

// What a name may be as a label.
std::string label(std::string_view name) {
    std::string out;
    std::size_t at = 0;
    while (at <= name.size()) {
        const std::size_t end = std::min(name.find_first_of("/\\", at), name.size());
        std::string part(name.substr(at, end - at));
        for (char& c : part) {
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
        }
        if (!part.empty() && part != "." && part != "..") out += (out.empty() ? "" : "/") + part;
        at = end + 1;
    }
    return out.empty() ? "without a name" : out;
}

}  // namespace

bool looks_like_zip(std::string_view first_bytes) {
    return first_bytes.starts_with("PK\x03\x04") || first_bytes.starts_with("PK\x05\x06");
}

struct ZipArchive::State {
    std::shared_ptr<const Directory> directory;
    std::size_t next = 0;  // member
    // What libarchive sees: the bytes up to the directory, then the record of one member and an end.
    std::string record;
    std::uint64_t position = 0;
    std::vector<char> piece = std::vector<char>(piece_size);
    std::optional<Fault> from_source;
    std::optional<Fault> broken;  // of this member
    std::unique_ptr<archive, FreeArchive> reader;

    [[nodiscard]] std::uint64_t size() const { return directory->at + record.size(); }
    Result<std::size_t> read_some(std::span<char> out) const {
        const Directory& d = *directory;
        if (position < d.at)
            return d.bytes.read_at(position, out.first(std::min<std::uint64_t>(out.size(), d.at - position)));
        const auto from = static_cast<std::size_t>(position - d.at);
        return record.copy(out.data(), out.size(), from);
    }

    static la_ssize_t give(archive* /*reader*/, void* self, const void** out) {
        State& s = *static_cast<State*>(self);
        const auto stop = [&](Fault fault) {
            s.from_source = std::move(fault);
            return la_ssize_t{-1};
        };
        if (auto going_on = check_interrupt("nothing of this file was kept"); !going_on.ok())
            return stop(std::move(going_on).fault());
        *out = s.piece.data();
        // A whole piece, however the bytes come: of links libarchive takes what lies ready and no more.
        std::size_t filled = 0;
        while (filled < s.piece.size() && s.position < s.size()) {
            auto n = s.read_some(std::span(s.piece).subspan(filled));
            if (!n.ok()) return stop(std::move(n).fault());
            if (*n == 0) break;
            filled += *n;
            s.position += *n;
        }
        return static_cast<la_ssize_t>(filled);
    }
    static la_int64_t seek(archive* /*reader*/, void* self, la_int64_t offset, int whence) {
        State& s = *static_cast<State*>(self);
        const auto size = static_cast<la_int64_t>(s.size());
        const la_int64_t base = whence == SEEK_SET   ? 0
                                : whence == SEEK_END ? size
                                                     : static_cast<la_int64_t>(s.position);
        if (offset < -base || offset > size - base) return ARCHIVE_FATAL;
        s.position = static_cast<std::uint64_t>(base + offset);
        return base + offset;
    }
    static la_int64_t skip(archive* /*reader*/, void* self, la_int64_t wanted) {
        State& s = *static_cast<State*>(self);
        const auto left = static_cast<la_int64_t>(s.size() - s.position);
        const la_int64_t passed = std::clamp<la_int64_t>(wanted, 0, left);
        s.position += static_cast<std::uint64_t>(passed);
        return passed;
    }

    Fault fault() {
        if (from_source) return *from_source;
        const char* said = archive_error_string(reader.get());
        const std::string why = said == nullptr ? "" : without_numbers(said);
        const std::string where = "byte " +
                                  grouped(static_cast<std::uint64_t>(
                                      std::max<la_int64_t>(archive_filter_bytes(reader.get(), 0), 0))) +
                                  " of the archive";
        if (why.find("ncrypted") != std::string::npos || why.find("assphrase") != std::string::npos) {
            return {FaultKind::input, "the archive asks for a password", where,
                    "unpack it and import the files"};
        }
        if (why.find("nsupported") != std::string::npos) {
            return {FaultKind::input, "this way of packing is not read (" + why + ")", where,
                    "unpack it and import the files"};
        }
        return {FaultKind::input, "the ZIP archive is damaged" + (why.empty() ? "" : " (" + why + ")"), where,
                ask_again};
    }

    // The reader, standing at this member.
    Result<archive_entry*> start(std::size_t member) {
        record = directory->record(member);
        record += end_of_one(directory->at, directory->stated, record.size());
        position = 0;
        broken.reset();
        from_source.reset();
        reader.reset(archive_read_new());
        if (!reader) return Fault{FaultKind::io, "no memory for unpacking", "", "close other programs"};
        archive* a = reader.get();
        archive_read_support_format_zip_seekable(a);
        archive_read_set_seek_callback(a, seek);
        archive_read_set_skip_callback(a, skip);
        archive_read_set_read_callback(a, give);
        archive_read_set_callback_data(a, this);
        archive_entry* entry = nullptr;
        if (archive_read_open1(a) != ARCHIVE_OK || archive_read_next_header(a, &entry) < ARCHIVE_WARN)
            return fault();
        return entry;
    }
};

ZipArchive::ZipArchive() : state_(std::make_unique<State>()) {}
ZipArchive::~ZipArchive() = default;

Result<std::unique_ptr<ZipArchive>> ZipArchive::open(RandomBytes bytes) {
    std::unique_ptr<ZipArchive> zip(new ZipArchive());
    SENDH_TRY(zip->state_->directory, read_directory(std::move(bytes)));
    return zip;
}

std::unique_ptr<ZipArchive> ZipArchive::again(std::uint64_t number) const {
    std::unique_ptr<ZipArchive> zip(new ZipArchive());
    zip->state_->directory = state_->directory;
    zip->state_->next = static_cast<std::size_t>(number);
    return zip;
}

Result<std::optional<ZipMember>> ZipArchive::next() {
    State& s = *state_;
    SENDH_CHECK(check_interrupt("nothing of this file was kept"));
    if (s.next >= s.directory->members()) {
        s.reader.reset();
        return std::optional<ZipMember>{};
    }
    const Utf8Names names;
    const std::size_t number = s.next++;
    auto started = s.start(number);
    if (!started.ok()) {
        s.broken = std::move(started).fault();
        return *s.broken;
    }
    archive_entry* const entry = *started;
    ZipMember member;
    member.number = number;
    const char* name = archive_entry_pathname_utf8(entry);
    if (name == nullptr) name = archive_entry_pathname(entry);
    const std::string_view written = name == nullptr ? "" : name;
    member.name = label(first_bad_utf8(written) ? utf8_from_latin1(written) : std::string(written));
    member.is_file = archive_entry_filetype(entry) == AE_IFREG;
    member.is_folder = archive_entry_filetype(entry) == AE_IFDIR;
    member.size = static_cast<std::uint64_t>(std::max<la_int64_t>(archive_entry_size(entry), 0));
    member.encrypted = archive_entry_is_encrypted(entry) != 0;
    return std::optional(std::move(member));
}

Result<std::size_t> ZipArchive::read(std::span<char> out) {
    State& s = *state_;
    if (out.empty() || !s.reader) return std::size_t{0};
    if (s.broken) return *s.broken;
    const la_ssize_t n = archive_read_data(s.reader.get(), out.data(), out.size());
    if (n >= 0) return static_cast<std::size_t>(n);
    s.broken = s.fault();
    return *s.broken;
}

}  // namespace sendh
