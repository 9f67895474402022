#!/bin/sh
# Draws the pictures of README.md, docs/viewer.md and docs/play.md: records two short runs and paints the window over them, without a display.
# usage: scripts/viewer-pictures.sh [PROGRAM]
set -eu
cd "$(dirname "$0")/.."
program=${1:-target/release/explorarium}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$program" run crafter --backend cpu --agent lookahead --set agent.rollouts=16 --set agent.depth=24 --set agent.discount=0.97 --num-envs 4 --steps 6k \
    --record all --bonus count,entropy --seed 7 -q -o "$work/lookahead" >/dev/null
"$program" run crafter --backend cpu --agent random --num-envs 4 --steps 6k --record all --bonus count,entropy --seed 7 -q \
    -o "$work/random" >/dev/null
"$program" run MiniGrid-MultiRoom-N4-S5-v0 --backend cpu --agent random --num-envs 4 --steps 8k --record all --seed 4 -q \
    -o "$work/multiroom" >/dev/null
"$program" run crafter --backend cpu --agent novelty --num-envs 64 --steps 16k --record all --seed 7 -q -o "$work/novelty" >/dev/null
"$program" run gridlab/keys --backend cpu --agent random --num-envs 2 --steps 400 --record all -q -o "$work/keys" >/dev/null
for agent in lookahead random; do
    "$program" run crafter --backend cpu --agent "$agent" --seeds 1..5 --num-envs 2 --steps 1k --record all -q -o "$work/sweep/$agent" >/dev/null
done
draw() { # NAME SOURCES... OPTIONS...
    name=$1
    shift
    "$program" view "$@" --headless --screenshot "docs/viewer-$name.png" -q
}
draw window "$work/lookahead" "$work/random" "$work/multiroom" --at 180
draw bonus "$work/lookahead" --at 180 --heat count --window-size 1280x800
draw light "$work/lookahead" "$work/random" --at 180 --theme light --window-size 1280x800
draw grid "$work/novelty" --page grid --at 110
draw compare "$work/lookahead" "$work/random" --page compare --at 150
draw difference "$work/lookahead" "$work/random" --at 150 --heat difference --window-size 1280x800
draw empowerment "$work/keys" --at 40 --heat empowerment --window-size 1280x800
draw minigrid "$work/multiroom" --at 90 --window-size 1280x800
draw curves "$work/sweep/lookahead" "$work/sweep/random" --at 150 --page curves
draw edit tests/data/night.json
"$program" play --study assets/studies/simple-crafter.toml --headless --screenshot "$work/play" --window-size 1280x800 -q
cp "$work/play/06-play.png" docs/play-game.png
cp "$work/play/01-consent-1.png" docs/play-consent.png
cp "$work/play/07-survey-1.png" docs/play-survey.png
