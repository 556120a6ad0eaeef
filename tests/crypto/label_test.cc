#include "crypto/label.h"

#include <doctest/doctest.h>

#include <set>

using namespace sendh;

TEST_CASE("trunks named by IP addresses stay apart, although the digits of IPv4 are masked") {
    const Key256 key = {1, 2, 3};
    std::set<std::string> labels;
    std::size_t addresses = 0;
    for (int i = 0; i < 256; ++i) {
        for (const char* net : {"203.0.113.", "198.51.100.", "10.0.0.", "2001:db8::"}) {
            labels.insert(label_of(key, net + std::to_string(i)));
            ++addresses;
        }
    }
    CHECK(labels.size() == addresses);
    CHECK(label_of(key, "10.0.0.1") == "10.0.0.1");
    CHECK(label_of(key, "2001:db8:1::20") == "2001:db8:1::20");
    CHECK(label_of(key, "203.0.113.117").starts_with("20"));
    CHECK(label_of(key, "203.0.113.117").find("113") == std::string::npos);
    CHECK(label_of(key, " 203.0.113.117 ") == label_of(key, "203.0.113.117"));
}
