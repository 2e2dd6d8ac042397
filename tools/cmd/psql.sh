# ./dev psql [DATABASE [PSQL ARGS]]: a PostgreSQL prompt (default database: ce_demo)
main() {
    with_setup_lock set_up_server
    local db=${1:-ce_demo}
    [ $# = 0 ] || shift
    db_exists "$db" || die "no database '$db'; there are: $(sql "SELECT string_agg(datname, ' ' ORDER BY 1) FROM pg_database WHERE datname LIKE 'ce%'")"
    "$PG_BIN/psql" -d "$db" "$@"
}
