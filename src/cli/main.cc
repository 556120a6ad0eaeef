#include "cli/command.h"

int main(int argc, char** argv) { return sendh::cli::run(argc, argv); }
