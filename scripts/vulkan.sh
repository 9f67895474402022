#!/usr/bin/env bash
# Provides a Vulkan driver for the tests of kernels: the GPU's own if there is one, else Mesa's software driver (lavapipe).
set -euo pipefail

found() { compgen -G '/usr/share/vulkan/icd.d/*.json' >/dev/null || compgen -G '/etc/vulkan/icd.d/*.json' >/dev/null; }

if found || [ "$(uname -s)" != Linux ]; then
    exit 0
fi
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo -n)
if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    { "${as_root[@]}" apt-get update -q && "${as_root[@]}" apt-get install -qy --no-install-recommends mesa-vulkan-drivers libvulkan1; } || true
fi
found && exit 0
echo "scripts/vulkan.sh: no Vulkan driver, and none could be installed. Install your GPU's, or Mesa's software driver:" >&2
echo "    Debian, Ubuntu: apt-get install mesa-vulkan-drivers    Fedora: dnf install mesa-vulkan-drivers    Arch: pacman -S vulkan-swrast" >&2
exit 1
