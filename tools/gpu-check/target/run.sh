#!/usr/bin/env bash
# Unpacks the pieces that lie beside this file and runs the checks: run.sh [part…]. README.md says which parts there are.
# Results go to $OUT where that is set, else to the current folder; GPU_CHECK_WORK names where to unpack.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${GPU_CHECK_WORK:-/tmp/gpu-check}
mkdir -p "$work"
python=${LIGHTNING_TS_PYTHON:-$(command -v python3 || command -v python || true)}
unpack() { # by xz, which tar starts, or by Python
  tar -C "$work" -xJf "$1" 2>/dev/null ||
    "$python" -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])' "$1" "$work"
}
for piece in "$here"/*.tar.xz; do
  mark="$work/.$(basename "$piece")-$(cksum <"$piece" | tr ' ' -)"
  [ -e "$mark" ] || {
    case "$piece" in */app.tar.xz) rm -rf "$work/app" "$work/graphs" ;; esac # files of an older one must not stay
    unpack "$piece" && touch "$mark"
  } &
done
wait
# Only what the system lacks, for it may be linked with other parts of itself.
known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null)
for library in "$work"/lib-display/*; do
  case "$known" in *"$(basename "$library") "*) ;; *) cp -n "$library" "$work/lib/" ;; esac
done
# CUDA's libraries from their wheels, PyTorch's own among them.
cuda=$("$python" -c '
import glob, site, sys
folders = [*site.getsitepackages(), site.getusersitepackages(), *sys.path]
print(":".join(dict.fromkeys(lib for folder in folders for lib in sorted(glob.glob(folder + "/nvidia/*/lib")))))' 2>/dev/null)
export LD_LIBRARY_PATH="$work/lib:$cuda:/usr/local/cuda/lib64${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}:/usr/local/nvidia/lib64:/usr/local/nvidia/lib"
export VK_LOADER_DEBUG=${VK_LOADER_DEBUG:-error,warn} # shown where a check fails
nvidia=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
if [ -z "${VK_DRIVER_FILES:-}" ] && [ -e "$nvidia" ]; then export VK_DRIVER_FILES=$nvidia; fi
export LIGHTNING_TS_PYTHON=$python
exec "$work/node" "$work/app/main.mjs" "$@"
