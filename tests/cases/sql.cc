// sql FILE STATEMENTS: changes a catalogue as somebody would who can write to it and has no sendh and no key.
#include <cstdio>

#include "store/sqlite.h"

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: sql FILE STATEMENTS\n", stderr);
        return 2;
    }
    auto database = sendh::Database::open(argv[1], false);
    const sendh::Done done = database.ok() ? database->run(argv[2]) : sendh::Done(database.fault());
    if (done.ok()) return 0;
    std::fprintf(stderr, "sql: %s\n", done.fault().message().c_str());
    return 1;
}
