#!/bin/sh
# run.sh: installs what is missing, builds stampmill twice (as it ships, in build; with AddressSanitizer,
# UndefinedBehaviorSanitizer and the crash hooks, in build-asan), runs every test in both, and ends with the one line
# "N passed, N failed, N skipped". Run again, only what has changed is built.
#
# Exit status: 0 when nothing failed; 1 when a test did; 2 when it could not come to that.
#
# CI=true makes warnings errors, and has libFuzzer search in each fuzz target for a minute, where clang is. Tests that
# need the pictures of ../shared/corpus skip where it is absent; STAMPMILL_CORPUS names another place.
set -eu
cd -- "$(dirname -- "$0")/.."
. samples/setup.sh

packages_have $packages_build $packages_test || exit 2

if [ -z "${STAMPMILL_CORPUS:-}" ] && [ -d ../shared/corpus ]; then
	STAMPMILL_CORPUS=$(cd ../shared/corpus && pwd)
	export STAMPMILL_CORPUS
fi
strict=false
search_seconds=0
if [ "${CI:-}" = true ]; then
	strict=true
	search_seconds=60
fi
build_setup build -Dtests=enabled -Dwerror_style=$strict -Dfuzz_seconds=$search_seconds || exit 2
build_setup build-asan -Dtests=enabled -Dwerror_style=$strict -Dtest_hooks=true \
	-Db_sanitize=address,undefined || exit 2

# cmocka names each test in TAP, which tests/tally.py counts.
export CMOCKA_MESSAGE_OUTPUT=TAP
for folder in build build-asan; do
	quietly ninja -C "$folder" || exit 2
	echo "== $folder"
	meson test -C "$folder" --no-rebuild --print-errorlogs || true
done
exec python3 tests/tally.py build build-asan
