// A phone number is made and shown on purpose only: not from an integer or a text that happens to stand
// there, not through a formatter, and it does not take part in arithmetic.
#include "base/phone_number.h"

#include <fmt/core.h>
#include <string>

#include "base/json.h"

int main() {
    sendh::PhoneNumber number = sendh::PhoneNumber::from_e164(919876500000);
    const std::string shown = fmt::format("{}", number.masked());  // the lawful way
    sendh::JsonWriter json;
    json.value(shown);
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: Cannot format an argument
    const std::string text = fmt::format("{}", number);
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: no matching function for call to 'sendh::JsonWriter::value(sendh::PhoneNumber&)'
    json.value(number);
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: conversion from 'long int' to non-scalar type
    const sendh::PhoneNumber other = 919876500000;
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: conversion from 'const char [14]' to non-scalar type
    const sendh::PhoneNumber other = "+919876500000";
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: no match for 'operator=='
    return number == 919876500000;
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: no match for 'operator<'
    return number < 919876500000;
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: no match for 'operator+='
    number += 1;
#endif
#ifdef SENDH_MUST_NOT_COMPILE
    // expect: could not convert
    if (number) return 1;
#endif
    return 0;
}
