#!/usr/bin/env bash
# Runs the checks of a change. `./check.sh quick` runs formatting, lints and unit tests. `./check.sh` runs all checks, within
# 40 minutes on 2 cores from an empty clone. `./check.sh long` then also runs the proofs at full size, part by part, in some hours.
# `./check.sh long NAME..` runs only these parts, which `./check.sh parts` lists. Their figures go into docs/proof.md and
# docs/reliability.md.
set -euo pipefail
cd "$(dirname "$0")"

# The parts of `long`. A part is a function part_NAME, which writes its figures with `figures`, and a text
# about_NAME. A new part must be named here.
parts="card parity statistics mutations files kill play"
about_card="every world's kernels against the CPU at full size, and every rule of them changed in turn (25 minutes on a software driver)"
about_parity="every seed against the reference packages (20 minutes)"
about_statistics="a million random steps against the published rates (1 minute)"
about_mutations="one rule at a time is broken, and some check must notice (1 hour)"
about_kill="500 kills, or \$EXPLORARIUM_KILLS, of runs of every kind, which go on and come out as if they had not been killed (30 minutes)"
about_play="200 kills, or \$EXPLORARIUM_PLAY_KILLS, of people who play, on a display without a screen (10 minutes)"
about_files="mutated files for every reader, for an hour or \$EXPLORARIUM_FUZZ_SECONDS"

size=${1:-all}
usage() { echo "usage: ./check.sh [quick | parts | long [$(echo "$parts" | tr ' ' '|')]..]" >&2 && exit 2; }
wanted=""
case $size in
quick | all | parts) [ $# -le 1 ] || usage ;;
long) shift && wanted="$*" ;;
*) usage ;;
esac
for name in $wanted; do
    case " $parts " in *" $name "*) ;; *) echo "check.sh: no part is called '$name'" >&2 && usage ;; esac
done
if [ "$size" = parts ]; then
    for name in $parts; do
        about="about_$name"
        printf '%-12s %s\n' "$name" "${!about}"
    done
    exit
fi
logs=target/check
# The debug build, which the tests make. It panics when an integer operation overflows. The long parts use the release build.
binary=target/debug/explorarium
rm -rf "$logs" && mkdir -p "$logs"
begun=$SECONDS

# step NAME COMMAND..: runs the command with its output in a log. If the command fails, the end of the log is printed.
step() {
    local name=$1 start=$SECONDS log="$logs/${1// /-}.log"
    shift
    printf '%-34s ' "$name"
    if "$@" >"$log" 2>&1; then
        printf 'ok %5ds  %s\n' $((SECONDS - start)) "$(tally "$log")"
    else
        printf 'FAILED %ds: %s\n' $((SECONDS - start)) "$*"
        tail -n 80 "$log"
        echo "check.sh: failed at '$name' after $((SECONDS - begun)) s; the whole log is $log" && exit 1
    fi
}

# Sums the lines "test result: ok. 3 passed; 0 failed" of cargo and "parity: 3 passed, 0 failed" of the proofs.
tally() {
    awk '/^(test result|parity|statistics|mutations|channels|kill): ?/ { for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) p += $(i - 1); if ($i ~ /^failed/) f += $(i - 1) } n++ }
         END { if (n) printf "%d passed, %d failed", p, f }' "$@"
}

# figures PAGE NAME: writes stdin into docs/PAGE.md as the figures of part NAME.
figures() {
    scripts/figures.sh "docs/$1.md" "$2"
}

finish() {
    echo "check.sh $size: $(tally "$logs"/*.log), $((SECONDS - begun)) s"
}

part_card() {
    step "card in full" env EXPLORARIUM_GPU=require EXPLORARIUM_PROOF=full cargo test --locked --test all -- --test-threads 1 gpu::worlds gpu::rules
    grep -hE '^test ' "$logs/card-in-full.log" | figures proof card
}

part_parity() {
    step "parity in full" "$python" tests/parity/run.py --binary "$binary" --size full
    grep -hE '^(crafter|scenarios|pixels|minigrid|gpu|controls|played|parity)' "$logs/parity-in-full.log" | figures proof parity
}

part_play() {
    step "display" scripts/display.sh
    step "kills of play in full" python3 scripts/kill-play.py "$binary" "${EXPLORARIUM_PLAY_KILLS:-200}"
    figures reliability play <"$logs/kills-of-play-in-full.log"
}

part_kill() {
    step "kills in full" env BINARY="$binary" scripts/kill.sh "${EXPLORARIUM_KILLS:-500}"
    figures reliability kill <"$logs/kills-in-full.log"
}

part_statistics() {
    [ -f "$logs/statistics.log" ] || statistics
    grep -v " left, " "$logs/statistics.log" | figures proof statistics
    step "intervals in full" env EXPLORARIUM_PROOF=full cargo test --locked --lib intervals_of_t
}

part_mutations() {
    step "mutations" "$python" tests/mutations.py
    figures proof mutations <"$logs/mutations.log"
}

part_files() {
    step "mutated files" env EXPLORARIUM_FUZZ_SECONDS="${EXPLORARIUM_FUZZ_SECONDS:-3600}" \
        cargo test --locked --no-fail-fast -- mutated fuzz:: --nocapture --skip gpu:: --test-threads 1
    grep -hE '^mutated ' "$logs/mutated-files.log" | figures reliability files
}

statistics() {
    step "statistics" "$python" tests/parity/play_statistics.py --binary "$binary"
}

release() {
    step "release build" cargo build --locked --release
    binary=target/release/explorarium
}

judges() {
    step "python packages" scripts/venv.sh
    python=$(scripts/venv.sh | tail -n 1)
}

if [ -n "$wanted" ]; then
    step "vulkan driver" scripts/vulkan.sh
    release
    judges
    for name in $wanted; do "part_$name"; done
    finish && exit
fi
step "format" cargo fmt --check
step "clippy" cargo clippy --locked --all-targets -- -D warnings
step "clippy without default features" cargo clippy --locked --all-targets --no-default-features -- -D warnings
if [ "$size" = quick ]; then
    step "unit tests" cargo test --locked --lib
    finish && exit
fi
step "vulkan driver" scripts/vulkan.sh
step "tests" cargo test --locked -- --skip gpu::
# Tests run one at a time: a software driver uses all cores for each test, and two tests at once take longer than one after the other.
step "tests on the GPU" env EXPLORARIUM_GPU=require cargo test --locked --test all gpu:: -- --test-threads 1
step "a bonus of one's own" cargo run --locked --quiet --example own_bonus
step "documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
judges
[ "$size" = long ] && release
step "tiles" python3 assets/draw_tiles.py --check
statistics
step "channels" python3 tests/channels.py --binary "$binary"
if [ "$size" = all ]; then
    step "kills" env BINARY="$binary" scripts/kill.sh 20
    step "display" scripts/display.sh
    step "kills of play" python3 scripts/kill-play.py "$binary" 20
    step "parity" "$python" tests/parity/run.py --binary "$binary" --size quick
    finish && exit
fi
for name in $parts; do "part_$name"; done
finish
