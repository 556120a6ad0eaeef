#include "crypto/authenticator.h"

#include <doctest/doctest.h>

#include <string>

using namespace sendh;

TEST_CASE("a tag is of one key, one purpose and one text") {
    Key256 key{};
    key[0] = 7;
    const Authenticator mine(key);
    key[31] = 1;
    const Authenticator other(key);
    const std::string tag = mine.tag("a/1", "text");
    CHECK(tag.size() == 64);
    CHECK(tag == mine.tag("a/1", "text"));
    CHECK(mine.is_tag(tag, "a/1", "text"));
    CHECK_FALSE(mine.is_tag(tag, "a/1", "texT"));
    CHECK_FALSE(mine.is_tag(tag, "a/2", "text"));
    CHECK_FALSE(mine.is_tag(tag, "a", "/1text"));
    CHECK_FALSE(other.is_tag(tag, "a/1", "text"));
    CHECK_FALSE(mine.is_tag("", "a/1", "text"));
    CHECK_FALSE(mine.is_tag(tag.substr(1), "a/1", "text"));
    CHECK_FALSE(mine.is_tag(tag.substr(1) + "0", "a/1", "text"));
}
