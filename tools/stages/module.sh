# The module in Odoo: installation, then all its tests and tours on a copy of what was installed.

module_version() { "$VENV_PY" "$TOOLS/module_hash.py" "$1" "$MODULE_DIR"; }

# ce_installed: the template with the module, kept as long as no file of the module changes.
# Returns 1 (and records it) when the installation fails or warns.
ensure_installed() {
    local key status=0
    if installed; then return 0; fi
    key=$(installed_key)
    say "installing $MODULE"
    copy_db ce_tpl ce_installed_new
    run_odoo install -d ce_installed_new -i "$MODULE" --stop-after-init --no-http || status=$?
    record_log installation clean install "$status" || return 1
    make_bundles ce_installed_new || return 1
    set_db_key ce_installed_new "$key"
    rename_db ce_installed_new ce_installed
}

installed_key() {
    echo "$(template_key ce_tpl)-$(module_version files)-$(module_version schema)-$(hash_of <"$TOOLS/bundles.py")"
}
installed() { db_exists ce_installed && [ "$(db_key ce_installed)" = "$(installed_key)" ]; }

# make_bundles DB: the JavaScript and CSS of all pages, once, not by each run of the tours.
make_bundles() {
    local status=0
    run_group env CE_DB="$1" "$VENV_PY" "$TOOLS/bundles.py" >"$(log_of bundles)" 2>&1 </dev/null || status=$?
    [ "$status" != 0 ] || return 0
    echo "  ✗ the asset bundles cannot be made: $(why_of bundles)" >&2
    record "asset bundles" "0 1"
    return 1
}

# Tours that meet a cold browser are skipped after ten seconds.
warm_up_chromium() {
    local profile=$DEV/tmp.chromium.$$
    run_group timeout 60 "$CHROMIUM" --headless --no-sandbox --disable-gpu --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --user-data-dir="$profile" --dump-dom about:blank >/dev/null 2>&1 </dev/null || true
    rm -rf "$profile"
}

# run_tests LOGNAME DB TAGS [ODOO ARGS]
run_tests() {
    local log=$1 db=$2 tags=$3 port
    shift 3
    mkdir -p "$OUT/test-screenshots"
    port=$(port_for CE_TEST_PORT 0)
    run_odoo "$log" -d "$db" --test-tags "$tags" --stop-after-init --http-port "$port" \
        --screenshots "$OUT/test-screenshots" --screencasts '' "$@"
}

# The module's tests run in two halves beside each other, each on a copy of its own. The first
# has what needs the browser and a class that takes long; whatever is not named here, a new
# class too, is in the second.
FIRST_HALF=(TestTours TestStatementLink TestAccountMoveFields)
MODULE_LOGS=("$(log_of module-first)" "$(log_of module-second)")

stage_module() {
    with_setup_lock ensure_installed || return 0
    start_module_halves
    finish_jobs
    record_written_tests
}

start_module_halves() {
    rm -f "${MODULE_LOGS[@]}"
    start_jobs "module_half second" "module_half first"
}

# module_half first|second
module_half() {
    local half=$1 status=0 first tags
    LAST_SECONDS=$SECONDS
    first=$(printf ",/$MODULE:%s" "${FIRST_HALF[@]}")
    if [ "$half" = first ]; then
        tags=${first#,}
    else
        tags=/$MODULE${first//,/,-}
        local CE_TEST_PORT= # which only one can have
    fi
    say "module tests, $half half"
    claim_db ce_test
    with_setup_lock copy_db ce_installed "$DB"
    [ "$half" = second ] || warm_up_chromium
    run_tests "module-$half" "$DB" "$tags" || status=$?
    record_log "module, $half half" half "module-$half" "$status" || true
    drop_db "$DB"
}

# Every test that is written was started in one half or the other.
record_written_tests() {
    LAST_SECONDS=$SECONDS
    record "module: every test ran" \
        "$("$VENV_PY" "$TOOLS/odoo_log.py" written "$MODULE_DIR/tests" "${MODULE_LOGS[@]}")"
}

# The fast loop: only what the tags name, on a database that is kept; -u only when a data file
# or a field changed.
stage_tags() {
    local tags=$1 status=0 template schema options=()
    LAST_SECONDS=$SECONDS
    claim_db ce_fast
    template=$(template_key ce_tpl)
    schema=$(module_version schema)
    if ! db_exists "$DB" || [ "$(db_key "$DB" | cut -d- -f1)" != "$template" ]; then
        with_setup_lock ensure_installed || return 0
        with_setup_lock copy_db ce_installed "$DB"
    elif [ "$(db_key "$DB" | cut -d- -f2)" != "$schema" ]; then
        say "data files or fields changed: updating"
        options=(-u "$MODULE")
    fi
    set_db_key "$DB" "$template"
    warm_up_chromium
    run_tests "fast-$DB" "$DB" "$tags" "${options[@]}" || status=$?
    record_log "$tags" tests "fast-$DB" "$status" || true
    # 255 would mean that the update itself failed.
    if [ "$status" -le 1 ]; then set_db_key "$DB" "$template-$schema"; fi
}
