#include "casework/copy_tags.h"

#include <bit>

#include "crypto/keyed_random.h"

namespace sendh {

namespace {

constexpr std::size_t rows_at_a_time = 4'096;

std::string text_of(std::uint64_t value) {
    std::string out;
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
    return out;
}
std::string text_of(std::int64_t value) { return text_of(static_cast<std::uint64_t>(value)); }
std::string_view text_of(const Token& token) {
    return {reinterpret_cast<const char*>(token.bytes.data()), token.bytes.size()};
}

class Parts {
public:
    Parts& add(std::string_view part) {
        text_ += text_of(std::uint64_t{part.size()});
        text_ += part;
        return *this;
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
};

}  // namespace

CopyTags::CopyTags(const Case& c)
    : authenticator_(subkey(c.keys().mark_token_key(), "sendh/copy-tags/1", "")) {}

std::string CopyTags::of_issue(const CopyRecord& copy, const IssueRecord& issue, const std::string& where,
                               const std::string& variants, const std::vector<CanaryRecord>& pool) const {
    Parts parts;
    parts.add(copy.name).add(text_of(copy.id)).add(bytes_of(issue.serial)).add(bytes_of(issue.recipient));
    parts.add(text_of(std::bit_cast<std::uint64_t>(issue.canary_share))).add(text_of(copy.rows));
    parts.add(issue.mark_commitment);
    parts.add(issue.members.encoded()).add(issue.pool.encoded()).add(issue.offered.encoded());
    parts.add(where).add(variants);
    for (const CanaryRecord& canary : pool) {
        if (issue.pool.has(canary.id))
            parts.add(text_of(canary.id)).add(text_of(canary.register_id)).add(text_of(canary.marked));
    }
    return authenticator_.tag("sendh/copy-issued/1", parts.text());
}

Result<std::string> CopyTags::of_rows(Case& c, const CopyRecord& copy, std::span<const Token> rows) const {
    Parts parts;
    parts.add(copy.name).add(text_of(copy.id)).add(text_of(std::uint64_t{rows.size()}));
    std::vector<Token> there;
    std::vector<std::size_t> rows_there;
    for (std::size_t at = 0; at < rows.size(); at += rows_at_a_time) {
        const auto block = rows.subspan(at, std::min(rows_at_a_time, rows.size() - at));
        there.clear();
        rows_there.clear();
        for (std::size_t i = 0; i < block.size(); ++i) {
            if (block[i] == Token{}) continue;
            there.push_back(block[i]);
            rows_there.push_back(at + i);
        }
        SENDH_CHECK(c.mark_tokens(there, [&](std::size_t i) {
            return Place::of_copy(copy.id, static_cast<std::int64_t>(rows_there[i]) + 1);
        }));
        auto next = there.begin();
        for (const Token& token : block) parts.add(text_of(token != Token{} ? *next++ : token));
    }
    return authenticator_.tag("sendh/copy-recorded/1", parts.text());
}

}  // namespace sendh
