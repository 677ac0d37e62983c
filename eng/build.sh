# Sourced by ./throughline and ./test: the SDK check, what a build is made from, and one build at a time.
# Expects $root, the repository's folder. Nothing here writes to stdout, but for sources_sum.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { printf '%s\n' "$*" >&2; }

# Returns 1, after a clear message, unless an SDK is there that global.json accepts.
need_sdk() {
  if ! command -v dotnet >/dev/null; then
    say "The .NET 10 SDK is needed, but there is no 'dotnet' on the PATH."
  elif ! (cd "$root" && dotnet --version) >/dev/null 2>&1; then
    say "The .NET 10 SDK is needed; $(command -v dotnet) has only:"
    dotnet --list-sdks | sed 's/^/  /' >&2
  else
    return 0
  fi
  say "Install it (https://dotnet.microsoft.com/download/dotnet/10.0), then run this command again."
  return 1
}

# Prints a checksum of name, size and time of everything that the product is built from. Takes a few milliseconds.
sources_sum() {
  local sum
  sum=$(cd "$root" && shopt -s nullglob && find src eng *.props *.targets .editorconfig global.json \
    \( -name bin -o -name obj \) -prune -o -type f -printf '%p %s %T@\n' 2>/dev/null | LC_ALL=C sort | sha1sum)
  printf '%s\n' "${sum:0:16}"
}

# Holds the tree's build lock on file descriptor 9 until the script ends or calls release_lock.
take_lock() {
  mkdir -p "$root/artifacts"
  exec 9>"$root/artifacts/build.lock"
  if command -v flock >/dev/null; then flock 9; fi
}

release_lock() { exec 9>&-; }

# build LOG ARGUMENT...: a Release build whose whole output goes to LOG. The lock is not handed to the compiler's server,
# which outlives the build.
build() {
  local log=$1
  shift
  (cd "$root" && dotnet build "$@" -c Release -v quiet -nodeReuse:false) >"$log" 2>&1 9>&-
}
