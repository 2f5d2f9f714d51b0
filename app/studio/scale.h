// Text that can be read on a screen of very many pixels, where the desktop has set no scale of its own.
#pragma once

namespace incipit::studio {

// Lives while the application is being made. Does nothing where a scale is set, by the desktop or by Qt's environment variables.
// Scales are read when an application starts, screens are known once one has: so a child process looks first. It keeps its connection
// until the application has its own, because a bare X server starts anew, and refuses connections, when its last one closes.
class ScreenScale {
 public:
  ScreenScale(int argc, char** argv);
  ~ScreenScale();
  ScreenScale(const ScreenScale&) = delete;
  ScreenScale& operator=(const ScreenScale&) = delete;

 private:
  int m_child = -1, m_release = -1;
};

}  // namespace incipit::studio
