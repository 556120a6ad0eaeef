// A token is bytes for the disk: it does not print, is no number and no text. A key is not copied about.
#include "crypto/token.h"

#include <iostream>
#include <string>

#include "crypto/key_ring.h"

int main() {
    const sendh::Token token;
    std::cout << sendh::to_text(token) << '\n';  // the lawful way
    const auto ring = sendh::KeyRing::create("keys");
    const sendh::PhoneNumber number;
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: no match for 'operator<<'
    std::cout << token;
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: no match for 'operator=='
    return token == number ? 1 : 0;
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: no match for 'operator=='
    return token == "00112233445566778899aabbccddeeff" ? 1 : 0;
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: conversion from 'const sendh::PhoneNumber' to non-scalar type 'const sendh::Token'
    const sendh::Token sealed = number;
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: use of deleted function 'sendh::KeyRing::KeyRing(const sendh::KeyRing&)'
    const sendh::KeyRing second = *ring;
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: is private within this context
    return ring->master_[0];
#endif
    return number.is_none() && ring.ok() ? 0 : 1;
}
