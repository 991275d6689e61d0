#!/bin/sh
# Make sure that programs of Debian's packages are there: system_packages.sh PROGRAM...
# A package of another name than its program's is written PACKAGE=PROGRAM.
# A missing one is installed with apt; where that cannot be done, this says which and how, and fails.
set -u
PATH="$PATH:/usr/sbin"
for wanted in "$@"; do
    package="${wanted%%=*}" program="${wanted#*=}"
    command -v "$program" >/dev/null 2>&1 && continue
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    echo "installing Debian's $package (once)"
    if $as_root apt-get update -qq >/dev/null 2>&1 &&
        DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 &&
        command -v "$program" >/dev/null 2>&1; then
        continue
    fi
    echo "missing program: $program. Install it as root: apt-get install $package" >&2
    exit 1
done
