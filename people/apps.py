from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        """This function will make the schema know tokens: it finds what has been imported."""
        from people import schema  # noqa: F401
