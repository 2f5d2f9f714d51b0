#include "core/support/failure.h"

#include <filesystem>
#include <new>
#include <string_view>

namespace incipit {

bool isOutOfMemory(const std::exception& failure) {
  if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) return true;
  // LibTorch on the processor, LibTorch on a graphics card, oneDNN.
  for (const std::string_view words : {"can't allocate memory", "out of memory", "could not create a memory", "not enough memory"})
    if (std::string_view(failure.what()).find(words) != std::string_view::npos) return true;
  return false;
}

Error errorFrom(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& known) {
    return known;
  } catch (const std::filesystem::filesystem_error& unreachable) {
    return Error("'" + unreachable.path1().string() + "' cannot be used: " + unreachable.code().message() + ".",
                 "Check the path and its permissions.");
  } catch (const std::exception& unknown) {
    if (isOutOfMemory(unknown)) return Error("There is not enough memory for this.", "Use a smaller batch or a smaller model.");
    // Other libraries add a stack trace below their first line; a person needs the sentence.
    const std::string text = unknown.what();
    return Error("Something went wrong that this program did not expect: " + text.substr(0, text.find('\n')));
  } catch (...) {
    return Error("The work ended for a reason that the program does not know.");
  }
}

}  // namespace incipit
