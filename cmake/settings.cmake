# Compiler settings shared by every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g0 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g -D_GLIBCXX_ASSERTIONS")
if(SENDH_SANITIZE)
    set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1 -D_GLIBCXX_ASSERTIONS")
endif()

find_program(SENDH_CCACHE ccache)
if(SENDH_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${SENDH_CCACHE}")
endif()

# Everything of ours links sendh_settings; nothing of anybody else's does.
add_library(sendh_settings INTERFACE)
target_include_directories(sendh_settings INTERFACE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_BINARY_DIR}/generated")
target_compile_options(sendh_settings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion
    -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wcast-align -Wcast-qual -Wformat=2
    -Wimplicit-fallthrough -Wextra-semi -Wundef -Wunused
    -fstack-protector-strong -fPIE  # not -fPIC: g++ would not inline what another library might replace
    "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=")
# Warnings are errors with the compiler we build with; clang, used for sanitizers and fuzzing, has other opinions.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 warns falsely about std::string::insert and operator+ (GCC bug 105651): no -Wrestrict.
    target_compile_options(sendh_settings INTERFACE -Werror -Wlogical-op -Wduplicated-cond -Wno-restrict)
endif()
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    target_compile_options(sendh_settings INTERFACE -march=x86-64-v2)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(sendh_settings INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
target_link_options(sendh_settings INTERFACE -pie -Wl,-z,relro,-z,now)

if(SENDH_SANITIZE)
    target_compile_options(sendh_settings INTERFACE
        -fsanitize=${SENDH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(sendh_settings INTERFACE -fsanitize=${SENDH_SANITIZE})
endif()
