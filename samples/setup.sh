# setup.sh: what samples/try.sh and tests/run.sh share: the packages that stampmill needs, and a build that is
# only set up when it has to be. To be sourced from the top of the source tree.
#
# Debian 12 and later and Ubuntu 23.04 and later have all of them under these names. A name that ends in @ is installed where the
# release has such a package: libheif's codecs are packages of their own in newer ones.

packages_build='gcc libc6-dev meson ninja-build pkg-config
	libglib2.0-dev libjansson-dev libvips-dev libjpeg-dev libpng-dev libdeflate-dev liblcms2-dev
	libxml2-dev libzimg-dev@ libraw-dev@ libsqlite3-dev libseccomp-dev libpango1.0-dev libcairo2-dev libfontconfig-dev
	libheif-plugin-aomenc@'
packages_test='g++ fonts-dejavu-core libcmocka-dev libimage-exiftool-perl poppler-utils libheif-plugin-x265@ clang-format-14@'

say() {
	printf '%s\n' "$*" >&2
}

# Run a command silently; show what it said only when it fails.
quietly() {
	quietly_log=$(mktemp)
	quietly_status=0
	"$@" >"$quietly_log" 2>&1 || quietly_status=$?
	if [ "$quietly_status" -ne 0 ]; then
		cat "$quietly_log" >&2
	fi
	rm -f "$quietly_log"
	return "$quietly_status"
}

# Of the packages named, print those that are not installed (of the optional ones: that could be).
packages_missing() {
	for name; do
		package=${name%@}
		if dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$'; then
			continue
		fi
		if [ "$name" = "$package" ] || apt-cache policy "$package" 2>/dev/null | grep -q 'Candidate: [^(]'; then
			echo "$package"
		fi
	done
}

# How this user may install: prints "" for root, "sudo" for who may ask it, and fails for all others.
packages_become_root() {
	if [ "$(id -u)" -eq 0 ]; then
		return 0
	fi
	if command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
		echo sudo
		return 0
	fi
	return 1
}

# packages_have NAME...: all of them are installed when this returns 0. Otherwise it has said which are missing.
packages_have() {
	if ! command -v apt-get >/dev/null 2>&1; then
		say "no apt-get here: going on with what is installed (in Debian's names, needed are:" "$@" ")"
		return 0
	fi
	missing=$(packages_missing "$@" | tr '\n' ' ')
	if [ -z "$missing" ]; then
		return 0
	fi
	if root=$(packages_become_root); then
		say "installing ${missing% }"
		# The list of packages may be absent on a new machine, and optional ones show only when it is there.
		if quietly $root apt-get -o DPkg::Lock::Timeout=300 update; then
			missing=$(packages_missing "$@" | tr '\n' ' ')
			quietly $root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
				install --yes --no-install-recommends $missing && return 0
		fi
	fi
	say "missing packages: ${missing% }"
	say "to install them:  sudo apt-get install --no-install-recommends ${missing% }"
	return 1
}

# build_setup FOLDER [OPTION...]: the build folder is configured with these options of meson setup; without any,
# with whichever it was.
build_setup() {
	folder=$1
	shift
	if [ -e "$folder/build.ninja" ] && [ "$(sed -n 1p "$folder/.setup" 2>/dev/null)" = "$(pwd)" ]; then
		if [ $# -eq 0 ] || [ "$(sed -n 2p "$folder/.setup")" = "$*" ]; then
			return 0
		fi
		say "building $folder again, with $*"
		quietly meson setup --reconfigure "$folder" "$@" || return 1
	else
		say "building $folder"
		# Only what meson has begun is swept away: a setup that was interrupted, or that of a tree that was moved.
		if [ -d "$folder/meson-private" ]; then
			rm -rf "$folder"
		fi
		quietly meson setup "$folder" "$@" || return 1
	fi
	printf '%s\n' "$(pwd)" "$*" >"$folder/.setup"
}
