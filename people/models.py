"""Accounts, and the pseudonymous contributors that all work is tied to."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from common.models import Language, PublicIdModel, Workspace
from people.scopes import Scope

# RFC 5321, 4.5.3.1.3.
LONGEST_ADDRESS = 254


class UserManager(BaseUserManager["User"]):
    """Makes accounts with lower-case addresses."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        """This function will make an account; the address is kept in lower case."""
        user = self.model(email=email.lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        """This function will make an account that may do everything, for the administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> User:
        """This function will find an account by its address in any case."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Personal data only; it can be deleted and the work stays, tied to the contributor."""

    email = models.EmailField(_("email address"), max_length=LONGEST_ADDRESS)
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="people_user_email_unique")]

    def __str__(self) -> str:
        return self.name or self.email


class Contributor(PublicIdModel):
    """Whoever did a piece of work, by a pseudonym that stays when the account goes."""

    user = models.OneToOneField(User, null=True, on_delete=models.SET_NULL, related_name="contributor")
    pseudonym = models.CharField(max_length=40, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def display_name(self) -> str:
        """This function will return the name to show inside the workspace; the pseudonym once it is gone."""
        return str(self.user) if self.user else self.pseudonym


class Role(models.Model):
    """What a contributor may do in a workspace. A reviewer's language null means all of them."""

    class Name(models.TextChoices):
        OWNER = "owner", _("owner")
        MANAGER = "manager", _("manager")
        REVIEWER = "reviewer", _("reviewer")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    contributor = models.ForeignKey(Contributor, on_delete=models.CASCADE, related_name="roles")
    name = models.CharField(max_length=20, choices=Name.choices)
    language = models.ForeignKey(Language, null=True, blank=True, on_delete=models.PROTECT)
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "contributor", "name", "language"],
                condition=models.Q(withdrawn_at=None),
                nulls_distinct=False,
                name="people_role_once",
            ),
            models.CheckConstraint(
                condition=models.Q(language=None) | models.Q(name="reviewer"),
                name="people_role_language_is_for_reviewers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contributor} {self.name}"


class Skill(models.Model):
    """A language somebody says they command, and how well."""

    class Level(models.TextChoices):
        NATIVE = "native", _("native")
        FLUENT = "fluent", _("fluent")
        WORKING = "working", _("working knowledge")

    contributor = models.ForeignKey(Contributor, on_delete=models.CASCADE, related_name="skills")
    language = models.ForeignKey(Language, on_delete=models.PROTECT)
    level = models.CharField(max_length=20, choices=Level.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contributor", "language"], name="people_skill_once"),
        ]

    def __str__(self) -> str:
        return f"{self.contributor} {self.language_id} {self.level}"


class AccessToken(PublicIdModel):
    """A key for programs. Only its sha256 is kept; it does less than its person may, never more."""

    contributor = models.ForeignKey(Contributor, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    digest = models.BinaryField(unique=True)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope.choices))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    @property
    def scopes_in_words(self) -> list[tuple[str, str]]:
        """This function will return the scopes, each with what it allows."""
        return [(scope, str(Scope(scope).label)) for scope in self.scopes]


class Tally(models.Model):
    """How often something was tried within a window: `people.limits`. `digest` names what and by whom."""

    digest = models.BinaryField(primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at}"


class ResetMail(models.Model):
    """A link for a new password that somebody asked for; the row goes once the mail is sent, or nobody has that
    address. `site` is where the link leads, `language` the one of the page it was asked for on."""

    email = models.EmailField()
    site = models.CharField(max_length=300)
    language = models.CharField(max_length=35)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"asked at {self.asked_at}"
