#!/usr/bin/env bash
# Agents at equal budgets of real environment steps, five seeds each: what docs/agents.md shows under "Compared".
#
#   scripts/agents.sh [--out DIR] [--seeds A..B] [--binary FILE] [--small]
#
# --out     folder for the sweeps (target/agents); those that are finished there are not made again
# --seeds   0..4 unless said
# --small   a fiftieth of the steps: to try the script
set -euo pipefail
cd "$(dirname "$0")/.."

out=target/agents seeds=0..4 binary=target/release/explorarium divide=1
while [ $# -gt 0 ]; do
    case $1 in
    --out) out=$2 && shift 2 ;;
    --seeds) seeds=$2 && shift 2 ;;
    --binary) binary=$2 && shift 2 ;;
    --small) divide=50 && shift ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
    esac
done
[ -x "$binary" ] || { echo "agents.sh: $binary is not there; cargo build --release makes it" >&2 && exit 1; }
mkdir -p "$out"

# compare ENV STEPS NUM_ENVS NAME ARGUMENTS..: runs a sweep, unless its folder is finished, and prints its figures as a line of a table.
compare() {
    local env=$1 steps=$(($2 / divide)) num_envs=$3 name=$4 folder="$out/${1//\//_}-$4"
    shift 4
    if [ ! -s "$folder/sweep.json" ]; then
        "$binary" run "$env" --backend cpu --num-envs "$num_envs" --steps "$steps" --seeds "$seeds" --record none -q -o "$folder" --force "$@" >"$folder.log" 2>&1 ||
            { echo "$env $name failed:" && tail -n 3 "$folder.log" && return; }
    fi
    python3 - "$folder/sweep.json" "$env" "$name" "$steps" <<'PY'
import json, sys
path, env, name, steps = sys.argv[1:]
sweep = json.load(open(path))
def show(key):
    figure = sweep[key]
    if figure["iqm"] is None:
        return "-"
    interval = figure["iqm_bootstrap_interval"]
    return f"{figure['iqm']:.3g}" + (f" ({interval[0]:.3g} to {interval[1]:.3g})" if interval else "")
print(f"| `{env}` | {name} | {steps} | " + " | ".join(show(k) for k in ("mean_return", "cells_per_episode", "mean_achievements", "crafter_score")) + " |", flush=True)
PY
}

echo "| world | agent | steps a seed | mean return | cells an episode | achievements an episode | Crafter score |"
echo "|---|---|---|---|---|---|---|"
for world in gridlab/deep-sea-20 gridlab/chain-12; do
    compare $world 200000 8 random --agent random
    compare $world 200000 8 novelty --agent novelty
    compare $world 200000 8 novelty-8-noise --agent novelty --set agent.noise_samples=8
    compare $world 200000 8 rf-express --agent rf-express
done
for world in MiniGrid-MultiRoom-N6-v0 MiniGrid-KeyCorridorS3R3-v0; do
    compare $world 100000 16 random --agent random
    compare $world 100000 16 novelty --agent novelty --set bonus.count.scope=episode
    compare $world 100000 16 lookahead --agent lookahead --set bonus.count.scope=episode
done
compare crafter 10000 16 random --agent random
compare crafter 10000 16 novelty --agent novelty --set bonus.count.scope=episode
compare crafter 10000 16 lookahead --agent lookahead --set bonus.count.scope=episode
compare crafter 10000 16 lookahead-deep --agent lookahead --set agent.rollouts=16 --set agent.depth=24 --set agent.discount=0.97
compare crafter 1000000 64 go-explore --agent go-explore
compare crafter 20000000 256 go-explore-long --agent go-explore
