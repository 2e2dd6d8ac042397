# ./dev setup: everything that the other commands would set up by themselves, in one go.
main() {
    with_setup_lock set_up_demo_databases
    say "ready"
}
