# ./dev clean: stops everything and removes .dev/ and out/
. "$TOOLS/cmd/stop.sh"
eval "stop_$(declare -f main)"

main() {
    stop_main
    local elsewhere=
    if [ -L "$DEV/pg" ]; then elsewhere=$(readlink "$DEV/pg"); fi
    say "removing .dev/ and out/"
    rm -rf "$DEV" "$OUT"
    case $elsewhere in
    /var/tmp/collection-escalation-pg.*) rm -rf "$elsewhere" ;;
    esac
}
