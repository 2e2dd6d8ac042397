from werkzeug.exceptions import HTTPException, MethodNotAllowed

from odoo import models
from odoo.http import request

#: In the address of every page behind the links of messages.
PAGES = "/statement/"
#: The address holds the token: keep it out of caches, indexes and referrers.
PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class IrHttp(models.AbstractModel):
    """Also the pages that Odoo makes when something is wrong with a request."""

    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        try:
            return super()._match(path_info)
        except MethodNotAllowed as error:
            # nobody else asks this model how to answer
            error.error_response = cls._make_private(error)
            raise

    @classmethod
    def _handle_error(cls, exception):
        return cls._make_private(super()._handle_error(exception))

    @classmethod
    def _make_private(cls, response):
        """:param response: a response, or a werkzeug error that stands for one"""
        if PAGES not in request.httprequest.path:
            return response
        if isinstance(response, HTTPException):
            response = response.get_response(request.httprequest.environ)
        response.headers.update(PRIVATE)
        return response
