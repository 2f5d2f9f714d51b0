# ./dev fuzz: the fuzz targets built with clang and run. Read in by ./dev, whose words (say, die, quietly, build, install_missing) it uses.

fuzz_packages=(clang libclang-rt-dev g++ cmake ninja-build pkg-config nlohmann-json3-dev libpcre2-dev libutf8proc-dev libxxhash-dev libarchive-dev)

# clang++ with its libFuzzer, or a sentence that says how to get it.
have_libfuzzer() {
  command -v clang++ >/dev/null && [[ -n $(ls "$(clang++ -print-resource-dir)"/lib/*/libclang_rt.fuzzer[-.]* 2>/dev/null) ]] && return
  say "The readers are not fuzzed: clang++ and its libFuzzer are not here. Debian has them as clang and libclang-rt-dev; then ./dev fuzz."
  return 1
}

# fuzz [--for SECONDS] [--jobs N] [--seeds] [NAME...]: every target, or those named. What is new is kept in build/fuzz/corpus/NAME, and the next
# run goes on from there; with --seeds nothing is kept, and the dice are always the same.
fuzz() {
  local seconds=60 jobs names=() name seeds=
  jobs=$(nproc)
  while [[ $# -gt 0 ]]; do
    case $1 in
    --for) [[ ${2:-} =~ ^[0-9]+$ ]] || die "--for needs a number of seconds."; seconds=$2; shift ;;
    --jobs) [[ ${2:-} =~ ^[0-9]+$ ]] || die "--jobs needs a number."; jobs=$2; shift ;;
    --seeds) seeds=yes ;;
    *)
      [[ -e tests/fuzz/fuzz_$1.cpp ]] || die "there is no target '$1'; there are:" \
        "$(cd tests/fuzz && printf '%s\n' fuzz_*.cpp | sed 's/^fuzz_//; s/\.cpp$//' | tr '\n' ' ')"
      names+=("$1")
      ;;
    esac
    shift
  done
  preset=fuzz bin=build/fuzz/bin
  [[ -e build/fuzz/build.ninja ]] || quietly "Configuring the fuzz targets" cmake --preset fuzz
  build "${names[@]/#/fuzz_}"
  [[ ${#names[@]} -gt 0 ]] || for name in "$bin"/fuzz_*; do names+=("${name##*/fuzz_}"); done

  rm -rf build/fuzz/scratch
  mkdir -p build/fuzz/{logs,findings,scratch}
  printf '%-18s %12s %10s %9s %8s %8s\n' target executions 'a second' coverage corpus 'MB'
  # Failures are counted, not stopped at: the other targets are run as well.
  export -f fuzz_one
  printf '%s\n' "${names[@]}" | xargs -P "$jobs" -I{} bash -c 'fuzz_one "$@"' bash {} "$seconds" "$seeds" || {
    say "An input that broke a target lies in build/fuzz/findings; build/fuzz/bin/fuzz_NAME FILE does it again, build/fuzz/logs/NAME.log says how."
    return 1
  }
}

# fuzz_one NAME SECONDS SEEDS_ONLY: runs one target and says how far it came.
fuzz_one() {
  local name=$1 seconds=$2 corpus=build/fuzz/corpus/$1 log=build/fuzz/logs/$1.log status=0 options
  # Without -entropic, whose bookkeeping takes as long as the readers do.
  options=(-max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=2048 -malloc_limit_mb=0 -entropic=0 -print_final_stats=1
    -artifact_prefix="build/fuzz/findings/$name-")
  [[ -s build/fuzz/dictionaries/$name.dict ]] && options+=(-dict="build/fuzz/dictionaries/$name.dict")
  if [[ -n $3 ]]; then
    corpus=build/fuzz/scratch/$name
    options+=(-seed=1)
  fi
  mkdir -p "$corpus"
  "build/fuzz/bin/fuzz_$name" "${options[@]}" "$corpus" "tests/fuzz/seeds/$name" >"$log" 2>&1 || status=$?
  awk -v name="$name" '
    /^stat::number_of_executed_units/ { executions = $2 } /^stat::average_exec_per_sec/ { speed = $2 } /^stat::peak_rss_mb/ { memory = $2 }
    / cov: / { for (i = 1; i < NF; ++i) { if ($i == "cov:") coverage = $(i + 1); if ($i == "corp:") corpus = $(i + 1) } }
    END { printf "%-18s %12d %10d %9d %8s %8d\n", name, executions, speed, coverage, corpus, memory }' "$log"
  ((status == 0)) && return
  printf '%s broke:\n' "$name"
  grep -m 1 -E 'ERROR: |runtime error|Not so|terminate called' "$log"
  grep -m 8 -E '^ +#[0-9]+ .* in incipit' "$log"
  grep -m 1 'Test unit written' "$log"
  return 1
}
