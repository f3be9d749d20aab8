from django.apps import AppConfig


class FlaggingConfig(AppConfig):
    name = "flagging"

    def ready(self) -> None:
        from flagging import receivers  # noqa: F401
