#!/bin/sh
# run.sh [SECONDS [TARGET...]]: searches with libFuzzer, each target (default: all) for SECONDS (60), in a build of its own
# (build-fuzz, made by clang with AddressSanitizer and UndefinedBehaviorSanitizer). Starts from testdata/fuzz/TARGET and what earlier
# searches found (build-fuzz/corpus/TARGET). An input that breaks a target is left in build-fuzz/finds; keep it in
# testdata/fuzz/TARGET with the mistake's cure, and every build replays it.
#
# Without clang, `meson test --suite fuzz` tries some mutations in any build; fuzz-TARGET --runs N --seed N tries more.
#
# Exit status: 0 when nothing broke, 1 when something did, 2 when it could not come to that.
set -eu
cd -- "$(dirname -- "$0")/../.."
. samples/setup.sh

seconds=${1:-60}
[ $# -eq 0 ] || shift
if ! command -v clang >/dev/null 2>&1; then
	say "clang is not here: it brings libFuzzer"
	exit 2
fi
CC=clang
export CC
build_setup build-fuzz -Db_sanitize=address,undefined -Db_lundef=false -Dc_args=-fsanitize=fuzzer-no-link || exit 2
quietly ninja -C build-fuzz || exit 2

[ $# -gt 0 ] || set -- $(cd testdata/fuzz && ls)
broken=
for target; do
	mkdir -p "build-fuzz/corpus/$target" build-fuzz/finds
	echo "== $target"
	UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "build-fuzz/tests/fuzz/fuzz-$target" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 \
		-artifact_prefix="build-fuzz/finds/$target-" "build-fuzz/corpus/$target" "testdata/fuzz/$target" \
		>"build-fuzz/$target.log" 2>&1 || broken="$broken $target"
	grep -E "^(stat::number_of_executed_units|SUMMARY|.*required:)|DONE" "build-fuzz/$target.log" || true
done
if [ -n "$broken" ]; then
	echo "broken:$broken (build-fuzz/TARGET.log says how)"
	exit 1
fi
