#include "casework/xml.h"

#include <expat.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/text.h"

namespace sendh {

namespace {

constexpr std::int64_t longest_tag = 128 << 10;
constexpr int deepest = 64;
constexpr std::size_t most_memory = 8 << 20;  // of a parser

// What expat takes from the heap. Its functions for that know no object, so which budget pays for a new block
// stands here while expat works, and each block says in front of it whose it is.
struct Budget {
    std::size_t used = 0;
    bool spent = false;
};
thread_local Budget* paying = nullptr;

class Pays {
public:
    explicit Pays(Budget& budget) : before_(paying) { paying = &budget; }
    ~Pays() { paying = before_; }
    Pays(const Pays&) = delete;
    Pays& operator=(const Pays&) = delete;

private:
    Budget* before_;
};

struct alignas(std::max_align_t) Block {
    std::size_t size;
    Budget* owner;
};

void* resize_block(Block* old, Budget& owner, std::size_t size) {
    const std::size_t before = old == nullptr ? 0 : old->size;
    if (size > most_memory || owner.used - before > most_memory - size) {
        owner.spent = true;
        return nullptr;
    }
    void* const bytes = std::realloc(old, sizeof(Block) + size);
    if (bytes == nullptr) return nullptr;
    owner.used = owner.used - before + size;
    return new (bytes) Block{size, &owner} + 1;
}
void* take_block(std::size_t size) { return resize_block(nullptr, *paying, size); }
void free_block(void* bytes) {
    if (bytes == nullptr) return;
    Block* const block = static_cast<Block*>(bytes) - 1;
    block->owner->used -= block->size;
    std::free(block);
}
void* change_block(void* bytes, std::size_t size) {
    if (bytes == nullptr) return take_block(size);
    Block* const block = static_cast<Block*>(bytes) - 1;
    return resize_block(block, *block->owner, size);
}

constexpr const char* do_not_trust = "no spreadsheet program writes that: do not trust the file";

std::string_view local_name(std::string_view name) {
    const std::size_t colon = name.rfind(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

struct FreeParser {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

}  // namespace

std::optional<std::string_view> XmlAttributes::get(std::string_view name, bool prefixed) const {
    for (const char* const* pair = pairs_; *pair != nullptr; pair += 2) {
        const std::string_view written = *pair;
        if (local_name(written) != name || (written.size() != name.size()) != prefixed) continue;
        return std::string_view(pair[1]);
    }
    return std::nullopt;
}

struct XmlReader::State {
    XmlHandler handler;
    std::string document;
    Budget budget;
    int depth = 0;
    std::unique_ptr<XML_ParserStruct, FreeParser> parser;
    std::optional<Fault> fault;
    std::int64_t fed = 0;

    [[nodiscard]] std::string where() const {
        return "byte " +
               grouped(static_cast<std::uint64_t>(
                   std::max<XML_Index>(XML_GetCurrentByteIndex(parser.get()), 0))) +
               " of " + document;
    }
    void stop(Fault why) {
        if (fault) return;
        if (why.where.empty() && why.kind == FaultKind::input) why.where = where();
        fault = std::move(why);
        XML_StopParser(parser.get(), XML_FALSE);
    }
    void heed(Done result) {
        if (!result.ok()) stop(std::move(result).fault());
    }

    static void on_start(void* self, const char* name, const char** attributes) {
        State& s = *static_cast<State*>(self);
        if (++s.depth > deepest) {
            s.stop({FaultKind::input,
                    "the workbook's XML is nested deeper than " + std::to_string(deepest) + " elements", "",
                    do_not_trust});
        }
        if (!s.fault && s.handler.start) s.heed(s.handler.start(local_name(name), XmlAttributes(attributes)));
    }
    static void on_end(void* self, const char* name) {
        State& s = *static_cast<State*>(self);
        --s.depth;
        if (!s.fault && s.handler.end) s.heed(s.handler.end(local_name(name)));
    }
    static void on_text(void* self, const char* text, int size) {
        State& s = *static_cast<State*>(self);
        if (!s.fault && s.handler.text)
            s.heed(s.handler.text(std::string_view(text, static_cast<std::size_t>(size))));
    }
    static void on_doctype(void* self, const char* /*name*/, const char* /*system*/, const char* /*pub*/,
                           int /*internal*/) {
        static_cast<State*>(self)->stop(
            {FaultKind::input, "the workbook defines XML entities of its own", "", do_not_trust});
    }
};

XmlReader::XmlReader(XmlHandler handler, std::string document) : state_(std::make_unique<State>()) {
    state_->handler = std::move(handler);
    state_->document = std::move(document);
    const XML_Memory_Handling_Suite memory{take_block, change_block, free_block};
    {
        const Pays pays(state_->budget);
        state_->parser.reset(XML_ParserCreate_MM(nullptr, &memory, nullptr));
    }
    if (!state_->parser) {
        state_->fault = Fault{FaultKind::io, "no memory for reading XML", "", "close other programs"};
        return;
    }
    XML_Parser parser = state_->parser.get();
    XML_SetUserData(parser, state_.get());
    XML_SetElementHandler(parser, State::on_start, State::on_end);
    XML_SetCharacterDataHandler(parser, State::on_text);
    XML_SetStartDoctypeDeclHandler(parser, State::on_doctype);
}

XmlReader::~XmlReader() = default;

Done XmlReader::parse(std::span<const char> bytes, bool last) {
    State& s = *state_;
    if (s.fault) return *s.fault;
    s.fed += static_cast<std::int64_t>(bytes.size());
    const XML_Status status = [&] {
        const Pays pays(s.budget);
        return XML_Parse(s.parser.get(), bytes.data(), static_cast<int>(bytes.size()),
                         last ? XML_TRUE : XML_FALSE);
    }();
    if (s.fault) return *s.fault;
    if (status != XML_STATUS_OK && s.budget.spent) {
        s.fault = Fault{FaultKind::input,
                        "the workbook's XML needs more than " + grouped(most_memory) +
                            " bytes of memory: it is made of ever new names",
                        s.where(), do_not_trust};
        return *s.fault;
    }
    if (status != XML_STATUS_OK) {
        const XML_LChar* why = XML_ErrorString(XML_GetErrorCode(s.parser.get()));
        s.fault = Fault{FaultKind::input,
                        "the workbook's XML is damaged (" + std::string(why == nullptr ? "?" : why) + ")",
                        s.where(), "open it in a spreadsheet program, save it again and import that"};
        return *s.fault;
    }
    if (!last && s.fed - std::max<std::int64_t>(XML_GetCurrentByteIndex(s.parser.get()), 0) > longest_tag) {
        s.fault = Fault{FaultKind::input, "the workbook's XML has a tag of more than 128 KiB", s.where(),
                        do_not_trust};
        return *s.fault;
    }
    return done();
}

Done XmlReader::feed(std::span<const char> bytes) { return parse(bytes, false); }
Done XmlReader::finish() { return parse({}, true); }

}  // namespace sendh
