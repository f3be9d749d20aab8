"""What the corpus tells the rooms after it: ids only, sent after commit.

A receiver may answer with a `FollowUp` (`corpus.actions.requests`): a command runs it once it has reported.
"""

from django.dispatch import Signal

# import_id, benchmark_id, language (tag): texts arrived or were replaced.
versions_imported = Signal()
# import_id, benchmark_id, language (tag): some current texts are no longer the ones that were judged.
versions_replaced = Signal()
