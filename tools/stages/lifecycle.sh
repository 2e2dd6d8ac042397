# Uninstalled, installed again, neutralized: each without a warning, each leaving nothing behind.
# Upgraded from the version before: without a warning, with everything kept.
stage_lifecycle() {
    local step status log
    LAST_SECONDS=$SECONDS
    with_setup_lock ensure_installed || return 0
    say "uninstall, install again, neutralize"
    claim_db ce_lifecycle
    with_setup_lock copy_db ce_installed "$DB"
    for step in uninstall reinstall neutralize; do
        status=0
        log="lifecycle-$step"
        case $step in
        uninstall) odoo_command module uninstall -d "$DB" "$MODULE" >"$(log_of "$log")" 2>&1 || status=$? ;;
        reinstall) run_odoo "$log" -d "$DB" -i "$MODULE" --stop-after-init --no-http || status=$? ;;
        neutralize) odoo_command neutralize -d "$DB" >"$(log_of "$log")" 2>&1 || status=$? ;;
        esac
        record_log "lifecycle: $step" clean "$log" "$status" || break
        [ "$step" != uninstall ] || record_leftovers
    done
    drop_db "$DB"
}

# After uninstalling, no table, scheduled action or view of the module may be left.
record_leftovers() {
    local left
    left=$(sql "
        SELECT string_agg(name, ', ') FROM (
            SELECT 'table ' || tablename AS name FROM pg_tables
             WHERE schemaname = 'public' AND tablename LIKE 'collection\\_%'
            UNION ALL
            SELECT 'external id ' || name FROM ir_model_data WHERE module = '$MODULE'
            UNION ALL
            SELECT 'model ' || model FROM ir_model WHERE model LIKE 'collection.%'
        ) AS leftovers" "$DB")
    if [ -n "$left" ]; then
        echo "  ✗ left after uninstalling: $left" >&2
        record "lifecycle: nothing left" "0 1"
    else
        record "lifecycle: nothing left" "1 0"
    fi
}

# What users have: the version before, with data in it. A commit, as nobody has tagged one.
PREVIOUS=f72c897

# The version before, with its demo ledger and an activity of a person, becomes this one:
# without a warning, and no contact is lost or changes its state.
stage_upgrade() {
    local old=$DEV/previous-$PREVIOUS status=0 before
    LAST_SECONDS=$SECONDS
    if ! git -C "$REPO" cat-file -e "$PREVIOUS^{commit}" 2>/dev/null; then
        say "upgrade: not checked, the commit $PREVIOUS is not in this clone (git fetch --unshallow)"
        record "lifecycle: upgrade" "1 0"
        return 0
    fi
    say "upgrade from $PREVIOUS"
    with_setup_lock unpack_previous "$old"
    claim_db ce_upgrade
    with_setup_lock copy_db ce_tpl_demo "$DB"
    run_odoo upgrade-old -d "$DB" --addons-path="$ODOO_ADDONS,$old" -i "$MODULE" --stop-after-init --no-http || status=$?
    if [ "$status" = 0 ]; then
        run_group env CE_DB="$DB" CE_EXTRA_ARGS="[\"--addons-path=$ODOO_ADDONS,$old\"]" PYTHONPATH="$ODOO_PATH:$TOOLS" \
            "$VENV_PY" "$TOOLS/upgrade_data.py" >"$(log_of upgrade-data)" 2>&1 </dev/null || status=$?
    fi
    if [ "$status" != 0 ]; then
        echo "  ✗ the version before cannot be prepared: see $(log_of upgrade-old), $(log_of upgrade-data)" >&2
        record "lifecycle: upgrade" "0 1"
    else
        before=$(contact_states)
        run_odoo upgrade -d "$DB" -u "$MODULE" --stop-after-init --no-http || status=$?
        record_log "lifecycle: upgrade" clean upgrade "$status" || true
        record_kept_contacts "$before"
    fi
    drop_db "$DB"
}

unpack_previous() {
    [ ! -d "$1" ] || return 0
    rm -rf "$1.new"
    mkdir -p "$1.new"
    git -C "$REPO" archive "$PREVIOUS" "$MODULE" | tar -x -C "$1.new"
    mv "$1.new" "$1"
}

contact_states() {
    sql "SELECT string_agg(state || ' ' || number, ', ' ORDER BY state) FROM (
             SELECT state, count(*) AS number FROM collection_contact GROUP BY state) AS states" "$DB"
}

record_kept_contacts() {
    local after
    after=$(contact_states)
    if [ "$1" = "$after" ]; then
        record "lifecycle: contacts kept" "1 0"
    else
        echo "  ✗ contacts before the upgrade: $1; after: $after" >&2
        record "lifecycle: contacts kept" "0 1"
    fi
}
