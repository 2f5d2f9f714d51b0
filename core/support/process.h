// Settings that the libraries below read once, while they are loaded: to be made before anything else happens in main().
#pragma once

namespace incipit {

// Idle OpenMP threads should sleep soon instead of spinning on: a spinning thread takes the core from the interface, or from whatever else
// runs on the machine, and then every parallel loop waits for a thread that is not running (measured: 50 times slower on a busy machine).
// What the user has set in the environment stays. (What the libraries may use of the processor is settled in processor.h.)
// Starts the program anew with these settings; returns at once when they are there.
void settleProcess(char** argv);

// Holds some memory back, which the first allocation that fails gives free before it throws: for the sentence, and for what is taken apart
// on the way to it (nlohmann's JSON asks for memory to do that, and ends the program where there is none).
void holdMemoryBack();

}  // namespace incipit
