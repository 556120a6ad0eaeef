// Reports of arbitrary bytes: every row is answered and the books add up.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "calls/complaint.h"

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sendh;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::uint64_t accepted = 0;
    std::uint64_t rejected = 0;
    const ComplaintSink sink = {[&](Complaint&& complaint) {
                                    ++accepted;
                                    require(!complaint.number.is_none() && complaint.offset < bytes.size());
                                    return done();
                                },
                                [&](const Reject& reject) {
                                    ++rejected;
                                    require(bytes.substr(reject.offset).starts_with(reject.raw));
                                    return done();
                                }};
    const auto summary = read_complaints({bytes, true}, memory_source(bytes), {}, nullptr, sink);
    if (summary.ok()) {
        require(summary.value().rows == accepted + rejected);
        require(summary.value().accepted == accepted && summary.value().rejected == rejected);
    }
    return 0;
}
