# The module with its demo data: installs on a database with demo data, without a warning.
stage_demo() {
    local status=0
    LAST_SECONDS=$SECONDS
    say "installation with demo data"
    claim_db ce_test_demo
    copy_db ce_tpl_demo "$DB"
    run_odoo "demo-$DB" -d "$DB" -i "$MODULE" --stop-after-init --no-http || status=$?
    record_log "demo data" clean "demo-$DB" "$status" || true
    drop_db "$DB"
}
