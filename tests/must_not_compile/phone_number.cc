// A phone number cannot reach a screen, a log or a file by accident.
#include "base/phone_number.h"

#include <iostream>
#include <string>

int main() {
    const sendh::PhoneNumber number = sendh::PhoneNumber::from_e164(919876500000);
    std::cout << number.masked() << '\n';  // the lawful way
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: no match for 'operator<<'
    std::cout << number;
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: conversion from 'const sendh::PhoneNumber' to non-scalar type
    const std::string text = number;
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: no match for 'operator=='
    return number == "+919876500000";
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: cannot convert
    const unsigned long long value = number;
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: no matching function for call to 'to_string(const sendh::PhoneNumber&)'
    std::to_string(number);
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: is private within this context
    return static_cast<int>(number.bits_);
#endif
}
