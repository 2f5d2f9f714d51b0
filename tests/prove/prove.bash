# ./dev prove: every test of the committed tree, elsewhere. Read in by ./dev, whose words (say, die, quietly, install_missing) it uses; it lies
# with the tests because it is one, of the whole tree and of ./dev itself.

# prove [--keep] [--venv FOLDER] PLACE...: goes on when one place fails, and says at the end how each went.
prove() {
  local keep= venv= places=() place summary=() failed=0
  while [[ $# -gt 0 ]]; do
    case $1 in
    --keep) keep=yes ;;
    --venv) [[ -n ${2:-} ]] || die "--venv needs a folder."; venv=$(realpath -m "$2"); shift ;;
    bookworm | trixie | pip-torch) places+=("$1") ;;
    *) die "'$1' is no place to prove: bookworm, trixie or pip-torch." ;;
    esac
    shift
  done
  [[ ${#places[@]} -gt 0 ]] || die "say where: ./dev prove bookworm trixie, or ./dev prove pip-torch."
  mkdir -p build
  [[ -z $(git -c safe.directory="$PWD" status --porcelain) ]] || say "What is not committed is left out in fresh roots."
  for place in "${places[@]}"; do
    local words=$PWD/build/prove-$place.log status=0
    if [[ $place == pip-torch ]]; then
      prove_pip_torch
    else
      prove_in_fresh_root "$place"
    fi
    ((status == 0)) || failed=1
    # ctest's own words: how many passed, and the names of those that did not
    summary+=("$place: $(sed -n '/% tests passed/p;/^The following tests FAILED/,/^Errors/p' "$words" | grep . || echo 'no test ran')")
    ((status == 0)) || summary+=("  why: $words")
  done
  say
  printf '%s\n' "${summary[@]}"
  return $failed
}

# The mirror is the one that this machine's apt takes its own Debian from.
debian_mirror() {
  local codename mirror
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  find_mirror() {
    apt-get indextargets --format '$(REPO_URI)|$(CODENAME)|$(COMPONENT)|$(ORIGIN)' 'Created-By: Packages' 2>/dev/null |
      awk -F'|' -v name="$codename" '$2 == name && $3 == "main" && $4 == "Debian" { print $1; exit }'
  }
  mirror=$(find_mirror)
  if [[ -z $mirror ]]; then
    quietly "Reading the package lists" apt-get update
    mirror=$(find_mirror)
  fi
  [[ -n $mirror ]] || die "this machine's apt names no mirror of Debian to make a fresh root from."
  printf '%s' "$mirror"
}

# prove_in_fresh_root SYSTEM: a bare root with nothing but Debian's smallest set, the committed tree in it, and ./dev test there, as on the
# first day.
prove_in_fresh_root() {
  local system=$1 mirror folder root with=()
  [[ $EUID -eq 0 ]] || die "a fresh root needs root: run 'sudo ./dev prove $system'."
  command -v apt-get >/dev/null || die "fresh roots are made from Debian's packages, and this machine has no apt."
  install_missing debootstrap
  mirror=$(debian_mirror)
  folder=$(mktemp --directory "${TMPDIR:-/var/tmp}/incipit-$system-XXXXXX")
  root=$folder/root
  [[ -n $keep ]] || trap "rm -rf --one-file-system '$folder'" EXIT # when it is interrupted
  [[ -z ${INCIPIT_PROVE_CCACHE:-} ]] || with=(--include=ccache)
  say "$system, in $root:"
  attempt "Making the root" debootstrap --variant=minbase "${with[@]}" "$system" "$root" "$mirror" || {
    cp "$log" "$words"
    status=1
    [[ -n $keep ]] || rm -rf "$folder"
    return 0
  }
  cp /etc/hosts "$root/etc/hosts"
  local proxy
  proxy=$(apt-config dump Acquire::http::Proxy)
  [[ -z $proxy ]] || printf '%s\n' "$proxy" >"$root/etc/apt/apt.conf.d/90proxy"
  mkdir "$root/src"
  git -c safe.directory="$PWD" archive HEAD | tar --extract --directory "$root/src"

  follow enter_root "$root"
  if [[ -n $keep ]]; then
    say "Kept: $root"
  else
    rm -rf --one-file-system "$folder"
  fi
  trap - EXIT
}

# ./dev test in a root. Mounts are made in a namespace of their own and go with it, so that removing the folder never reaches this system.
enter_root() {
  unshare --mount --pid --fork --kill-child bash -c '
    set -euo pipefail
    mount --make-rprivate /
    mount -t proc proc "$1/proc"
    mount --rbind /sys "$1/sys"
    mount --rbind /dev "$1/dev"
    settings=(PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8)
    for name in CMAKE_BUILD_PARALLEL_LEVEL CTEST_PARALLEL_LEVEL; do
      [[ -z ${!name:-} ]] || settings+=("$name=${!name}")
    done
    if [[ -n $2 ]]; then
      mkdir -p "$2" "$1/ccache"
      mount --bind "$2" "$1/ccache"
      settings+=(CCACHE_DIR=/ccache)
    fi
    exec chroot "$1" env -i "${settings[@]}" bash -c "cd /src && exec ./dev test"
  ' bash "$1" "${INCIPIT_PROVE_CCACHE:-}"
}

# The LibTorch that `pip install torch` brings, as the README says to build against it.
prove_pip_torch() {
  install_missing "${headless_packages[@]}"
  local python=${venv:-build/pip-torch-venv}/bin/python3 prefix
  if [[ ! -x $python ]]; then
    python3 -c 'import venv, ensurepip' 2>/dev/null || install_missing python3-venv
    quietly "Making a virtual environment" python3 -m venv "${venv:-build/pip-torch-venv}"
  fi
  "$python" -c 'import torch' 2>/dev/null || quietly "Installing torch into it (several GB)" "$python" -m pip install torch
  prefix=$("$python" -c 'import torch; print(torch.utils.cmake_prefix_path)' 2>/dev/null)
  say "pip-torch, LibTorch $("$python" -c 'import torch; print(torch.__version__)' 2>/dev/null):"
  follow build_and_test "$prefix"
}

build_and_test() {
  cmake --preset headless -B build/pip-torch -DCMAKE_PREFIX_PATH="$1" &&
    cmake --build build/pip-torch --parallel "${CMAKE_BUILD_PARALLEL_LEVEL:-$(compile_jobs)}" &&
    ctest --test-dir build/pip-torch --output-on-failure
}

# follow COMMAND...: its words go to $words, those about tests to the terminal too, its exit status to $status.
follow() {
  local shown
  say "All of its words go to $words."
  : >"$words"
  tail --pid=$$ --lines=+1 --follow "$words" 2>/dev/null > >(
    grep --line-buffered -E '^(Installing|Reading|Configuring|Building|CMake Error|dev: )|Test +#|tests passed|Total Test' >&2
  ) &
  shown=$!
  "$@" >>"$words" 2>&1 </dev/null || status=$?
  sleep 2 # tail looks once a second
  kill "$shown" 2>/dev/null || true
}
