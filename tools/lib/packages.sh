# Debian packages of the machine itself, installed only when something they bring is missing.

APT_UPDATED=
apt_update() {
    [ -z "$APT_UPDATED" ] || return 0
    say "reading the package lists"
    as_root apt-get update -qq >"$DEV/apt-update.log" 2>&1 || true
    APT_UPDATED=1
}

apt_install() {
    command -v apt-get >/dev/null || die "no apt-get here: install $* yourself, then run again"
    apt_update
    say "installing $* (Debian packages)"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "$@" >"$DEV/apt-install.log" 2>&1 </dev/null ||
        die "apt-get could not install '$*' (network? package mirror?): $(grep -m1 '^E:' "$DEV/apt-install.log" || tail -n1 "$DEV/apt-install.log")"
}

find_python() {
    local candidate
    for candidate in ${CE_PYTHON:-} python3 python3.13 python3.12 python3.11 python3.10; do
        if command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            PYTHON=$(command -v "$candidate")
            return
        fi
    done
    die "no Python between 3.10 and 3.13 found: install one (apt-get install python3) or name it in CE_PYTHON"
}

postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -n | tail -n1; }

# Installing Debian's server package would also create and start a cluster of the system's own.
# A drop-in file says no to that while the installation runs, and is taken away again.
CLUSTER_DROPIN=/etc/postgresql-common/createcluster.d/zz-collection-escalation.conf
drop_postgres_dropin() { [ ! -e "$CLUSTER_DROPIN" ] || as_root rm -f "$CLUSTER_DROPIN"; }
install_postgres_server() {
    as_root mkdir -p "${CLUSTER_DROPIN%/*}"
    echo 'create_main_cluster = false' | as_root tee "$CLUSTER_DROPIN" >/dev/null
    on_exit drop_postgres_dropin
    apt_install postgresql
    drop_postgres_dropin
}

ensure_packages() {
    local missing=()
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ||
        missing+=("python3-venv")
    command -v wkhtmltopdf >/dev/null || missing+=(wkhtmltopdf)
    command -v pdftotext >/dev/null || missing+=(poppler-utils)
    find_chromium || missing+=(chromium)
    if [ -z "${ODOO_HOME:-}" ]; then
        [ -f /usr/share/keyrings/debian-archive-keyring.gpg ] || missing+=(debian-archive-keyring)
        command -v dpkg-deb >/dev/null || die "no dpkg-deb here: set ODOO_HOME to a folder with Odoo 19"
    fi
    if [ -n "${PGHOST:-}" ]; then
        command -v psql >/dev/null || missing+=(postgresql-client)
    fi
    [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
    if [ -z "${PGHOST:-}" ] && [ ! -x "$(postgres_bin)/initdb" ]; then install_postgres_server; fi
    find_chromium || die "chromium was installed but is not in PATH"
}

# The same names, in the same order, as Odoo's own tests look for.
find_chromium() {
    local name
    for name in google-chrome chromium chromium-browser google-chrome-stable; do
        if CHROMIUM=$(command -v "$name"); then return 0; fi
    done
    return 1
}
