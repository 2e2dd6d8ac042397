# Odoo 19: $ODOO_HOME, or Debian's package odoo-19 unpacked (not installed) into .dev/odoo-root.
# Sets ODOO_PATH (goes to PYTHONPATH), ODOO_ADDONS and ODOO_VERSION.

# Debian's odoo-19 links to files of these packages; from its own suite …
ODOO_DEBS_SID=(odoo-19 fonts-roboto-unhinted fonts-montserrat fonts-inconsolata fonts-ocr-b
    libjs-jquery libjs-jquery-form libjs-underscore)
# … and from the machine's suite, because sid's font-awesome has other file names.
ODOO_DEBS_OWN=(fonts-font-awesome)

use_odoo() {
    local home=${ODOO_HOME:-} candidate
    [ -n "$home" ] || home=$DEV/odoo-root/usr/lib/python3/dist-packages
    [ -f "$home/odoo/release.py" ] ||
        die "ODOO_HOME=$home has no odoo/release.py: name the folder that contains the odoo package"
    ODOO_PATH=$home
    ODOO_ADDONS=
    for candidate in "$home/odoo/addons" "$home/addons"; do
        if [ -d "$candidate/account" ] || [ -d "$candidate/base" ]; then ODOO_ADDONS+=${ODOO_ADDONS:+,}$candidate; fi
        if [ -d "$candidate/account" ] && [ -d "$candidate/base" ]; then break; fi
    done
    ODOO_VERSION=$("$PYTHON" -c 'import runpy, sys; print(runpy.run_path(sys.argv[1])["version"])' "$home/odoo/release.py")
    case $ODOO_VERSION in 19.0*) ;; *) die "$home has Odoo $ODOO_VERSION; 19.0 is needed" ;; esac
}

ensure_odoo() {
    if [ -z "${ODOO_HOME:-}" ]; then
        local key
        key=$(cat "${BASH_SOURCE[0]}" | hash_of)
        stamped "$DEV/odoo-root" "$key" || fetch_odoo "$key"
    fi
    use_odoo
}

debian_mirror() {
    apt-get indextargets --format '$(REPO_URI)' 2>/dev/null |
        grep -v security | sort -u | head -n1
}

# An apt of our own: nothing of the machine's lists, cache, preferences or sources is changed.
write_private_apt() {
    local dir=$1 mirror=$2
    mkdir -p "$dir"/{lists/partial,cache/archives/partial,sources.d,debs}
    : >"$dir/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$dir/sources.list"
    cat >"$dir/apt.conf" <<EOF
Dir::State "$dir";
Dir::State::status "$dir/status";
Dir::State::lists "$dir/lists";
Dir::Cache "$dir/cache";
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "$dir/sources.d";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
EOF
}

fetch_odoo() {
    local key=$1 mirror tmp=$DEV/tmp.odoo deb link target
    check_disk
    rm -rf "$tmp"
    mkdir -p "$tmp/root"
    mirror=$(debian_mirror)
    if [ -z "$mirror" ]; then
        die "apt knows no Debian mirror here: add one to /etc/apt, or set ODOO_HOME to a folder with Odoo 19"
    fi
    say "fetching Debian's odoo-19 (132 MB)"
    write_private_apt "$tmp/apt" "$mirror"
    if ! {
        apt-get -c "$tmp/apt/apt.conf" update -qq -o APT::Update::Error-Mode=any &&
            cd "$tmp/apt/debs" &&
            apt-get -c "$tmp/apt/apt.conf" download -qq "${ODOO_DEBS_SID[@]}"
    } >"$DEV/odoo-fetch.log" 2>&1; then
        die "cannot fetch odoo-19 from the Debian mirror (network?): $(grep -m1 '^E:' "$DEV/odoo-fetch.log"). Or set ODOO_HOME to a folder with Odoo 19"
    fi
    if ! apt-get download -qq -o APT::Sandbox::User="$(id -un)" "${ODOO_DEBS_OWN[@]}" >"$DEV/odoo-fetch.log" 2>&1; then
        apt_update
        apt-get download -qq -o APT::Sandbox::User="$(id -un)" "${ODOO_DEBS_OWN[@]}" >"$DEV/odoo-fetch.log" 2>&1 ||
            die "cannot fetch ${ODOO_DEBS_OWN[*]}: $(grep -m1 '^E:' "$DEV/odoo-fetch.log")"
    fi
    cd "$REPO"
    say "unpacking Odoo"
    for deb in "$tmp"/apt/debs/*.deb; do
        dpkg-deb -x "$deb" "$tmp/root" || die "cannot unpack ${deb##*/} (disk full?)"
    done
    # Links to /usr/share/… mean the root that they were packed for: ours.
    find "$tmp/root" -type l -lname '/*' -print0 | while IFS= read -r -d '' link; do
        target=$(readlink "$link")
        ln -sfnr "$tmp/root$target" "$link"
    done
    # Named in mail's manifest, left out of Debian's package (not free); without it every
    # backend page logs an error, and every backend tour fails.
    target=$tmp/root/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation
    if [ ! -e "$target/selfie_segmentation.js" ]; then
        mkdir -p "$target"
        echo '/* left out of the Debian package; only video background blur needs it */' >"$target/selfie_segmentation.js"
    fi
    echo "$key" >"$tmp/root/.stamp"
    rm -rf "$DEV/odoo-root"
    mv "$tmp/root" "$DEV/odoo-root"
    rm -rf "$tmp"
}
