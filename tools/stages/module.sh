# The module in Odoo: installation, then all its tests and tours on a copy of what was installed.

module_version() { "$VENV_PY" "$TOOLS/module_hash.py" "$1" "$MODULE_DIR"; }

# ce_installed: the template with the module, kept as long as no file of the module changes.
# Returns 1 (and records it) when the installation fails or warns.
ensure_installed() {
    local key status=0
    key="$(template_key ce_tpl)-$(module_version files)-$(module_version schema)"
    if db_exists ce_installed && [ "$(db_key ce_installed)" = "$key" ]; then return 0; fi
    say "installing $MODULE"
    copy_db ce_tpl ce_installed_new
    run_odoo install -d ce_installed_new -i "$MODULE" --stop-after-init --no-http || status=$?
    record_log installation clean install "$status" || return 1
    set_db_key ce_installed_new "$key"
    rename_db ce_installed_new ce_installed
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

stage_module() {
    local status=0
    LAST_SECONDS=$SECONDS
    with_setup_lock ensure_installed || return 0
    say "module tests and tours"
    claim_db ce_test
    copy_db ce_installed "$DB"
    warm_up_chromium
    run_tests module "$DB" "/$MODULE" || status=$?
    record_log "module" tests module "$status" "$MODULE_DIR/tests" || true
    drop_db "$DB"
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
        copy_db ce_installed "$DB"
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
