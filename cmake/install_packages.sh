# shellcheck shell=bash
# install_packages LIST...: installs what the lists name and this Debian lacks. For bash scripts in the repository's root.
install_packages() {
  local package program missing=()
  while read -r package program; do
    [[ -z $package || $package == \#* ]] && continue
    # Of a program it is enough that it is there, wherever it came from.
    [[ -n $program ]] && command -v "$program" >/dev/null && continue
    if [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then missing+=("$package"); fi
  done < <(cat "$@")
  [[ ${#missing[@]} -eq 0 ]] && return 0
  echo "Installing ${missing[*]}"
  local as_root=()
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || {
      echo "These Debian packages are missing, and there is no sudo to install them: ${missing[*]}" >&2
      return 1
    }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}
