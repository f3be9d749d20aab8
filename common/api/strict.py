"""Request bodies read as they stand: no text is trimmed, no type is guessed, no unknown name is passed over."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

# PostgreSQL's integer; version numbers and milliseconds lie far below.
LARGEST = 2**31 - 1


class StrictSerializer(serializers.Serializer):
    """A body that may hold these names alone: a misspelt one is refused, never dropped."""

    def to_internal_value(self, data: Any) -> Any:
        """This function will read the body; `ValidationError` names each name that is not known."""
        if isinstance(data, dict) and (unknown := [name for name in data if name not in self.fields]):
            known = ", ".join(self.fields)
            told = f"There is no such field here; there are: {known}."
            raise serializers.ValidationError(
                {str(name)[:100]: [serializers.ErrorDetail(told, "unknown_field")] for name in unknown[:20]}
            )
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A text, byte for byte; a number is none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, "allow_blank": True, **options})

    def to_internal_value(self, data: Any) -> str:
        """This function will take a text alone."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A whole number from 0; true, "1" and 1.0 are none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": LARGEST, **options})

    def to_internal_value(self, data: Any) -> int:
        """This function will take a whole number alone."""
        # A bool is an int to Python.
        if type(data) is not int:
            self.fail("invalid")
        return data


class YesNo(serializers.BooleanField):
    """true or false; "yes" and 1 are neither."""

    def to_internal_value(self, data: Any) -> bool:
        """This function will take true or false alone."""
        if type(data) is not bool:
            self.fail("invalid", input=data)
        return data


class OneOf(serializers.ChoiceField):
    """One of the listed texts; 1 is not "1"."""

    def to_internal_value(self, data: Any) -> Any:
        """This function will take a text alone."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class Several(serializers.ListField):
    """A list of at most `max_length`, counted before any of it is looked at."""

    def __init__(self, *, most: int, **options: Any) -> None:
        self.most = most
        super().__init__(**{"max_length": most, **options})

    def to_internal_value(self, data: Any) -> list[Any]:
        """This function will read the list; one too long is refused unread."""
        if isinstance(data, list) and len(data) > self.most:
            raise serializers.ValidationError(
                f"There are {len(data)}; {self.most} are the most.", "max_length"
            )
        return super().to_internal_value(data)


class Texts(serializers.DictField):
    """Texts by the name of their field, at most 100."""

    child = Text()
    most = 100

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """This function will read the texts; too many are refused unread."""
        if isinstance(data, dict) and len(data) > self.most:
            raise serializers.ValidationError(
                f"There are {len(data)}; {self.most} are the most.", "max_length"
            )
        return super().to_internal_value(data)
