# Third-party libraries: Debian packages, and DuckDB (which Debian does not have).
# scripts/setup installs what is missing.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(SQLite3 REQUIRED)  # SQLite::SQLite3
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)
find_package(fmt 9 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(simdjson REQUIRED)
find_package(ZLIB REQUIRED)
find_package(LibArchive 3.6 REQUIRED)  # LibArchive::LibArchive
find_package(EXPAT 2.5 REQUIRED)       # EXPAT::EXPAT
find_package(Boost 1.74 REQUIRED)  # headers only

pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
add_library(sodium::sodium ALIAS PkgConfig::sodium)
pkg_check_modules(gfshare REQUIRED IMPORTED_TARGET libgfshare)
add_library(gfshare::gfshare ALIAS PkgConfig::gfshare)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
add_library(zstd::zstd ALIAS PkgConfig::zstd)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
add_library(utf8proc::utf8proc ALIAS PkgConfig::utf8proc)
pkg_check_modules(xlsxwriter REQUIRED IMPORTED_TARGET xlsxwriter)
add_library(xlsxwriter::xlsxwriter ALIAS PkgConfig::xlsxwriter)
pkg_check_modules(pcap REQUIRED IMPORTED_TARGET libpcap)
add_library(pcap::pcap ALIAS PkgConfig::pcap)

# Header-only use: one .cc includes it, so nothing is gained by a compiled copy.
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h REQUIRED)
add_library(tomlplusplus INTERFACE)
target_include_directories(tomlplusplus SYSTEM INTERFACE "${TOMLPLUSPLUS_INCLUDE_DIR}")
add_library(tomlplusplus::tomlplusplus ALIAS tomlplusplus)

include(duckdb)

if(SENDH_TESTS)
    find_package(nlohmann_json 3.11 REQUIRED)
    find_path(DOCTEST_INCLUDE_DIR doctest/doctest.h REQUIRED)
    find_path(RAPIDCHECK_INCLUDE_DIR rapidcheck.h REQUIRED)
    find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
    add_library(sendh_test_libs INTERFACE)
    target_include_directories(sendh_test_libs SYSTEM INTERFACE "${DOCTEST_INCLUDE_DIR}" "${RAPIDCHECK_INCLUDE_DIR}")
    target_link_libraries(sendh_test_libs INTERFACE "${RAPIDCHECK_LIBRARY}" nlohmann_json::nlohmann_json)
endif()
