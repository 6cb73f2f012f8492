# shellcheck shell=bash
# install_packages: installs what cmake/packages.txt names and this Debian lacks. For bash scripts in the repository's root.
install_packages() {
  local root=$1 package missing=()
  while read -r package; do
    [[ -z $package || $package == \#* ]] && continue
    if [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then missing+=("$package"); fi
  done <"$root/cmake/packages.txt"
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
