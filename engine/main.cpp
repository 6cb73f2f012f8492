#include "engine/cli/command.h"

int main(int argc, char** argv) { return pawl::engine::run_cli(argc, argv); }
