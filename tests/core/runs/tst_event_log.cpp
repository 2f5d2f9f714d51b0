// events.jsonl after a kill in mid-write.
#include "core/runs/event_log.h"
#include "core/support/files.h"
#include "tests/harness/harness.h"

using namespace incipit;

TEST_CASE("what is left of a torn last line goes before the next one is written") {
  const std::filesystem::path file = test::scratch("torn") / "events.jsonl";
  for (const std::size_t torn : {std::size_t(1), std::size_t(4095), std::size_t(4096), std::size_t(20000)})
    for (const char* before : {"", "{\"a\":1}\n{\"b\":2}\n"}) {
      writeFileAtomically(file, before + std::string(torn, 'x'));
      EventLog(file).append("{\"c\":3}");
      CHECK_EQUAL(readFile(file), before + std::string("{\"c\":3}\n"));
    }
  writeFileAtomically(file, "{\"a\":1}\n");
  EventLog(file).append("{\"b\":2}");
  CHECK_EQUAL(readFile(file), "{\"a\":1}\n{\"b\":2}\n");
}
