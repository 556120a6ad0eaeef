#include "layout_fuzz.h"

SENDH_FUZZ_LAYOUT("common")
