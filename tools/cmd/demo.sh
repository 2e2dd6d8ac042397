# ./dev demo [--no-serve]: from nothing to a running Odoo with a demo ledger that was worked on
. "$TOOLS/lib/services.sh"
. "$TOOLS/cmd/serve.sh"

main() {
    local serve=1 port status=0
    case ${1:-} in
    "") ;;
    --no-serve) serve= ;;
    *) die "./dev demo knows only --no-serve, not '$1'" ;;
    esac
    [ -d "$MODULE_DIR" ] || die "no module at $MODULE_DIR"
    with_setup_lock set_up_demo_databases
    claim_db_only ce_demo
    port=$(port_for CE_PORT 8069)
    say "installing $MODULE with demo data"
    copy_db ce_tpl_demo ce_demo_new
    run_odoo demo-install -d ce_demo_new -i "$MODULE" --stop-after-init --no-http ||
        die "the installation failed: $(why_of demo-install)"
    if grep -q 'demo data failed to install' "$(log_of demo-install)"; then
        die "the demo data failed to load: $(why_of demo-install) — all of it in $(log_of demo-install)"
    fi
    rename_db ce_demo_new ce_demo
    rm -rf "$OUT/mail"
    start_mail_sink "$OUT/mail"
    say "running the escalation"
    # The server is up meanwhile: reports fetch their style sheets from it.
    start_server demo-server ce_demo "$port"
    run_group env CE_DB=ce_demo CE_URL="http://127.0.0.1:$port" PYTHONPATH="$ODOO_PATH:$TOOLS" CE_MODULE="$MODULE" \
        "$VENV_PY" "$TOOLS/demo_run.py" >"$OUT/demo.txt" 2>"$(log_of demo-run)" </dev/null || status=$?
    stop_server
    cat "$OUT/demo.txt"
    [ "$status" = 0 ] || die "the demo run failed: $(tail -n1 "$(log_of demo-run)") — all of it in $(log_of demo-run)"
    [ -n "$serve" ] || return 0
    serve_demo "$port"
}
