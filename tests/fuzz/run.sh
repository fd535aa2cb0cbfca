#!/bin/sh
# run.sh [SECONDS [TARGET...]]: searches with libFuzzer, each target (default: all) for SECONDS (60), one on each processor, in a build of its own
# (build-fuzz, made by clang with AddressSanitizer and UndefinedBehaviorSanitizer). Starts from testdata/fuzz/TARGET and what earlier
# searches found (build-fuzz/corpus/TARGET). An input that breaks a target is left in build-fuzz/finds; keep it in
# testdata/fuzz/TARGET with the mistake's cure, and every build replays it.
#
# The environment variable FUZZ_SEED (1) picks other inputs: what CI tries is the same each time, as far as its minute goes.
#
# Without clang, `meson test --suite fuzz` tries some mutations in any build; fuzz-TARGET --runs N --seed N tries more.
#
# tests/run.sh does it in CI (-Dfuzz_seconds).
#
# Exit status: 0 when nothing broke, 1 when something did, 2 when it could not come to that, 77 without clang and its libFuzzer.
set -eu
cd -- "$(dirname -- "$0")/../.."
. samples/setup.sh

seconds=${1:-60}
[ $# -eq 0 ] || shift
if ! echo "int LLVMFuzzerTestOneInput(void) { return 0; }" | clang -fsanitize=fuzzer -x c - -o /dev/null 2>/dev/null; then
	say "clang with libFuzzer is not here"
	exit 77
fi
CC=clang
export CC
build_setup build-fuzz -Db_sanitize=address,undefined -Db_lundef=false -Dc_args=-fsanitize=fuzzer-no-link || exit 2
[ $# -gt 0 ] || set -- $(cd testdata/fuzz && ls)
quietly ninja -C build-fuzz $(printf 'tests/fuzz/fuzz-%s ' "$@") || exit 2

# One target; leaves build-fuzz/TARGET.broken when something broke it.
search() {
	rm -f "build-fuzz/$1.broken"
	mkdir -p "build-fuzz/corpus/$1"
	UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "build-fuzz/tests/fuzz/fuzz-$1" -seed="${FUZZ_SEED:-1}" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 \
		-artifact_prefix="build-fuzz/finds/$1-" "build-fuzz/corpus/$1" "testdata/fuzz/$1" \
		>"build-fuzz/$1.log" 2>&1 || : >"build-fuzz/$1.broken"
	echo "== $1: $(sed -n 's/^stat::number_of_executed_units: *//p' "build-fuzz/$1.log") inputs $(grep -E '^(SUMMARY|.*required:)' "build-fuzz/$1.log" || :)"
}

mkdir -p build-fuzz/finds
at_work=0
for target; do
	search "$target" &
	at_work=$((at_work + 1))
	if [ "$at_work" -ge "$(nproc)" ]; then
		wait
		at_work=0
	fi
done
wait
for target; do
	if [ -e "build-fuzz/$target.broken" ]; then
		tail -40 "build-fuzz/$target.log"
		echo "broken: $target (build-fuzz/$target.log says how)"
		broken=true
	fi
done
[ -z "${broken:-}" ]
