from django.apps import AppConfig


class FlaggingConfig(AppConfig):
    name = "flagging"
