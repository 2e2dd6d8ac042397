# ./dev screenshots [NAME…]: pictures of the pages in tools/screens.txt, to out/screenshots/
. "$TOOLS/lib/services.sh"

main() {
    local port
    with_setup_lock set_up_server
    db_exists ce_demo || die "no database ce_demo: run ./dev demo --no-serve first"
    claim_db_only ce_demo
    port=$(port_for CE_PORT 0)
    start_mail_sink "$OUT/mail"
    start_server screenshots ce_demo "$port"
    mkdir -p "$OUT/screenshots"
    CE_URL="http://127.0.0.1:$port" CE_CHROMIUM="$CHROMIUM" run_group \
        "$VENV_PY" "$TOOLS/screenshots.py" "$TOOLS/screens.txt" "$OUT/screenshots" "$@" </dev/null
}
