# ./dev test [rules|module|multi-process [NAME]|demo|lifecycle|upgrade|ODOO_TAGS]…
. "$TOOLS/lib/results.sh"
. "$TOOLS/lib/lanes.sh"
for stage in rules module multi_process demo lifecycle; do
    # shellcheck source=/dev/null
    . "$TOOLS/stages/$stage.sh"
done

main() {
    case ${1:-} in
    rules)
        shift
        with_setup_lock set_up_base
        stage_rules "$@"
        ;;
    module)
        with_setup_lock set_up_databases
        LAST_SECONDS=$SECONDS
        stage_module
        ;;
    multi-process)
        with_setup_lock set_up_databases
        stage_multi_process "${2:-}"
        ;;
    lifecycle)
        with_setup_lock set_up_demo_databases
        stage_lifecycle
        stage_upgrade
        ;;
    upgrade)
        with_setup_lock set_up_demo_databases
        stage_upgrade
        ;;
    demo)
        with_setup_lock set_up_demo_databases
        stage_demo
        ;;
    "")
        with_setup_lock set_up_demo_databases
        say "setup done after $SECONDS s"
        test_everything
        ;;
    /* | :* | -* | [a-z]*)
        [[ $1 == *[/:]* ]] || die "no stage '$1': rules, module, multi-process [NAME], demo, lifecycle, upgrade, or Odoo tags such as /$MODULE:TestX.test_y"
        with_setup_lock set_up_databases
        stage_tags "$1"
        ;;
    *) die "no stage '$1': rules, module, multi-process, demo, lifecycle, upgrade or Odoo tags" ;;
    esac
    print_results
    [ "$FAILED" = 0 ]
}

test_everything() {
    local checks
    LAST_SECONDS=$SECONDS
    start_jobs stage_demo # beside the installation, which it does not need
    if ! with_setup_lock ensure_installed; then
        start_jobs stage_rules
        finish_jobs
    else
        mapfile -t checks < <(multi_process_checks)
        [ ${#checks[@]} -gt 0 ] || checks=(stage_multi_process)
        start_module_halves
        start_jobs "${checks[@]}" stage_lifecycle stage_upgrade stage_rules
        finish_jobs
        record_written_tests
    fi
}
