#!/usr/bin/env bash
# Everything that proves a change. `./check.sh quick`: formatting, lints and unit tests. `./check.sh`: all of it, within 40 minutes
# on 2 cores from an empty clone. `./check.sh long`: the proofs at full size (one to two hours); their figures go into docs/proof.md.
set -euo pipefail
cd "$(dirname "$0")"

size=${1:-all}
case $size in quick | all | long) ;; *) echo "usage: ./check.sh [quick|long]" >&2 && exit 2 ;; esac
logs=target/check
binary=target/release/explorarium
rm -rf "$logs" && mkdir -p "$logs"
begun=$SECONDS

# step NAME COMMAND..: runs it with its output in a log, which is shown if it fails.
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
    awk '/^(test result|parity|statistics|mutations): ?/ { for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) p += $(i - 1); if ($i ~ /^failed/) f += $(i - 1) } n++ }
         END { if (n) printf "%d passed, %d failed", p, f }' "$@"
}

finish() {
    echo "check.sh $size: $(tally "$logs"/*.log), $((SECONDS - begun)) s"
}

step "format" cargo fmt --check
step "clippy" cargo clippy --locked --all-targets -- -D warnings
step "clippy without default features" cargo clippy --locked --all-targets --no-default-features -- -D warnings
if [ "$size" = quick ]; then
    step "unit tests" cargo test --locked --lib
    finish && exit
fi
step "vulkan driver" scripts/vulkan.sh
step "tests" cargo test --locked -- --skip gpu::
# One after the other: a software driver takes all cores for each, and two at once are slower than one after the other.
step "tests on the card" env EXPLORARIUM_GPU=require cargo test --locked --test all gpu:: -- --test-threads 1
step "documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
step "release build" cargo build --locked --release
step "tiles" python3 assets/draw_tiles.py --check
step "python packages" scripts/venv.sh
python=$(scripts/venv.sh | tail -n 1)
step "statistics" "$python" tests/parity/play_statistics.py --binary "$binary"
if [ "$size" = all ]; then
    step "parity" "$python" tests/parity/run.py --binary "$binary" --size quick
    finish && exit
fi
step "intervals in full" env EXPLORARIUM_PROOF=full cargo test --locked --lib intervals_of_t
step "card in full" env EXPLORARIUM_GPU=require EXPLORARIUM_PROOF=full cargo test --locked --test all gpu::worlds -- --test-threads 1
step "parity in full" "$python" tests/parity/run.py --binary "$binary" --size full
step "mutations" "$python" tests/mutations.py
{
    echo "# Proof at full size" && echo
    echo "Written by \`./check.sh long\` on $(date -u +%F), commit $(git rev-parse --short HEAD), $(rustc --version), $("$python" --version)." && echo
    echo '```text'
    grep -hE '^test ' "$logs/card-in-full.log"
    grep -hE '^(crafter|scenarios|pixels|minigrid|gpu|controls|played|parity)' "$logs/parity-in-full.log"
    grep -v " left, " "$logs/statistics.log"
    cat "$logs/mutations.log"
    echo '```'
} >docs/proof.md
finish
