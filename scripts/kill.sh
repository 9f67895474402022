#!/usr/bin/env bash
# Kills runs at random moments, resumes them, and compares their results with those of runs that were not killed: every kind of agent and
# bonus, sweeps, batches that grow, and runs on a GPU if there is an adapter. usage: scripts/kill.sh [KILLS] [SEED]. BINARY is the path of
# the program, ONLY selects one kind of run.
set -euo pipefail
cd "$(dirname "$0")/.."

kills=${1:-20}
RANDOM=${2:-1}
binary=${BINARY:-target/release/explorarium}
cargo build --locked --quiet --example same_run
same=target/debug/examples/same_run
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
now() { date +%s%N; }

# The runs: NAME ENV ARGUMENTS. Each takes around a second.
cases=(
    "random crafter --num-envs 16 --steps 100k --worlds pool:8 --record 0,3"
    "novelty gridlab/keys --num-envs 8 --steps 8k --agent novelty --bonus count,entropy"
    "lookahead gridlab/four-rooms --num-envs 4 --steps 2k --agent lookahead --bonus count"
    "empowerment-agent gridlab/four-rooms --num-envs 4 --steps 800 --agent empowerment --set agent.horizon=2"
    "go-explore MiniGrid-DoorKey-6x6-v0 --num-envs 8 --steps 40k --agent go-explore"
    "rf-express gridlab/deep-sea-6 --num-envs 8 --steps 8k --agent rf-express"
    "ucb-q gridlab/deep-sea-6 --num-envs 8 --steps 20k --agent ucb-q"
    "replay gridlab/four-rooms --num-envs 8 --agent replay --from $folder/recorded"
    "sweep gridlab/four-rooms --num-envs 8 --steps 60k --seeds 0..3 --bonus count"
    "airs gridlab/keys --num-envs 8 --steps 40k --bonus count,knn --set bonus.fusion=airs --set bonus.airs.round=50"
)
for bonus in count simhash bebold entropy information-gain knn pseudo-count e3b; do
    cases+=("$bonus gridlab/keys --num-envs 8 --steps 30k --bonus $bonus")
done
cases+=("empowerment gridlab/four-rooms --num-envs 4 --steps 2k --bonus empowerment")
# A world that fills with creatures, in a batch that begins with room for one.
sed -e 's/^max_objects = 128/max_objects = 1/' -e 's/^every = 10/every = 3/' -e 's/spawn = 0.3, despawn = 0.4/spawn = 0.9, despawn = 0.0/' \
    -e 's/base = 3.5, light = -3.0/base = 60.0, light = 0.0/g' -e 's/^damage = 2/damage = 0/' envs/crafter/crafter.toml >"$folder/crowd.toml"
cases+=("grows $folder/crowd.toml --num-envs 8 --steps 4k --bonus count --record 0,3")
cases+=("grows-alone $folder/crowd.toml --num-envs 8 --steps 4k --worlds pool:3 --length 200 --record 1")
if [ -n "${ONLY:-}" ]; then
    chosen=()
    for kind in "${cases[@]}"; do [ "${kind%% *}" = "$ONLY" ] && chosen+=("$kind"); done
    cases=("${chosen[@]}")
fi
"$binary" run gridlab/four-rooms --num-envs 8 --steps 60k --record 0,1,2,3,4,5,6,7 --backend cpu -q -o "$folder/recorded" >"$folder/log"
backends=(cpu cpu cpu)
"$binary" run gridlab/keys --num-envs 4 --steps 4 --backend gpu -q -o "$folder/probe" >"$folder/log" 2>&1 && backends+=(gpu)

done_kills=0 runs=0 equal=0
while [ "$done_kills" -lt "$kills" ]; do
    read -r name env arguments <<<"${cases[RANDOM % ${#cases[@]}]}"
    backend=${backends[RANDOM % ${#backends[@]}]}
    whole=$folder/whole-$name-$backend cut=$folder/cut-$runs
    [ "$backend" = gpu ] && [ -e "$folder/refused-$name" ] && continue
    if [ ! -d "$whole" ]; then
        start=$(now)
        # shellcheck disable=SC2086 # arguments are words
        "$binary" run "$env" $arguments --checkpoint 0.1 --backend "$backend" -q -o "$whole" >"$folder/log" 2>&1 && code=0 || code=$?
        if [ "$backend" = gpu ] && [ "$code" = 2 ]; then
            # Bonuses that only the host computes are refused on a GPU with exit code 2, a mistake of usage.
            touch "$folder/refused-$name" && rm -rf "$whole" && continue
        fi
        [ "$code" = 0 ] || { cat "$folder/log" && exit 1; }
        echo $((($(now) - start) / 1000000)) >"$folder/took-$name-$backend"
    fi
    took=$(cat "$folder/took-$name-$backend")
    # shellcheck disable=SC2086
    command=("$binary" run "$env" $arguments --checkpoint 0.1 --backend "$backend" -q -o "$cut")
    while :; do
        # A run that the sleep does not kill in time ends by itself.
        "${command[@]}" >"$folder/log" 2>&1 &
        pid=$!
        sleep "$(awk -v ms=$((RANDOM % (took * 11 / 10 + 1))) 'BEGIN { print ms / 1000 }')"
        if kill -9 "$pid" 2>/dev/null; then
            wait "$pid" 2>/dev/null && code=0 || code=$?
            [ "$code" = 137 ] && done_kills=$((done_kills + 1))
        else
            wait "$pid" && code=0 || code=$?
        fi
        [ "$code" = 0 ] && break
        [ "$code" != 137 ] && echo "FAILED ($code): ${command[*]}" && cat "$folder/log" && exit 1
        if [ -e "$cut/run.toml" ] || [ -e "$cut/sweep.toml" ]; then
            command=("$binary" run --resume "$cut" --backend "$backend" -q)
        fi
    done
    runs=$((runs + 1))
    if ! "$same" "$whole" "$cut" >"$folder/log" 2>&1; then
        echo "DIFFERENT: $name on $backend, run $runs, seed ${2:-1}" && cat "$folder/log" && exit 1
    fi
    equal=$((equal + 1))
    rm -rf "$cut"
done
echo "kill: $equal passed, $((runs - equal)) failed ($done_kills kills of $runs runs, ${#cases[@]} kinds, backends: ${backends[*]})"
