"""What a token may be used for. A token never does what its person may not."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """One scope per kind of program."""

    CAMPAIGNS_READ = "campaigns:read", _("see campaigns and their progress")
    WORK_WRITE = "work:write", _("take work and hand in judgements")
    IMPORTS_READ = "imports:read", _("see imports")
    IMPORTS_WRITE = "imports:write", _("import files")
    RELEASES_READ = "releases:read", _("download releases")
    RELEASES_WRITE = "releases:write", _("make releases")
