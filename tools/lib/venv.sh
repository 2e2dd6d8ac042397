# Python environments from the lock files: .dev/venv (Odoo, tests) and .dev/lint-venv (linters).

VENV=$DEV/venv
VENV_PY=$VENV/bin/python

# ensure_venv DIR LOCKFILE...: DIR holds exactly what the lock files say, or is built anew.
# (Built in place, because scripts of a venv name its path; the stamp is written last.)
ensure_venv() {
    local dir=$1 key files=()
    shift
    files=("$@")
    key=$({
        cat "${files[@]}"
        "$PYTHON" -c 'import sys; print(sys.version, sys.base_prefix)'
    } | hash_of)
    stamped "$dir" "$key" && [ -x "$dir/bin/python" ] && return 0
    check_disk
    say "installing Python packages into ${dir#"$REPO"/}"
    rm -rf "$dir"
    "$PYTHON" -m venv "$dir" || die "cannot make a Python environment: install python3-venv"
    "$dir/bin/python" -m pip install -q --disable-pip-version-check --no-input --no-deps --only-binary=:all: \
        "${files[@]/#/-r}" >"$DEV/pip.log" 2>&1 ||
        die "pip could not install the locked packages (network?): $(grep -m1 '^ERROR' "$DEV/pip.log" || tail -n1 "$DEV/pip.log")"
    echo "$key" >"$dir/.stamp"
}

ensure_run_venv() { ensure_venv "$VENV" "$TOOLS/requirements-run.txt" "$TOOLS/requirements-dev.txt"; }
