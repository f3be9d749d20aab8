#!/usr/bin/env bash
# install.sh VENV REQUIREMENTS...: make a virtual environment and install into it, or do nothing at all
# when it holds just that already. Understands PYTHON, PIP_FIND_LINKS, PIP_INDEX_URL, ALLOW_NVIDIA=1.
set -euo pipefail

venv=$1
shift
uv_version=0.13.9

stop() {
  printf '%s\n' "$@" >&2
  exit 1
}

# The same files with the same Python need no second look; this is all that a second start pays for.
digest=$(cat "$@" "$0" | sha256sum | cut -d' ' -f1)
stamp="$venv/installed-$(basename "${*: -1}" .txt)"
if [ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$digest" ]; then
  exit 0
fi

new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
  local name
  for name in ${PYTHON:-python3.11 python3}; do
    if command -v "$name" >/dev/null && new_enough "$name"; then
      command -v "$name"
      return
    fi
  done
  stop "Isogloss needs Python 3.11 or newer; found: $(python3 --version 2>&1 || true)." \
    "Install it (Debian: apt-get install python3.11 python3.11-venv) or name one: PYTHON=/path/to/python3.11 make run"
}

# A virtual environment whose making was interrupted has no pip; one whose Python went away does not start.
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  python=$(find_python)
  echo "Making the virtual environment $venv with $("$python" --version)."
  rm -rf "$venv"
  if ! output=$("$python" -m venv "$venv" 2>&1); then
    rm -rf "$venv"
    stop "$python could not make a virtual environment:" "$output" \
      "On Debian and Ubuntu: apt-get install python3-venv (or python3.11-venv), then try again."
  fi
fi

if [ "$("$venv/bin/uv" --version 2>/dev/null | cut -d' ' -f2)" != "$uv_version" ]; then
  echo "Installing the installer, uv $uv_version."
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore "uv==$uv_version"
fi

# uv does not read pip's configuration.
export UV_PYTHON_DOWNLOADS=never
if [ -n "${PIP_FIND_LINKS:-}" ]; then export UV_FIND_LINKS="$PIP_FIND_LINKS"; fi
if [ -n "${PIP_INDEX_URL:-}" ]; then export UV_DEFAULT_INDEX="$PIP_INDEX_URL"; fi

files=()
for file in "$@"; do files+=(-r "$file"); done
install=("$venv/bin/uv" pip install --python "$venv/bin/python" "${files[@]}")

echo "Installing $* into $venv."
if [ "${ALLOW_NVIDIA:-}" != 1 ]; then
  plan=$("${install[@]}" --dry-run 2>&1) || stop "$plan"
  if nvidia=$(grep -oE '\bnvidia-[a-z0-9-]+' <<<"$plan" | sort -u); then
    stop "This would install several gigabytes of CUDA packages:" "$nvidia" \
      "Point PIP_FIND_LINKS at a CPU build of torch, or say that they are wanted: ALLOW_NVIDIA=1"
  fi
fi
"${install[@]}" --quiet
echo "$digest" >"$stamp"
