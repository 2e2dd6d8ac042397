# ./dev bench: not built yet
main() {
    echo "dev: bench is not built yet: an issue of its own (the performance figures of design.md, section 5)" >&2
    exit 2
}
