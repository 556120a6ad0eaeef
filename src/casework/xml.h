// XmlReader: the elements of an XML 1.0 document, pushed through in pieces, through expat (the parser that
// Python and Firefox use). Names come without their prefix, texts in UTF-8 and perhaps in pieces.
// What has no business in the parts of a workbook is refused: a document type (and with it entities of its
// own), a tag of more than 128 KiB, elements more than 64 deep. Everything that expat keeps (every name it
// has met, for one) comes out of a budget of 8 MiB, and a document that needs more is refused: so memory is
// bounded whatever the bytes.
//
// Faults: input, with `byte N` of the document and the name it was given; what the handlers return.
// Thread rule: one object, one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sendh {

class XmlAttributes {
public:
    explicit XmlAttributes(const char* const* pairs) : pairs_(pairs) {}
    // By its name without prefix, `prefixed` only with one (r:id).
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name, bool prefixed = false) const;

private:
    const char* const* pairs_;
};

struct XmlHandler {
    std::function<Done(std::string_view element, const XmlAttributes& attributes)> start;
    std::function<Done(std::string_view element)> end;
    std::function<Done(std::string_view text)> text;
};

class XmlReader {
public:
    // document: what it is called in faults.
    XmlReader(XmlHandler handler, std::string document);
    ~XmlReader();
    XmlReader(const XmlReader&) = delete;
    XmlReader& operator=(const XmlReader&) = delete;

    [[nodiscard]] Done feed(std::span<const char> bytes);
    [[nodiscard]] Done finish();  // the document must be whole

private:
    struct State;
    [[nodiscard]] Done parse(std::span<const char> bytes, bool last);
    std::unique_ptr<State> state_;
};

}  // namespace sendh
