# ./dev i18n [--check]: exports the terms to i18n/MODULE.pot and merges them into the .po files.
# --check changes nothing and fails when the files are not up to date or not fully translated.
. "$TOOLS/lib/results.sh"
. "$TOOLS/stages/module.sh"

LANGUAGES=(pt_BR es)

main() {
    local check=
    case ${1:-} in
    "") ;;
    --check) check=--check ;;
    *) die "./dev i18n knows only --check, not '$1'" ;;
    esac
    with_setup_lock set_up_databases
    with_setup_lock ensure_installed || die "the module does not install without a warning: ./dev test module"
    claim_db ce_i18n
    copy_db ce_installed "$DB"
    say "exporting the terms"
    odoo_command i18n export -d "$DB" -o "$OUT/$MODULE.pot" "$MODULE" >"$(log_of i18n)" 2>&1 ||
        die "the export failed: $(why_of i18n)"
    drop_db "$DB"
    "$VENV_PY" "$TOOLS/translations.py" $check "$OUT/$MODULE.pot" "$MODULE_DIR/i18n" "${LANGUAGES[@]}"
}
