"""Makes the asset bundles of a database (CE_DB) that Odoo would make before its first tour."""

from odoo_env import odoo_env


def main() -> None:
    with odoo_env() as env:
        env["ir.qweb"]._pregenerate_assets_bundles()
        env.cr.commit()


if __name__ == "__main__":
    main()
