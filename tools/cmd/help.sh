# ./dev help: this text
main() {
    cat <<'TEXT'
./dev COMMAND — everything that a command needs is set up on its first run, in .dev/ and out/.

  demo [--no-serve]        from nothing to a running Odoo with a demo ledger worked on; serves it
  serve [DB]               serves ce_demo again, with scheduled actions; mails go to out/mail/
  test                     all tests; prints `N passed, M failed` last
  test rules [PYTEST ARGS] the rules in plain Python
  test module              installation, tests and tours
  test multi-process [N]   checks with several real connections
  test demo | lifecycle    demo data installs | uninstall, reinstall, neutralize, upgrade
  test upgrade             the upgrade from the version before only
  test /MODULE:Class.test  only these (Odoo's tags), on a kept database: the fast loop
  lint [--fix]             the pinned linters; prints a count last
  rules contact FILE.csv   a table of worked cases against the contact rules as installed
  replay LEDGER.csv …      lives a ledger day by day (see ./dev replay --help)
  bench [--parts a,b,…] …  speed beside its reference (see ./dev bench --help); ends with JSON
  screenshots [NAME…]      pictures of the pages in tools/screens.txt, to out/screenshots/
  i18n [--check]           exports the terms, merges the translations
  shell [DB], psql [DB]    prompts (default ce_demo)
  setup                    only the setting up
  stop, clean              ends what was left running; removes .dev/ and out/ too

Environment: ODOO_HOME (an Odoo 19 of your own), PGHOST (a PostgreSQL of your own; also PGPORT,
PGUSER, PGPASSWORD), CE_PORT and CE_TEST_PORT (fixed ports), CE_PYTHON (which Python).
TEXT
}
