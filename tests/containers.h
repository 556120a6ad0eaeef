// Packed files and workbooks for tests, made here: gzip (zlib), zstd, ZIP (libarchive) and .xlsx. Used by the
// unit tests of casework and by the tool `pack` of the behaviour tests.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <clocale>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace sendh::test {

inline void must(bool good, const char* what) {
    if (!good) throw std::runtime_error(what);
}

inline std::string gzip(std::string_view plain, int level = 6) {
    z_stream z{};
    must(deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "deflateInit2");
    std::string in(plain);
    std::string out(deflateBound(&z, static_cast<uLong>(in.size())) + 64, '\0');
    z.next_in = reinterpret_cast<Bytef*>(in.data());
    z.avail_in = static_cast<uInt>(in.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    must(deflate(&z, Z_FINISH) == Z_STREAM_END, "deflate");
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

inline std::string zstd(std::string_view plain, int window_log = 0) {
    ZSTD_CCtx* context = ZSTD_createCCtx();
    must(context != nullptr, "ZSTD_createCCtx");
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    if (window_log > 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    std::string out(ZSTD_compressBound(plain.size()) + 64, '\0');
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    ZSTD_inBuffer in{plain.data(), plain.size(), 0};
    // Streamed, so that the size does not stand in the frame and the window is the one asked for.
    while (in.pos < in.size)
        must(ZSTD_isError(ZSTD_compressStream2(context, &to, &in, ZSTD_e_continue)) == 0U, "zstd");
    while (ZSTD_compressStream2(context, &to, &in, ZSTD_e_end) != 0) {
    }
    ZSTD_freeCCtx(context);
    out.resize(to.pos);
    return out;
}

// A skippable frame (RFC 8878, 3.1.2).
inline std::string skippable(std::string_view content) {
    std::string out("\x50\x2a\x4d\x18", 4);
    for (unsigned i = 0; i < 4; ++i) out += static_cast<char>(content.size() >> (8 * i) & 0xffU);
    return out + std::string(content);
}

struct Member {
    std::string name, bytes;  // of a folder the name ends with a slash
    bool encrypted = false;
    std::string link = "";  // where it leads
};

// Sets the bit "encrypted" (APPNOTE 4.4.4) of a member in both its headers.
inline void mark_encrypted(std::string& bytes, const std::string& name) {
    for (const auto& [magic, flags, name_at] :
         {std::tuple{"PK\x03\x04", std::size_t{6}, std::size_t{30}}, {"PK\x01\x02", 8, 46}}) {
        for (std::size_t at = bytes.find(magic); at != std::string::npos; at = bytes.find(magic, at + 1)) {
            if (bytes.compare(at + name_at, name.size(), name) == 0)
                bytes[at + flags] = static_cast<char>(bytes[at + flags] | 1);
        }
    }
}

// Encrypted where every member is; libarchive writes no mixture, so of one the bits alone are set.
inline std::string zip(const std::vector<Member>& members, bool store = false) {
    std::string out;
    const bool encrypted = !members.empty() && std::all_of(members.begin(), members.end(),
                                                           [](const Member& m) { return m.encrypted; });
    std::setlocale(LC_CTYPE, "C.UTF-8");  // libarchive writes names in UTF-8 only where the locale has it
    archive* a = archive_write_new();
    must(a != nullptr && archive_write_set_format_zip(a) == ARCHIVE_OK, "zip");
    must(archive_write_zip_set_compression_deflate(a) == ARCHIVE_OK, "deflate in zip");
    if (store) archive_write_zip_set_compression_store(a);
    archive_write_set_bytes_in_last_block(a, 1);
    archive_write_set_options(a, "zip:hdrcharset=UTF-8");
    if (encrypted) {
        must(archive_write_set_options(a, "zip:encryption=aes256") == ARCHIVE_OK, "zip encryption");
        archive_write_set_passphrase(a, "secret");
    }
    const auto write = [](archive* /*a*/, void* to, const void* bytes, std::size_t size) {
        static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
        return static_cast<la_ssize_t>(size);
    };
    must(archive_write_open(a, &out, nullptr, write, nullptr) == ARCHIVE_OK, "zip open");
    for (const Member& member : members) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, member.name.c_str());
        const bool folder = member.name.ends_with('/');
        archive_entry_set_filetype(entry, folder ? AE_IFDIR : member.link.empty() ? AE_IFREG : AE_IFLNK);
        if (!member.link.empty()) archive_entry_set_symlink(entry, member.link.c_str());
        archive_entry_set_perm(entry, 0644);
        if (!folder) archive_entry_set_size(entry, static_cast<la_int64_t>(member.bytes.size()));
        must(archive_write_header(a, entry) >= ARCHIVE_WARN, archive_error_string(a));
        if (!folder) archive_write_data(a, member.bytes.data(), member.bytes.size());
        archive_entry_free(entry);
    }
    must(archive_write_close(a) == ARCHIVE_OK, "zip close");
    archive_write_free(a);
    for (const Member& member : members) {
        if (member.encrypted && !encrypted) mark_encrypted(out, member.name);
    }
    return out;
}

inline std::string xml_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

// A workbook from the inner XML of its sheets (what stands in <sheetData>).
struct Sheet {
    std::string name, rows;
    std::string state = "visible";
    std::string behind = "";  // </sheetData>
};
struct Book {
    std::vector<Sheet> sheets;
    std::vector<std::string> texts;  // shared
    // Number formats of the styles 0, 1, 2 …: an id ("14"), or a code.
    std::vector<std::string> formats = {"0"};
    bool from_1904 = false;
    std::string doctype;  // in front of each sheet

    [[nodiscard]] std::vector<Member> members() const {
        const std::string head = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)";
        const std::string main = R"( xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main")";
        const std::string office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        std::vector<Member> out;
        out.push_back({"[Content_Types].xml", head + "<Types/>"});
        std::string book = head + "<workbook" + main + " xmlns:r=\"" + office + "\"><workbookPr date1904=\"" +
                           (from_1904 ? "1" : "0") + "\"/><sheets>";
        std::string relations = head + "<Relationships>";
        for (std::size_t i = 0; i < sheets.size(); ++i) {
            const std::string n = std::to_string(i + 1);
            book += "<sheet name=\"" + xml_text(sheets[i].name) + "\" sheetId=\"" + n + "\" state=\"" +
                    sheets[i].state + "\" r:id=\"rId" + n + "\"/>";
            relations += "<Relationship Id=\"rId" + n + "\" Type=\"" + office +
                         "/worksheet\" Target=\"worksheets/sheet" + n + ".xml\"/>";
            out.push_back({"xl/worksheets/sheet" + n + ".xml",
                           head + doctype + "<worksheet" + main + "><sheetData>" + sheets[i].rows +
                               "</sheetData>" + sheets[i].behind + "</worksheet>"});
        }
        relations += "<Relationship Id=\"t\" Type=\"" + office +
                     "/sharedStrings\" Target=\"sharedStrings.xml\"/>" + "<Relationship Id=\"s\" Type=\"" +
                     office + "/styles\" Target=\"/xl/styles.xml\"/>";
        std::string shared = head + "<sst" + main + ">";
        for (const std::string& text : texts) shared += "<si>" + text + "</si>";
        std::string codes;
        std::string xfs;
        for (std::size_t i = 0; i < formats.size(); ++i) {
            const bool own = formats[i].find_first_not_of("0123456789") != std::string::npos;
            const std::string id = own ? std::to_string(164 + i) : formats[i];
            if (own) codes += "<numFmt numFmtId=\"" + id + "\" formatCode=\"" + xml_text(formats[i]) + "\"/>";
            xfs += "<xf numFmtId=\"" + id + "\"/>";
        }
        out.push_back({"xl/sharedStrings.xml", shared + "</sst>"});
        out.push_back(
            {"xl/styles.xml", head + "<styleSheet" + main + "><numFmts>" + codes +
                                  "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>" +
                                  xfs + "</cellXfs></styleSheet>"});
        out.push_back({"xl/_rels/workbook.xml.rels", relations + "</Relationships>"});
        out.push_back({"xl/workbook.xml", book + "</sheets></workbook>"});
        return out;
    }
    [[nodiscard]] std::string bytes() const { return zip(members()); }
};

}  // namespace sendh::test
