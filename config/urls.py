"""Root addresses: each room brings its own."""

from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

urlpatterns = [
    path("", include("annotation.urls")),
    path("checks/", include("flagging.urls")),
    path("review/", include("review.urls")),
    path("releases/", include("exports.urls")),
    path("api/", include("config.api")),
    path("accounts/", include("people.urls")),
    path("i18n/setlang/", require_POST(set_language), name="set_language"),
]

handler400 = "config.errors.bad_request"
handler500 = "config.errors.server_error"
