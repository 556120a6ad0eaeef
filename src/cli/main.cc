#include <malloc.h>

#include "cli/command.h"

int main(int argc, char** argv) {
    // Buffers of a few MiB come and go with every part of a file: giving them back to the system and fetching
    // them again would cost more than a tenth of an import.
    ::mallopt(M_MMAP_THRESHOLD, 64 << 20);
    ::mallopt(M_TRIM_THRESHOLD, 128 << 20);
    return sendh::cli::run(argc, argv);
}
