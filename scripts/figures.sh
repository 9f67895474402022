#!/usr/bin/env bash
# Puts figures into a page, in the place that is kept for them: what stands between the lines
# `<!-- figures NAME -->` and `<!-- end NAME -->` becomes when, where and by what they were made, and stdin as a block of text.
#
#   COMMAND | scripts/figures.sh PAGE NAME [HOW]
#
# HOW   what made them; "./check.sh long NAME" unless said
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2 && exit 2; }

page=$1 name=$2 how=${3:-./check.sh long $2}
begin="<!-- figures $name -->" end="<!-- end $name -->"
for mark in "$begin" "$end"; do
    [ "$(grep -cxF -- "$mark" "$page")" = 1 ] || { echo "figures.sh: $page needs one line '$mark'" >&2 && exit 1; }
done
text=$(cat)
[ -n "$text" ] || { echo "figures.sh: no figures for '$name'" >&2 && exit 1; }
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
made=$(mktemp)
{
    sed "/^$begin\$/q" "$page"
    printf '\nBy `%s` on %s, commit %s, %s.\n\n```text\n%s\n```\n\n' "$how" "$(date -u +%F)" "$commit" "$(rustc --version)" "$text"
    sed -n "/^$end\$/,\$p" "$page"
} >"$made"
cat "$made" >"$page"
rm -f "$made"
