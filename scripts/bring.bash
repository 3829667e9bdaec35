# What scripts/bring-* share: sources of a release of Debian, a tarball or a folder, and their build in
# a folder that goes. Who takes it in has `name` of what is brought, `source`, its source package,
# `label`, its version if that is given, fetch_release RELEASE, and build_NAME, which stands in the
# sources and leaves what it made in $work/made. `from` says afterwards where it came from.
# shellcheck shell=bash disable=SC2154 # these

say() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

give_up() {
    say "$@"
    exit 1
}

# need PACKAGE=COMMAND...: all of them, or the one command that brings what is missing.
need() {
    local pair missing=()
    for pair; do
        command -v "${pair#*=}" >/dev/null || missing+=("${pair%%=*}")
    done
    ((${#missing[@]} == 0)) || give_up "a build of $name needs: sudo apt-get install ${missing[*]}"
}

# The archive of this machine's own Debian, as apt knows it: URI and keyring.
archive() {
    local file uri='' keys=''
    # shellcheck disable=SC2016 # apt's own variables
    uri=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI)' \
        'Identifier: Packages' | awk '$1 == "Debian" && $2 == "Debian" && $3 == "main" { print $4; exit }')
    [[ $uri ]] || give_up "apt has no archive of Debian on this machine (or no lists: sudo apt-get" \
        "update); give a tarball or a checkout instead"
    for file in /etc/apt/sources.list.d/*.sources; do
        if [[ ! $keys && -e $file ]] && grep -qF "${uri%/}" "$file"; then
            keys=$(sed -n 's/^Signed-By: *\(\/.*\)/\1/p' "$file" | head -n 1)
        fi
    done
    [[ $keys || ! -e /usr/share/keyrings/debian-archive-keyring.gpg ]] ||
        keys=/usr/share/keyrings/debian-archive-keyring.gpg
    printf 'Types: deb deb-src\nURIs: %s\nSuites: %s\nComponents: main\n' "$uri" "$1"
    [[ ! $keys ]] || printf 'Signed-By: %s\n' "$keys"
}

apt_() {
    local command=$1
    shift
    "$command" -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/apt/sources" \
        -o Dir::State::Lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" \
        -o APT::Sandbox::User="$(id -un)" "$@"
}

# Version of the upstream: without epoch, Debian's revision, and what was taken out for Debian.
upstream() {
    sed -E 's/^[0-9]+://; s/-[^-]*$//; s/[+~](ds|dfsg|repack|git).*$//' <<<"$1"
}

# read_release RELEASE: what it has, in lists of our own.
read_release() {
    mkdir -p "$work"/apt/{sources,lists/partial,cache/archives/partial}
    archive "$1" >"$work/apt/sources/release.sources"
    apt_ apt-get update >"$work/update.log" 2>&1 ||
        give_up "apt cannot read release '$1': $(grep -E '^E:' "$work/update.log" | head -n 1)"
}

# fetch_source RELEASE: into $work/source, or says why not. Where the archive lacks a part of it, what its
# makers released may be there all the same, without what Debian changed.
fetch_source() {
    local version tarball
    need dpkg-dev=dpkg-source
    version=$(apt_ apt-cache showsrc "$source" 2>/dev/null | sed -n 's/^Version: //p' |
        sort -V | tail -n 1)
    from="Debian $1, source package $source $version"
    mkdir "$work/original"
    if [[ $version ]] &&
        (cd "$work" && apt_ apt-get source "$source=$version") >"$work/source.log" 2>&1; then
        mv "$work"/"${source}"-*/ "$work/source"
    elif [[ $version ]] && tarball=$(fetch_original "$version"); then
        mkdir "$work/source"
        tar -C "$work/source" --strip-components=1 -xf "$tarball"
        from+=", without Debian's changes, which the archive lacks"
    else
        say "the source package $source of $1 cannot be had: $(grep -hE '^E:' "$work/source.log" \
            2>/dev/null | head -n 1 || true)"
        return 1
    fi
    label=${label:-$(upstream "$version")}
}

# fetch_original VERSION: prints the path.
fetch_original() {
    (cd "$work/original" && apt_ apt-get source --tar-only "$source=$1") \
        >"$work/original.log" 2>&1 && find "$work/original" -name '*.orig.tar.*' | grep -m 1 .
}

# "jemalloc-5.3.1.tar.bz2" and "rpmalloc" with a tag: what version is it?
guess_label() {
    [[ ! $label ]] || return 0
    label=$(basename "$1" | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1) ||
        label=$(git -C "$1" describe --tags --always 2>/dev/null | tr -c 'A-Za-z0-9._~\n-' '-') || label=built
}

fetch_tarball() {
    mkdir "$work/source"
    tar -C "$work/source" --strip-components=1 -xf "$1" || give_up "$1 cannot be unpacked"
    guess_label "$1"
    from=$1
}

# A copy, so that the checkout stays as it is.
fetch_folder() {
    cp -a "$1/." "$work/source"
    guess_label "$1"
    from=$1
}

# fetch WHAT: a folder, a tarball or the name of a release; 2: it is none.
fetch() {
    local kind=release
    if [[ -d $1 ]]; then
        kind=folder
    elif [[ -f $1 ]]; then
        kind=tarball
    elif [[ ! $1 =~ ^[a-z][a-z0-9-]*$ ]]; then
        say "'$1' is neither a file, a folder nor the name of a release" && return 2
    fi
    "fetch_$kind" "$1"
}

# $work is there, and goes at the end.
open_work() {
    work=$(mktemp -d)
    # shellcheck disable=SC2064 # now
    trap "rm -rf '$work'" EXIT
}

# Never within a condition: bash would go on after a command of it that fails.
build() {
    local log=$work/build.log status
    mkdir -p "$work/made"
    set +e
    (
        set -e
        cd "$work/source"
        "build_$name"
    ) >"$log" 2>"$log.err"
    status=$?
    set -e
    ((status)) || return 0
    if ! grep -h "^${0##*/}:" "$log.err" >&2; then
        tail -n 5 "$log" "$log.err" >&2
        say "$name could not be built of $from"
    fi
    exit 1
}
