# Uninstalled, installed again, neutralized: each without a warning, each leaving nothing behind.
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
