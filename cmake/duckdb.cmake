# DuckDB::duckdb — an installed DuckDB if there is one, else the prebuilt library of the pinned npm packages
# (package-lock.json), linked into the build directory so that programs find it by a path relative to themselves.
find_path(DUCKDB_INCLUDE_DIR duckdb.h)
find_library(DUCKDB_LIBRARY duckdb)
set(duckdb_include "${DUCKDB_INCLUDE_DIR}")
set(duckdb_library "${DUCKDB_LIBRARY}")

if(NOT DUCKDB_INCLUDE_DIR OR NOT DUCKDB_LIBRARY)
    set(duckdb_include "${PROJECT_BINARY_DIR}/duckdb")
    set(duckdb_library "${duckdb_include}/libduckdb.so")
    file(MAKE_DIRECTORY "${duckdb_include}")
    foreach(file IN ITEMS
            "${PROJECT_SOURCE_DIR}/node_modules/duckdb/src/duckdb/src/include/duckdb.h"
            "${PROJECT_SOURCE_DIR}/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so")
        get_filename_component(name "${file}" NAME)
        if(EXISTS "${file}")
            file(CREATE_LINK "${file}" "${duckdb_include}/${name}" COPY_ON_ERROR)
        elseif(NOT EXISTS "${duckdb_include}/${name}")
            message(FATAL_ERROR "DuckDB not found: run scripts/setup, or install duckdb.h and libduckdb.so")
        endif()
    endforeach()
endif()

add_library(DuckDB::duckdb SHARED IMPORTED GLOBAL)
set_target_properties(DuckDB::duckdb PROPERTIES
    IMPORTED_LOCATION "${duckdb_library}"
    INTERFACE_INCLUDE_DIRECTORIES "${duckdb_include}")
