"""Says in the schema how one is known to the API: by a token or by the session."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Bearer isog_…`."""

    target_class = "people.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """This function will describe the header."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "isog_…"}
