// Text that can be read on a screen of very many pixels, where the desktop has set no scale of its own.
#pragma once

namespace incipit::studio {

// To be called before the application is made. Does nothing where a scale is set, by the desktop or by Qt's environment variables.
void settleScale(int argc, char** argv);

}  // namespace incipit::studio
