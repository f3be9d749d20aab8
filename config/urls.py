"""Root addresses: each room brings its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("annotation.urls")),
    path("checks/", include("flagging.urls")),
    path("review/", include("review.urls")),
    path("releases/", include("exports.urls")),
    path("api/", include("config.api")),
    path("accounts/", include("people.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]

handler400 = "config.errors.bad_request"
handler500 = "config.errors.server_error"
