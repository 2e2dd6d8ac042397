# ./dev test [rules|module|multi-process [NAME]|demo|lifecycle|ODOO_TAGS]…
. "$TOOLS/lib/results.sh"
for stage in rules module multi_process demo lifecycle; do
    # shellcheck source=/dev/null
    . "$TOOLS/stages/$stage.sh"
done

main() {
    local status
    case ${1:-} in
    rules)
        shift
        with_setup_lock set_up_base
        stage_rules "$@"
        ;;
    module)
        with_setup_lock set_up_databases
        stage_module
        ;;
    multi-process)
        with_setup_lock set_up_databases
        stage_multi_process "${2:-}"
        ;;
    lifecycle)
        with_setup_lock set_up_databases
        stage_lifecycle
        ;;
    demo)
        with_setup_lock set_up_demo_databases
        stage_demo
        ;;
    "")
        with_setup_lock set_up_demo_databases
        say "setup done after $SECONDS s"
        LAST_SECONDS=$SECONDS
        stage_rules
        stage_module
        stage_multi_process
        stage_demo
        stage_lifecycle
        ;;
    /* | :* | -* | [a-z]*)
        [[ $1 == *[/:]* ]] || die "no stage '$1': rules, module, multi-process [NAME], demo, lifecycle, or Odoo tags such as /$MODULE:TestX.test_y"
        with_setup_lock set_up_databases
        stage_tags "$1"
        ;;
    *) die "no stage '$1': rules, module, multi-process, demo, lifecycle or Odoo tags" ;;
    esac
    print_results
    [ "$FAILED" = 0 ]
}
