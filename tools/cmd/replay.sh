# ./dev replay LEDGER.csv [OPTIONS]: lives a ledger day by day; the database ce_replay is left
. "$TOOLS/lib/services.sh"
. "$TOOLS/lib/results.sh"
. "$TOOLS/stages/module.sh"

main() {
    local script=$TOOLS/replay.py
    [ -f "$script" ] || die "not built yet: tools/replay.py"
    case ${1:-} in
    "" | -h | --help)
        with_setup_lock set_up_base
        "$VENV_PY" "$script" --help
        return
        ;;
    esac
    [ -r "$1" ] || die "cannot read $1"
    with_setup_lock set_up_base
    PYTHONPATH="$TOOLS" "$VENV_PY" "$script" --check "$@" || return
    with_setup_lock set_up_databases
    with_setup_lock ensure_installed || die "the module does not install without a warning: ./dev test module"
    claim_db_only ce_replay
    copy_db ce_installed ce_replay
    rm -rf "$OUT/replay-mail"
    start_mail_sink "$OUT/replay-mail"
    run_group env CE_DB=ce_replay CE_OUT="$OUT" PYTHONPATH="$ODOO_PATH:$TOOLS" \
        "$VENV_PY" "$script" "$@" </dev/null
}
