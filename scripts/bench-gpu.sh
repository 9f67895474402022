#!/usr/bin/env bash
# Figures of a graphics card: steps/s by batch size for Crafter and MiniGrid, of planning agents, and a peer's in the same call.
#
#   scripts/bench-gpu.sh [--peer-script PATH --peers NAMES] [--deadline S] [--out DIR] [--small] [--binary FILE]
#
# --peer-script   a Python script that measures peers, called as `python3 PATH --peers NAME.. --deadline S`; its output is kept beside ours
# --peers         whom it is to measure: names separated by commas
# --deadline      seconds after which no further measurement is begun (540: a call of ten minutes)
# --out           folder for bench-*.json, one a measurement, and summary.txt (target/bench-gpu); those that are there are not made again,
#                 so that a second call goes on where the first ended
# --small         sizes that a software driver can do: to try the script
set -euo pipefail
cd "$(dirname "$0")/.."

peer_script='' peers='' deadline=540 out=target/bench-gpu small='' binary=target/release/explorarium
while [ $# -gt 0 ]; do
    case $1 in
    --peer-script) peer_script=$2 && shift 2 ;;
    --peers) peers=$2 && shift 2 ;;
    --deadline) deadline=$2 && shift 2 ;;
    --out) out=$2 && shift 2 ;;
    --binary) binary=$2 && shift 2 ;;
    --small) small=yes && shift ;;
    *) sed -n '2,12s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
    esac
done
[ -x "$binary" ] || { echo "bench-gpu.sh: $binary is not there; cargo build --release makes it" >&2 && exit 1; }
mkdir -p "$out"

if [ -n "$small" ]; then
    crafter='64 256' minigrid='64 256' pool=16 seconds=0.5 repeats=1 planners=16 planned=5
else
    planners=4096 planned=100
    crafter='4096 16384 65536 131072 262144' minigrid='65536 262144 1048576' pool=4096 seconds=2 repeats=3
fi

# measure NAME ARGUMENTS..: runs one bench and stores its JSON. A failure (too large for the GPU) is printed and left out.
measure() {
    local name=$1 file="$out/bench-$1.json"
    shift
    [ -s "$file" ] && return
    if [ $SECONDS -ge "$deadline" ]; then
        echo "not begun, the deadline has passed: $name" && late=yes && return
    fi
    if "$binary" bench "$@" --backend gpu --quiet --json --seconds "$seconds" --repeats "$repeats" >"$file.part" 2>"$out/$name.log"; then
        mv "$file.part" "$file"
    else
        rm -f "$file.part" && echo "failed: $name: $(tail -n 1 "$out/$name.log")"
    fi
}

# plan NAME ARGUMENTS..: runs an agent that forks and stores its folder. Its figures include its first steps.
plan() {
    local name=$1 folder="$out/run-$1"
    shift
    [ -s "$folder/summary.json" ] && return
    if [ $SECONDS -ge "$deadline" ]; then
        echo "not begun, the deadline has passed: $name" && late=yes && return
    fi
    "$binary" run "$@" --backend gpu --worlds "pool:$pool" --num-envs "$planners" --steps $((planners * planned)) --record none -q -o "$folder" --force \
        >"$out/$name.log" 2>&1 || echo "failed: $name: $(tail -n 1 "$out/$name.log")"
}

late=''
# The measurements that are needed most come first: a call may end before the last.
for n in $crafter; do
    measure "crafter-keyed-$n" crafter --stream keyed --worlds "pool:$pool" --num-envs "$n"
    measure "crafter-numpy-$n" crafter --worlds "pool:$pool" --num-envs "$n"
done
# Peers are measured in the same call, right after what they are compared with.
if [ -n "$peer_script" ] && [ ! -s "$out/peers.txt" ]; then
    left=$((deadline - SECONDS))
    if [ $left -gt 0 ]; then
        # shellcheck disable=SC2086 # names are words
        timeout "$((left + 60))" python3 "$peer_script" --peers ${peers//,/ } --deadline "$left" >"$out/peers.txt.part" 2>"$out/peers.log" &&
            mv "$out/peers.txt.part" "$out/peers.txt" || echo "failed: the peers; see $out/peers.log"
    else
        echo "not begun, the deadline has passed: the peers" && late=yes
    fi
fi
for n in $minigrid; do
    for id in DoorKey-8x8 Empty-8x8; do
        measure "minigrid-$id-$n" "MiniGrid-$id-v0" --worlds "pool:$pool" --num-envs "$n"
    done
done
for n in $crafter; do
    measure "crafter-keyed-blind-$n" crafter --stream keyed --worlds "pool:$pool" --num-envs "$n" --no-observations
done
plan novelty crafter --agent novelty
plan lookahead crafter --agent lookahead
plan lookahead-three crafter --agent lookahead --bonus count,entropy,empowerment --set agent.depth=4
plan empowerment MiniGrid-DoorKey-8x8-v0 --agent empowerment
measure "crafter-fresh-${crafter%% *}" crafter --num-envs "${crafter%% *}"
python3 - "$out" <<'PYTHON' | tee "$out/summary.txt"
import json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
rows = [(path.stem.removeprefix('bench-'), json.loads(path.read_text())) for path in sorted(folder.glob('bench-*.json'))]
for name, r in rows:
    passes = r.get('microseconds_by_pass') or {}
    dear = sorted(passes.items(), key=lambda item: -item[1])[:4]
    print(f"{name:<32} {r['steps_per_s']['median'] / 1e6:10.3f} M steps/s  {r['dispatches_per_step']:.1f} dispatches a step, "
          f"{r['bytes_per_instance_on_gpu']} bytes an instance, {r['stalls']} stalls; " + ', '.join(f'{n} {t:.0f} us' for n, t in dear))
for path in sorted(folder.glob('run-*/summary.json')):
    r = json.loads(path.read_text())
    print(f"{path.parent.name.removeprefix('run-'):<32} {r['steps_per_s']:12.0f} steps/s, {r['forked_steps_per_s'] / 1e6:.3f} M steps/s of forks, {r['num_envs']} instances")
if rows:
    print(f"adapter: {rows[0][1]['adapter']}; host: {rows[0][1]['machine']}")
peers = folder / 'peers.txt'
if peers.exists():
    print(peers.read_text().strip())
PYTHON
[ -z "$late" ] || echo "another call goes on where this one ended"
